#!/usr/bin/python3
"""Writes what the benchmark runs on: VGG-Face with random weights, and random inputs.

make_networks.py FOLDER [--tiny] [--seed N] [--batches N ...]

FOLDER/vgg-face.onnx         up to fc7 after its ReLU, for the peers that read ONNX
FOLDER/vgg-face.safetensors  the same weights and fc8, for kface and the peers that read tensors
FOLDER/NAME.N.f32            inputs: little-endian float32 [N, 3, height, width], row-major

The weights are normal with variance 2 / fan-in, so that the activations neither vanish nor explode;
the inputs have the range of preprocessed photographs. All from seeds. Files that are there are
left alone. --tiny: the same layers with few channels and a small picture, for the self-check.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import struct
import sys

import numpy as np

SEED = 20150907  # of everything, unless another is asked for
FORMAT = {"format": "kface-vgg-face", "version": "1", "channels": "bgr"}


@dataclasses.dataclass(frozen=True)
class Size:
    """Of a network with VGG-Face's layers."""

    channels: tuple  # of the five blocks
    hidden: int  # outputs of fc6 and fc7
    classes: int
    side: int  # of the input, in pixels


FULL = Size(channels=(64, 128, 256, 512, 512), hidden=4096, classes=2622, side=224)
TINY = Size(channels=(4, 8, 16, 24, 24), hidden=40, classes=10, side=64)
CONVS_OF_BLOCK = (2, 2, 3, 3, 3)


def conv_names(block):
    return [f"conv{block + 1}_{i + 1}" for i in range(CONVS_OF_BLOCK[block])]


def vgg_shapes(size):
    """Name -> shape of every weight, in the order in which a picture passes."""
    shapes = {}
    inputs = 3
    for block, channels in enumerate(size.channels):
        for name in conv_names(block):
            shapes[name] = (channels, inputs, 3, 3)
            inputs = channels
    pooled = size.side // 2 ** len(size.channels)
    shapes["fc6"] = (size.hidden, inputs * pooled * pooled)
    shapes["fc7"] = (size.hidden, size.hidden)
    shapes["fc8"] = (size.classes, size.hidden)
    return shapes


def random_weights(size, seed):
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in vgg_shapes(size).items():
        scale = np.float32(np.sqrt(2 / np.prod(shape[1:])))
        tensors[name + ".weight"] = rng.standard_normal(shape, np.float32) * scale
        tensors[name + ".bias"] = rng.standard_normal(shape[0], np.float32)
    return tensors


def write_whole(path, write):
    """Calls write(file) and puts the file in place when it is complete."""
    unfinished = path.with_suffix(path.suffix + ".tmp")
    with open(unfinished, "wb") as file:
        write(file)
    os.replace(unfinished, path)


def write_safetensors(path, tensors):
    header = {"__metadata__": FORMAT}
    offset = 0
    for name in sorted(tensors):
        end = offset + tensors[name].nbytes
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                        "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)

    def write(file):
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for name in sorted(tensors):
            file.write(tensors[name].tobytes())

    write_whole(path, write)


def onnx_nodes(size):
    from onnx import helper

    value = "input"
    nodes = []

    def add(operator, name, *weights, **attributes):
        nonlocal value
        nodes.append(helper.make_node(operator, [value, *weights], [name], name, **attributes))
        value = name

    for block in range(len(size.channels)):
        for name in conv_names(block):
            add("Conv", name, name + ".weight", name + ".bias", kernel_shape=[3, 3],
                pads=[1, 1, 1, 1])
            add("Relu", name.replace("conv", "relu"))
        add("MaxPool", f"pool{block + 1}", kernel_shape=[2, 2], strides=[2, 2])
    add("Flatten", "flat", axis=1)
    for name in ("fc6", "fc7"):
        add("Gemm", name, name + ".weight", name + ".bias", transB=1)
        add("Relu", name.replace("fc", "relu"))
    return nodes


def write_onnx(path, tensors, size):
    import onnx
    from onnx import TensorProto, helper

    nodes = onnx_nodes(size)
    picture = helper.make_tensor_value_info("input", TensorProto.FLOAT,
                                            ["batch", 3, size.side, size.side])
    feature = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT,
                                            ["batch", size.hidden])
    weights = [helper.make_tensor(name, TensorProto.FLOAT, values.shape, values.tobytes(), raw=True)
               for name, values in tensors.items() if not name.startswith("fc8")]
    graph = helper.make_graph(nodes, "vgg-face", [picture], [feature], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)])
    model.ir_version = 6  # the oldest that readers of opset 11 know
    write_whole(path, lambda file: file.write(model.SerializeToString()))


def random_pictures(rng, batch, side):
    """Coarse blobs and fine noise, in the range of BGR 0..255 minus a mean: [batch, 3, side, side]"""
    coarse = rng.standard_normal((batch, 3, 8, 8), np.float32) * np.float32(50)
    times = -(-side // 8)
    blobs = np.kron(coarse, np.ones((1, 1, times, times), np.float32))[:, :, :side, :side]
    noise = rng.standard_normal((batch, 3, side, side), np.float32) * np.float32(12)
    return np.clip(blobs + noise, -130, 160)


# Inputs of a network: its picture's side, and what its usual preprocessing divides by.
INPUTS = {"dlib-resnet": (150, 256), "mobilefacenet": (112, 128)}


def write_inputs(folder, name, side, divisor, batches):
    for batch in batches:
        path = folder / f"{name}.{batch}.f32"
        if not path.exists():
            rng = np.random.default_rng([SEED, side, batch])
            pictures = random_pictures(rng, batch, side) / np.float32(divisor)
            write_whole(path, lambda file: file.write(pictures.astype("<f4").tobytes()))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--tiny", action="store_true")
    arguments.add_argument("--seed", type=int, default=SEED, help="of the weights")
    arguments.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    options = arguments.parse_args()
    if sys.byteorder != "little":
        sys.exit("make_networks.py: writes little-endian files, and this machine is not")

    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    size = TINY if options.tiny else FULL
    if not (folder / "vgg-face.onnx").exists() or not (folder / "vgg-face.safetensors").exists():
        tensors = random_weights(size, options.seed)
        write_safetensors(folder / "vgg-face.safetensors", tensors)
        write_onnx(folder / "vgg-face.onnx", tensors, size)
    write_inputs(folder, "vgg-face", size.side, 1, options.batches)
    for name, (side, divisor) in INPUTS.items():
        write_inputs(folder, name, side, divisor, [1])


if __name__ == "__main__":
    main()
