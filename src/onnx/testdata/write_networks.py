"""write_networks.py FOLDER: small ONNX networks, one a file, that the tests compare with OpenCV.

Each function below is one network, named like it. Weights are drawn by a seed that is the network's
name, so that a new network changes no other. A network NAME_twin is NAME said otherwise, for where
OpenCV 4.6 reads NAME wrongly or not at all.
"""
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnx.checker
import onnx.shape_inference
from onnx import TensorProto, helper, numpy_helper

SIZE = 12  # pixels of the input, each way


class Graph:
    """Collects nodes and weights; every method returns the name of the value that it makes."""

    def __init__(self, name):
        self.random = np.random.default_rng(zlib.crc32(name.removesuffix("_twin").encode()))
        self.name = name
        self.nodes = []
        self.weights = []
        self.opset = 13
        self.inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT,
                                                     [1, 3, SIZE, SIZE])]

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def draw(self, *shape):
        return self.constant(self.random.normal(0, 0.5, shape).astype(np.float32))

    def draw_positive(self, *shape):
        return self.constant(self.random.uniform(0.5, 1.5, shape).astype(np.float32))

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, op, *inputs, outputs=1, **attributes):
        name = f"{op}_{len(self.nodes)}"
        made = [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), made, name=name, **attributes))
        return made[0]

    def conv(self, value, channels_in, channels_out, kernel=3, group=1, bias=True, **attributes):
        weights = [self.draw(channels_out, channels_in // group, kernel, kernel)]
        if bias:
            weights.append(self.draw(channels_out))
        return self.node("Conv", value, *weights, group=group, kernel_shape=[kernel, kernel],
                         **attributes)

    def batch_norm(self, value, channels, **attributes):
        return self.node("BatchNormalization", value, self.draw_positive(channels),
                         self.draw(channels), self.draw(channels), self.draw_positive(channels),
                         **attributes)

    def model(self, *outputs):
        infos = [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, infos, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 7
        model = onnx.shape_inference.infer_shapes(model)
        for output in model.graph.output:
            output.type.tensor_type.shape.SetInParent()  # where it could not be inferred: open
        onnx.checker.check_model(model)
        return model


def conv(g):
    return g.conv("input", 3, 5, pads=[1, 1, 1, 1])


def conv_without_bias(g):
    return g.conv("input", 3, 5, bias=False)


def conv_strided_with_unequal_pads(g):
    return g.conv("input", 3, 4, pads=[0, 1, 2, 1], strides=[2, 1])


def conv_same_upper(g):
    return g.conv("input", 3, 4, auto_pad="SAME_UPPER", strides=[2, 2])


def conv_same_lower(g):
    return g.conv("input", 3, 4, auto_pad="SAME_LOWER", strides=[2, 2])


def conv_same_lower_twin(g):
    return g.conv("input", 3, 4, pads=[1, 1, 0, 0], strides=[2, 2])


def conv_valid(g):
    return g.conv("input", 3, 4, auto_pad="VALID", strides=[3, 3])


def conv_grouped(g):
    return g.conv(g.conv("input", 3, 6, 1), 6, 4, group=2, pads=[1, 1, 1, 1])


def conv_depthwise(g):
    return g.conv(g.conv("input", 3, 8, 1), 8, 8, group=8, pads=[1, 1, 1, 1], strides=[2, 2])


def batch_norm_after_conv(g):
    return g.batch_norm(g.conv("input", 3, 5, bias=False), 5, epsilon=1e-3)


def batch_norm_after_depthwise_conv(g):
    return g.batch_norm(g.conv("input", 3, 6, group=3), 6)


def batch_norm_of_a_conv_that_others_read(g):
    x = g.conv("input", 3, 5)
    return g.node("Add", x, g.batch_norm(x, 5))


def batch_norm_first(g):
    return g.conv(g.batch_norm("input", 3), 3, 4, pads=[1, 1, 1, 1])


def batch_norm_twice(g):
    return g.batch_norm(g.batch_norm("input", 3), 3)


def batch_norm_after_gemm(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    return g.batch_norm(g.node("Gemm", x, g.draw(7, 64), g.draw(7), transB=1), 7)


def prelu(g):
    return g.node("PRelu", g.conv("input", 3, 5), g.draw(5, 1, 1))


def prelu_of_one_slope(g):
    return g.node("PRelu", g.conv("input", 3, 5), g.draw(1))


def relu(g):
    return g.node("Relu", g.conv("input", 3, 5))


def leaky_relu(g):
    return g.node("LeakyRelu", g.conv("input", 3, 5), alpha=0.3)


def add_of_two(g):
    x = g.conv("input", 3, 5, pads=[1, 1, 1, 1])
    return g.node("Add", g.conv(x, 5, 5, 1), x)


def add_constant(g):
    return g.node("Add", g.conv("input", 3, 5), g.draw(1, 5, 1, 1))


def subtract_constant(g):
    return g.conv(g.node("Sub", "input", g.draw(1)), 3, 5)


def subtract_from_constant(g):
    return g.node("Sub", g.draw(3, 1, 1), "input")


def multiply_constant(g):
    return g.node("Mul", g.draw(3, 1, 1), "input")


def divide_by_constant(g):
    return g.node("Div", g.conv("input", 3, 5), g.draw_positive(5, 1, 1))


def max_pool(g):
    return g.node("MaxPool", g.conv("input", 3, 4), kernel_shape=[3, 3], strides=[2, 2],
                  pads=[1, 1, 1, 1])


def average_pool(g):
    return g.node("AveragePool", g.conv("input", 3, 4), kernel_shape=[2, 3], strides=[2, 1])


def average_pool_with_pads(g):
    return g.node("AveragePool", g.conv("input", 3, 4), kernel_shape=[3, 3], strides=[2, 2],
                  pads=[1, 1, 1, 1], count_include_pad=0)


def global_average_pool(g):
    return g.node("GlobalAveragePool", g.conv("input", 3, 6))


def gemm_of_a_flattened_picture(g):
    x = g.node("Flatten", g.node("Relu", g.conv("input", 3, 4, strides=[3, 3])))
    return g.node("Gemm", x, g.draw(64, 6), g.draw(6), alpha=0.5, beta=2.0)


def gemm_of_a_flattened_picture_twin(g):
    x = g.node("Flatten", g.node("Relu", g.conv("input", 3, 4, strides=[3, 3])))
    weight = numpy_helper.to_array(g.weights[int(g.draw(64, 6)[1:])])
    bias = numpy_helper.to_array(g.weights[int(g.draw(6)[1:])])
    return g.node("Gemm", x, g.constant(0.5 * weight.T), g.constant(2 * bias), transB=1)


def gemm_transposed(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    return g.node("Gemm", x, g.draw(6, 64), g.draw(6), transB=1)


def matmul_and_bias(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    return g.node("Add", g.node("MatMul", x, g.draw(64, 6)), g.draw(6))


def prelu_of_a_vector(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    return g.node("PRelu", g.node("MatMul", x, g.draw(64, 6)), g.draw(6))


def relu_of_a_flattened_picture(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    return g.node("MatMul", g.node("Relu", x), g.draw(64, 6))


def reshape_to_one_row(g):
    return g.node("Reshape", g.conv("input", 3, 4, strides=[3, 3]), g.integers(1, -1))


def reshape_keeping_n(g):
    x = g.node("Reshape", g.conv("input", 3, 4, strides=[3, 3]), g.integers(0, 64))
    return g.node("MatMul", x, g.draw(64, 6))


def reshape_with_open_n(g):
    x = g.node("Reshape", g.conv("input", 3, 4, strides=[3, 3]), g.integers(-1, 64))
    return g.node("MatMul", x, g.draw(64, 6))


def reshape_as_pytorch_writes_view(g):
    x = g.conv("input", 3, 4, strides=[3, 3])
    n = g.node("Gather", g.node("Shape", x), g.constant(np.array(0, np.int64)), axis=0)
    one = g.node("Unsqueeze", n, g.integers(0))
    shape = g.node("Concat", one, g.integers(-1), axis=0)
    return g.node("MatMul", g.node("Reshape", x, shape), g.draw(64, 6))


def squeeze(g):
    x = g.node("GlobalAveragePool", g.conv("input", 3, 6))
    return g.node("MatMul", g.node("Squeeze", x, g.integers(2, 3)), g.draw(6, 4))


def squeeze_twin(g):
    x = g.node("GlobalAveragePool", g.conv("input", 3, 6))
    return g.node("MatMul", g.node("Flatten", x), g.draw(6, 4))


def squeeze_one_by_one(g):
    x = g.node("GlobalAveragePool", g.conv("input", 3, 6))
    x = g.node("Squeeze", g.node("Squeeze", x, g.integers(-1)), g.integers(2))
    return g.node("MatMul", x, g.draw(6, 4))


def squeeze_one_by_one_twin(g):
    return squeeze_twin(g)


def squeeze_as_older_files_write_it(g):
    g.opset = 11
    x = g.node("GlobalAveragePool", g.conv("input", 3, 6))
    return g.node("MatMul", g.node("Squeeze", x, axes=[2, 3]), g.draw(6, 4))


def unsqueeze(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    x = g.node("Unsqueeze", g.node("MatMul", x, g.draw(64, 6)), g.integers(2, 3))
    return g.conv(x, 6, 5, 1)


def unsqueeze_twin(g):
    x = g.node("Flatten", g.conv("input", 3, 4, strides=[3, 3]))
    x = g.node("Reshape", g.node("MatMul", x, g.draw(64, 6)), g.integers(1, 6, 1, 1))
    return g.conv(x, 6, 5, 1)


def dropout_and_identity(g):
    x = g.node("Identity", g.conv("input", 3, 4))
    return g.batch_norm(g.node("Dropout", x), 4)


def weights_in_constant_nodes(g):
    x = g.conv("input", 3, 4)
    g.nodes[:0] = [helper.make_node("Constant", [], [w.name], value=w) for w in g.weights]
    g.weights = []
    return x


def weights_listed_as_inputs(g):
    x = g.conv("input", 3, 4)
    for weight in g.weights:
        g.inputs.append(helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims))
    return x


def weights_of_two_names(g):
    name = g.node("Identity", g.draw(4))
    return g.node("Conv", g.node("Conv", "input", g.draw(4, 3, 1, 1), name), g.draw(4, 4, 3, 3),
                  name)


def weights_of_two_names_twin(g):
    name = g.draw(4)
    x = g.node("Conv", "input", g.draw(4, 3, 1, 1), name, kernel_shape=[1, 1])
    return g.node("Conv", x, g.draw(4, 4, 3, 3), name, kernel_shape=[3, 3])


def residual_network(g):
    """The parts of a face network together, ending in a linear layer as they do."""
    x = g.node("Mul", g.node("Sub", "input", g.constant(np.float32(127.5))),
               g.constant(np.float32(0.0078125)))
    x = g.node("PRelu", g.batch_norm(g.conv(x, 3, 8, pads=[1, 1, 1, 1], bias=False), 8),
               g.draw(8, 1, 1))
    for stride in (1, 2):
        y = g.batch_norm(x, 8)
        y = g.batch_norm(g.conv(y, 8, 8, pads=[1, 1, 1, 1], bias=False), 8)
        y = g.node("PRelu", y, g.draw(8, 1, 1))
        y = g.batch_norm(g.conv(y, 8, 8, group=8, pads=[1, 1, 1, 1], strides=[stride, stride]), 8)
        short = x if stride == 1 else g.batch_norm(g.conv(x, 8, 8, 1, strides=[2, 2]), 8)
        x = g.node("Add", y, short)
    x = g.node("Flatten", g.node("Dropout", g.batch_norm(x, 8)))
    return g.batch_norm(g.node("Gemm", x, g.draw(16, 288), g.draw(16), transB=1), 16)


def convolution_at_the_end(g):
    """A linear layer in the form of a 1 x 1 convolution, as MobileFaceNet ends."""
    x = g.conv(g.conv("input", 3, 8, strides=[2, 2], pads=[1, 1, 1, 1]), 8, 8, 6, group=8)
    return g.node("Reshape", g.conv(x, 8, 5, 1), g.integers(1, 5))


# What the engine has no layer for, and OpenCV has.

def unknown_sigmoid(g):
    x = g.node("Sigmoid", g.conv("input", 3, 4, strides=[3, 3]))
    return g.node("Gemm", g.node("Flatten", x), g.draw(6, 64), g.draw(6), transB=1)


def unknown_dilation(g):
    return g.conv("input", 3, 4, dilations=[2, 2])


def unknown_concat(g):
    x = g.node("Concat", g.conv("input", 3, 4), g.conv("input", 3, 2), axis=1)
    return g.node("GlobalAveragePool", x)


def unknown_product(g):
    return g.node("Mul", g.conv("input", 3, 4), g.conv("input", 3, 4))


def unknown_transpose(g):
    return g.node("Transpose", "input", perm=[0, 2, 3, 1])


def unknown_constant_a_pixel(g):
    return g.node("Add", "input", g.draw(1, 3, SIZE, SIZE))


def unknown_padding_in_the_average(g):
    return g.node("AveragePool", "input", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                  count_include_pad=1)


def unknown_half_precision(g):
    g.weights.append(numpy_helper.from_array(np.ones((4, 3, 1, 1), np.float16), "half"))
    return g.node("Conv", "input", "half")


def unknown_norm_of_a_flattened_picture(g):
    return g.batch_norm(g.node("Flatten", "input"), 3 * SIZE * SIZE)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    writers = [f for name, f in globals().items()
               if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("g",)]
    for write in writers:
        graph = Graph(write.__name__)
        onnx.save(graph.model(write(graph)), folder / f"{write.__name__}.onnx")

    two = Graph("two_outputs")
    first = two.conv("input", 3, 4)
    onnx.save(two.model(first, two.node("Relu", first)), folder / "two_outputs.onnx")

    open_sizes = Graph("open_sizes")
    open_sizes.inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT,
                                                       ["n", 3, "height", "width"])]
    value = open_sizes.node("Relu", open_sizes.conv("input", 3, 4))
    onnx.save(open_sizes.model(value), folder / "open_sizes.onnx")


if __name__ == "__main__":
    main()
