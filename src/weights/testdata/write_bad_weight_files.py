#!/usr/bin/python3
"""write_bad_weight_files.py FOLDER: files that no reader may accept, beside the good ones that
write_weight_files.py wrote there. Each is a good file but for the one fault that its name tells.
"""
import json
import shutil
import struct
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np
import scipy.io

import write_weight_files as good

FOLDER = Path(sys.argv[1])
NETWORK = good.random_network()


# Keras ------------------------------------------------------------------------------------------
def bad_keras(name, change, source="by_name.h5"):
    path = FOLDER / name
    shutil.copy(FOLDER / source, path)
    with h5py.File(path, "r+") as file:
        change(file)


def replace(file, path, **options):
    del file[path]
    return file.create_dataset(path, **options)


def weights_of(file, layer):
    return f"{layer}/{file[layer].attrs['weight_names'][0].decode()}"


def replaced(layer, make):
    """A change: the kernel of `layer` becomes a dataset of the options that make(its values) gives."""
    def change(file):
        path = weights_of(file, layer)
        replace(file, path, **make(file[path][()]))
    return change


def with_value(value):
    def change(file):
        file[weights_of(file, "conv3_2")][1, 1, 2, 3] = value
    return change


def layer_names(edit):
    def change(file):
        names = edit([name.decode() for name in file.attrs["layer_names"]])
        file.attrs["layer_names"] = np.array([name.encode() for name in names])
    return change


def deflate_bomb(file):
    """A chunk of 216 bytes that inflates to 64 MiB."""
    values = file[weights_of(file, "conv1_1")][()]
    dataset = replace(file, weights_of(file, "conv1_1"), shape=values.shape, dtype="<f4",
                      chunks=values.shape, compression="gzip")
    dataset.id.write_direct_chunk((0, 0, 0, 0), zlib.compress(bytes(64 << 20), 9))


def elsewhere(file):
    path = weights_of(file, "conv1_1")
    size = file[path].size * 4
    (FOLDER / "elsewhere.bin").write_bytes(bytes(size))
    replace(file, path, shape=file[path].shape, dtype="<f4",
            external=[(str(FOLDER / "elsewhere.bin"), 0, size)])


def linked(link):
    def change(file):
        path = weights_of(file, "conv1_1")
        del file[path]
        file[path] = link(path)
    return change


def model_config(edit):
    def change(file):
        config = json.loads(file.attrs["model_config"])
        edit(config["config"]["layers"])
        file.attrs["model_config"] = json.dumps(config)
    return change


def set_attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


def write_keras():
    kernel = good.LAYERS[0]
    shape = (3, 3, kernel[2], kernel[4])
    bad_keras("nan.h5", with_value(np.nan))
    bad_keras("infinity.h5", with_value(-np.inf))
    bad_keras("double.h5", replaced("conv2_1", lambda v: {"data": v.astype("<f8")}))
    bad_keras("half.h5", replaced("conv2_1", lambda v: {"data": v.astype("<f2")}))
    bad_keras("integer.h5", replaced("conv2_1", lambda v: {"data": v.astype("<i4")}))
    bad_keras("shape.h5", replaced("conv2_1", lambda v: {"data": v.transpose(3, 2, 0, 1)}))
    bad_keras("rank.h5", replaced("conv2_1", lambda v: {"data": v.reshape(1, *v.shape)}))
    bad_keras("bomb_of_size.h5", replaced("conv1_1", lambda v: {
        "shape": (1 << 20, 1 << 20, 1 << 10, 1 << 10), "dtype": "<f4",
        "chunks": (1, 1, 64, 64), "compression": "gzip"}))
    bad_keras("bomb_of_deflate.h5", deflate_bomb)
    bad_keras("never_written.h5", replaced("conv1_1", lambda v: {"shape": shape, "dtype": "<f4"}))
    bad_keras("chunk_never_written.h5", replaced("conv1_1", lambda v: {
        "shape": shape, "dtype": "<f4", "chunks": (3, 3, 1, 1)}))
    bad_keras("filter.h5", replaced("conv1_1", lambda v: {"data": v, "compression": "lzf"}))
    bad_keras("elsewhere.h5", elsewhere)
    bad_keras("soft_link.h5", linked(lambda path: h5py.SoftLink("/conv1_2/conv1_2/kernel:0")))
    bad_keras("external_link.h5",
              linked(lambda path: h5py.ExternalLink(str(FOLDER / "by_name.h5"), path)))
    bad_keras("loop.h5", linked(lambda path: h5py.SoftLink("/" + path)))
    bad_keras("missing_group.h5", lambda file: file.__delitem__("conv4_1"))
    bad_keras("missing_layer.h5", layer_names(lambda names: [n for n in names if n != "conv4_1"]))
    bad_keras("missing_top.h5", layer_names(lambda names: [n for n in names if n != "fc7"]))
    bad_keras("twice.h5", layer_names(lambda names: names + ["conv4_1"]))
    bad_keras("superfluous.h5", lambda file: (file.copy("fc8", "fc9"), layer_names(
        lambda names: names + ["fc9"])(file)))
    bad_keras("one_layer_less.h5", layer_names(lambda names: names[:-1]), "by_order.h5")
    bad_keras("other_names.h5", lambda file: (file.move("conv2d_3", "block2_conv1"), layer_names(
        lambda names: [n.replace("conv2d_3", "block2_conv1") if n == "conv2d_3" else n
                       for n in names])(file)), "by_order.h5")
    bad_keras("no_names.h5", lambda file: file.attrs.__delitem__("layer_names"))
    bad_keras("names_are_numbers.h5", set_attribute("layer_names", np.arange(16)))
    bad_keras("three_weights.h5", lambda file: file["conv1_1"].attrs.__setitem__(
        "weight_names", np.array([b"conv1_1/kernel:0", b"conv1_1/bias:0", b"conv1_1/mean:0"])))
    bad_keras("theano.h5", set_attribute("backend", np.bytes_("theano")))
    pool = {"class_name": "AveragePooling2D", "config": {"name": "mean_pool"}}
    bad_keras("average_pool.h5", model_config(lambda layers: layers.__setitem__(2, pool)), "model.h5")
    bad_keras("no_pool.h5", model_config(lambda layers: layers.__delitem__(2)), "model.h5")
    bad_keras("stride.h5", model_config(
        lambda layers: layers[0]["config"].__setitem__("strides", [2, 2])), "model.h5")
    bad_keras("tanh.h5", model_config(
        lambda layers: layers[1]["config"].__setitem__("activation", "tanh")), "model.h5")
    bad_keras("config.h5", set_attribute("model_config", "{"), "model.h5")


# Caffe ------------------------------------------------------------------------------------------
def write_caffe():
    sys.path.insert(0, str(FOLDER))
    module = __import__("caffe_net_pb2")

    def bad_caffe(name, change, source="new.caffemodel"):
        net = module.NetParameter()
        net.ParseFromString((FOLDER / source).read_bytes())
        change(net)
        (FOLDER / name).write_bytes(net.SerializeToString())

    def edit(function, layer="conv3_1"):
        def change(net):
            function(next(l for l in list(net.layer) + list(net.layers) if l.name == layer))
        return change

    def blob(function, index=0):
        return edit(lambda layer: function(layer.blobs[index]))

    def to_double(b):
        b.double_data.extend(b.data)
        del b.data[:]

    bad_caffe("nan.caffemodel", blob(lambda b: b.data.__setitem__(3, float("nan"))))
    bad_caffe("double.caffemodel", blob(to_double))
    bad_caffe("few_values.caffemodel", blob(lambda b: b.data.pop()))
    bad_caffe("many_values.caffemodel", blob(lambda b: b.data.append(1)))
    bad_caffe("negative.caffemodel", blob(lambda b: b.shape.dim.__setitem__(0, -4)))
    bad_caffe("overflow.caffemodel", blob(lambda b: b.shape.dim.__setitem__(
        slice(None), [1 << 62, 1 << 62, 4, 1])))
    bad_caffe("huge_old.caffemodel", blob(lambda b: setattr(b, "num", 0x7FFFFFFF)), "old.caffemodel")
    bad_caffe("shape.caffemodel", blob(lambda b: b.shape.dim.reverse()))
    bad_caffe("missing_bias.caffemodel", edit(lambda layer: layer.blobs.pop()))
    bad_caffe("superfluous.caffemodel", edit(lambda layer: setattr(layer, "name", "conv3_9")))
    bad_caffe("twice.caffemodel", edit(lambda layer: setattr(layer, "name", "conv3_2"), "conv3_3"))
    bad_caffe("relu_with_weights.caffemodel",
              edit(lambda layer: layer.blobs.add().data.append(1), "relu3_1"))
    bad_caffe("average_pool.caffemodel",
              edit(lambda layer: setattr(layer.pooling_param, "pool", 1), "pool3"))
    bad_caffe("stride.caffemodel", edit(lambda layer: layer.convolution_param.stride.append(2)))
    bad_caffe("group.caffemodel", edit(lambda layer: setattr(layer.convolution_param, "group", 2)))
    bad_caffe("norm.caffemodel", edit(lambda layer: setattr(layer, "type", "LRN"), "pool3"))
    bad_caffe("norm_old.caffemodel", edit(lambda layer: setattr(layer, "type", 15), "pool3"),
              "old.caffemodel")
    bad_caffe("no_relu.caffemodel", lambda net: net.layer.remove(
        next(l for l in net.layer if l.name == "relu4_2")))
    bad_caffe("half.caffemodel", lambda net: net.layer.__delitem__(slice(9, None)))


# Torch7 -----------------------------------------------------------------------------------------
def write_torch7():
    class Changed(good.Torch7):
        """Renames a class, or gives a module's field another value."""
        rename, fields = {}, {}

        def torch_object(self, name):
            super().torch_object(self.rename.get(name, name))

        def module(self, name, fields):
            super().module(name, fields | {key: value for key, value in self.fields.items()
                                           if key in fields})

    def bad_torch7(name, rename=None, fields=None, network=NETWORK):
        kept = good.Torch7
        good.Torch7 = type("Torch7", (Changed,), {"rename": rename or {}, "fields": fields or {}})
        good.write_torch7(FOLDER / name, network, "Float", matrix=False)
        good.Torch7 = kept

    nan = {name: (w.copy(), b.copy()) for name, (w, b) in NETWORK.items()}
    nan["fc7"][0][0, 0] = np.nan
    bad_torch7("nan.t7", network=nan)
    bad_torch7("sigmoid.t7", rename={"nn.ReLU": "nn.Sigmoid"})
    bad_torch7("average_pool.t7", rename={"nn.SpatialMaxPooling": "nn.SpatialAveragePooling"})
    bad_torch7("concat.t7", rename={"nn.Sequential": "nn.Concat"})
    bad_torch7("integer.t7", rename={"torch.FloatStorage": "torch.IntStorage"})
    bad_torch7("generator.t7", rename={"torch.FloatTensor": "torch.Generator"})
    bad_torch7("stride.t7", fields={"dW": 2})
    bad_torch7("no_weight.t7", fields={"weight": 1})
    one = good.Torch7("Float")
    one.table({"a": 1})
    (FOLDER / "table.t7").write_bytes(one.out)
    deep = good.Torch7("Float")
    deep.torch_object("nn.Sequential")
    for _ in range(100_000):
        deep.count += 1
        deep.integer(3, deep.count, 1)
        deep.value("modules")
    (FOLDER / "deep.t7").write_bytes(deep.out)
    short = dict(list(NETWORK.items())[:7])
    bad_torch7("half.t7", network=short)


# MatConvNet -------------------------------------------------------------------------------------
def write_matlab():
    def bad_matlab(name, edit, add=None):
        rows = list(good.matlab_layers(NETWORK))
        edit(rows)
        layers = np.empty((1, len(rows)), object)
        for index, layer in enumerate(rows):
            dtype = layer.pop("dtype", np.float32)
            layers[0, index] = good.new_fields(layer, dtype)
        net = {"layers": layers, "meta": {"normalization": {"averageImage": good.average_image()}}}
        net |= add or {}
        scipy.io.savemat(FOLDER / name, {"net": net}, do_compression=True)

    def layer(target, **fields):
        def edit(rows):
            next(row for row in rows if row["name"] == target).update(fields)
        return edit

    kernel = NETWORK["conv3_2"][0].transpose(2, 3, 1, 0)
    nan = kernel.copy()
    nan[0, 0, 0, 0] = np.nan
    bad_matlab("nan.mat", layer("conv3_2", kernel=nan))
    bad_matlab("integer.mat", layer("conv3_2", dtype=np.int32))
    bad_matlab("complex.mat", layer("conv3_2", dtype=np.complex64))
    bad_matlab("shape.mat", layer("conv3_2", kernel=kernel[:2]))
    bad_matlab("bias.mat", layer("conv3_2", bias=np.zeros(3, np.float32)))
    bad_matlab("superfluous.mat", layer("conv3_2", name="conv3_9"))
    bad_matlab("twice.mat", layer("conv3_2", name="conv3_1", kernel=NETWORK["conv3_1"][0].transpose(
        2, 3, 1, 0)))
    bad_matlab("sigmoid.mat", layer("reluconv3_2", type="sigmoid"))
    bad_matlab("average_pool.mat", layer("pool3", method="avg"))
    bad_matlab("no_relu.mat", lambda rows: rows.remove(
        next(row for row in rows if row["name"] == "reluconv3_2")))
    bad_matlab("no_weights.mat", lambda rows: [row.pop("kernel") for row in rows
                                               if row["name"] == "conv3_2"])
    bad_matlab("average_image.mat", lambda rows: None,
               add={"meta": {"normalization": {"averageImage": np.zeros((4, 4), np.float32)}}})
    bad_matlab("average_nan.mat", lambda rows: None, add={"meta": {"normalization": {
        "averageImage": np.full((1, 1, 3), np.nan, np.float32)}}})
    scipy.io.savemat(FOLDER / "dag.mat", {"net": {"params": np.zeros(3)}})
    scipy.io.savemat(FOLDER / "struct_array.mat", {"net": np.array(
        [(1.0,), (2.0,)], dtype=[("layers", object)])})

    def tag(kind, data):
        return struct.pack("<II", kind, len(data)) + data.ljust((len(data) + 7) // 8 * 8, b"\0")

    def matrix(kind, dims, name, content):
        return tag(14, tag(6, struct.pack("<II", kind, 0)) + tag(5, struct.pack(
            f"<{len(dims)}i", *dims)) + tag(1, name) + content)

    head = b"MATLAB 5.0 MAT-file, Platform: test".ljust(124) + b"\x00\x01IM"
    nested = matrix(1, [1, 1], b"", b"")
    for _ in range(100):
        nested = matrix(1, [1, 1], b"net", nested)
    (FOLDER / "deep.mat").write_bytes(head + nested)
    cells = matrix(1, [2**31 - 1, 2**31 - 1], b"layers", b"")
    (FOLDER / "overflow.mat").write_bytes(head + cells)
    negative = matrix(7, [-1, -5], b"net", tag(7, b""))
    (FOLDER / "negative.mat").write_bytes(head + negative)
    many = matrix(1, [1, 200_000], b"layers", bytes.fromhex("0e00000000000000") * 200_000)
    packed = zlib.compress(many)
    (FOLDER / "many.mat").write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)
    bomb = zlib.compress(matrix(1, [1, 1], b"layers", matrix(
        7, [1 << 24, 1], b"", tag(7, bytes(64 << 20)))))
    (FOLDER / "bomb.mat").write_bytes(head + struct.pack("<II", 15, len(bomb)) + bomb)
    two = matrix(2, [1, 1], b"net", tag(5, struct.pack("<i", 8)) + tag(1, b""))
    (FOLDER / "two_nets.mat").write_bytes(head + two + two)

    good.write_matlab73(FOLDER / "deflate_bomb.mat", NETWORK, {"compression": "gzip"})
    with h5py.File(FOLDER / "deflate_bomb.mat", "r+") as file:
        values = max((item for item in file["#refs#"].values() if isinstance(item, h5py.Dataset)),
                     key=lambda item: item.size)
        values.id.write_direct_chunk((0,) * values.ndim, zlib.compress(bytes(64 << 20), 9))


# safetensors ------------------------------------------------------------------------------------
def write_safetensors():
    def bad_safetensors(name, change, metadata=None):
        tensors = {key: value.copy() for key, value in good.state_dict(NETWORK, rgb=True).items()}
        change(tensors)
        good.write_safetensors(FOLDER / name, tensors, metadata)

    nothing = lambda tensors: None
    bad_safetensors("nan.safetensors", lambda t: t["conv2_1.weight"].__setitem__(0, np.nan))
    bad_safetensors("missing.safetensors", lambda t: t.pop("conv2_1.bias"))
    bad_safetensors("missing_top.safetensors", lambda t: t.pop("fc7.bias"))
    bad_safetensors("superfluous.safetensors", lambda t: t.update(
        {"bn1_1.weight": np.zeros(2, np.float32)}))
    bad_safetensors("shape.safetensors", lambda t: t.update({"conv2_1.bias": np.zeros(5)}))
    own = {"format": "kface-vgg-face", "version": "1", "channels": "bgr"}
    bad_safetensors("own_format.safetensors", nothing, own | {"format": "kface-model"})
    bad_safetensors("own_version.safetensors", nothing, own | {"version": "2"})
    bad_safetensors("own_channels.safetensors", nothing, own | {"channels": "rgb"})
    bad_safetensors("own_mean.safetensors", nothing, own | {"mean_bgr": "1,2"})
    bad_safetensors("own_mean_nan.safetensors", nothing, own | {"mean_bgr": "1,2,nan"})


if __name__ == "__main__":
    write_keras()
    write_caffe()
    write_torch7()
    write_matlab()
    write_safetensors()
