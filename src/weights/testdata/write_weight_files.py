#!/usr/bin/python3
"""write_weight_files.py FOLDER PROTO: one small random VGG-Face in every format that kface reads,
each written by a program that is not kface, and expected.safetensors with the numbers themselves.

The network is small_network.py's.
"""
import json
import struct
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import scipy.io

from small_network import LAYERS, MEAN_BGR, flat, random_network, rgb_first


# safetensors ------------------------------------------------------------------------------------
def write_safetensors(path, tensors, metadata=None):
    header, blobs, at = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name, values in tensors.items():
        data = np.ascontiguousarray(values, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape),
                        "data_offsets": [at, at + len(data)]}
        at += len(data)
        blobs.append(data)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def state_dict(network, rgb, linear_as_convolution=False, top=True):
    tensors = {}
    for layer in LAYERS:
        name = layer[0]
        if layer[1] and not top:
            continue
        weight, bias = network[name]
        weight = rgb_first(name, weight) if rgb else weight
        tensors[name + ".weight"] = weight if linear_as_convolution else flat(layer, weight)
        tensors[name + ".bias"] = bias
    return tensors


# Keras ------------------------------------------------------------------------------------------
def keras_names(layers, text_type):
    return np.array([name.encode() for name in layers], text_type) if layers else np.array([])


def write_keras(path, network, *, by_name, top=True, dense=False, options=None, group=None,
                config=False, variable_text=False):
    text_type = h5py.string_dtype() if variable_text else None
    with h5py.File(path, "w") as file:
        root = file.create_group(group) if group else file
        root.attrs["backend"] = np.bytes_("tensorflow")
        root.attrs["keras_version"] = np.bytes_("2.2.4")
        names, configs = [], []
        for index, layer in enumerate(l for l in LAYERS if top or not l[1]):
            name, linear, channels_in, side, out, ends_block = layer
            weight, bias = network[name]
            if not by_name:
                weight = rgb_first(name, weight)
            kernel = weight.transpose(2, 3, 1, 0)
            if linear and dense:
                kernel = kernel.reshape(-1, out)
            keras_name = name if by_name else f"conv2d_{index + 1}"
            if not linear:
                names.append(f"zero_padding2d_{index + 1}")
                root.create_group(names[-1]).attrs["weight_names"] = np.array([])
            names.append(keras_name)
            place = root.create_group(keras_name)
            parts = [f"{keras_name}/kernel:0", f"{keras_name}/bias:0"]
            place.attrs["weight_names"] = keras_names(parts, text_type)
            place.create_dataset(parts[0], data=np.ascontiguousarray(kernel), **(options or {}))
            place.create_dataset(parts[1], data=bias)
            configs.append({"class_name": "Dense" if linear and dense else "Conv2D",
                            "config": {"name": keras_name, "strides": [1, 1],
                                       "activation": "linear" if name == "fc8" else "relu"}})
            if ends_block:
                configs.append({"class_name": "MaxPooling2D", "config": {"name": "pool"}})
        root.attrs["layer_names"] = keras_names(names, text_type)
        if config:
            file.attrs["model_config"] = json.dumps(
                {"class_name": "Model", "config": {"layers": configs}})


# Caffe ------------------------------------------------------------------------------------------
V1_TYPES = {"Convolution": 4, "ReLU": 18, "Pooling": 17, "InnerProduct": 14, "Dropout": 6,
            "Softmax": 20}


def caffe_layer(net, old, name, kind):
    layer = net.layers.add() if old else net.layer.add()
    layer.name = name
    layer.type = V1_TYPES[kind] if old else kind
    return layer


def caffe_blob(layer, values, old):
    blob = layer.blobs.add()
    blob.data.extend(values.ravel().tolist())
    if old:
        dims = (1,) * (4 - values.ndim) + values.shape
        blob.num, blob.channels, blob.height, blob.width = dims
    else:
        blob.shape.dim.extend(values.shape)


def write_caffe(path, network, module, old):
    net = module.NetParameter(name="VGG_FACE_16_layers")
    for layer in LAYERS:
        name, linear, _, side, _, ends_block = layer
        weight, bias = network[name]
        caffe = caffe_layer(net, old, name, "InnerProduct" if linear else "Convolution")
        caffe_blob(caffe, flat(layer, weight), old)
        caffe_blob(caffe, bias, old)
        if not linear:
            caffe.convolution_param.pad.append(1)
            caffe.convolution_param.kernel_size.append(side)
        if name != "fc8":
            caffe_layer(net, old, name.replace("conv", "relu").replace("fc", "relu"), "ReLU")
        if ends_block:
            pool = caffe_layer(net, old, "pool" + name[4], "Pooling")
            pool.pooling_param.kernel_size = pool.pooling_param.stride = 2
        if name in ("fc6", "fc7"):
            caffe_layer(net, old, name.replace("fc", "drop"), "Dropout")
    caffe_layer(net, old, "prob", "Softmax")
    path.write_bytes(net.SerializeToString())


# Torch7 -----------------------------------------------------------------------------------------
class Torch7:
    """torch.save in binary, of 64-bit Lua; objects are numbered, tensors of one storage share it."""

    def __init__(self, kind):
        self.kind = kind  # Float or Double
        self.out = bytearray()
        self.count = 0

    def integer(self, *values):
        self.out += struct.pack(f"<{len(values)}i", *values)

    def longs(self, *values):
        self.out += struct.pack(f"<{len(values)}q", *values)

    def text(self, value):
        self.integer(len(value))
        self.out += value.encode()

    def torch_object(self, name):
        self.count += 1
        self.integer(4, self.count)
        self.text("V 1")
        self.text(name)

    def tensor(self, shape, storage, offset):
        self.torch_object(f"torch.{self.kind}Tensor")
        self.integer(len(shape))
        strides = [int(np.prod(shape[i + 1:])) for i in range(len(shape))]
        self.longs(*shape, *strides, offset + 1)
        self.storage(storage)

    def storage(self, storage):
        if "index" in storage:
            self.integer(4, storage["index"])
            return
        self.torch_object(f"torch.{self.kind}Storage")
        storage["index"] = self.count
        self.longs(len(storage["values"]))
        self.out += storage["values"].astype("<f4" if self.kind == "Float" else "<f8").tobytes()

    def value(self, value):
        if isinstance(value, bool):
            self.integer(5, int(value))
        elif isinstance(value, (int, float)):
            self.integer(1)
            self.out += struct.pack("<d", value)
        elif isinstance(value, str):
            self.integer(2)
            self.text(value)
        elif isinstance(value, dict):
            self.table(value)
        else:
            value()

    def table(self, entries):
        self.count += 1
        self.integer(3, self.count, len(entries))
        for key, value in entries.items():
            self.value(key)
            self.value(value)

    def module(self, name, fields):
        self.torch_object(name)
        self.table({"train": False, **fields})


def write_torch7(path, network, kind, matrix):
    """matrix: SpatialConvolutionMM, which keeps its kernels as matrices."""
    torch = Torch7(kind)
    shared = {"values": np.concatenate([np.concatenate([w.ravel(), b])
                                        for w, b in network.values()])}
    empty = lambda: torch.torch_object(f"torch.{kind}Tensor") or torch.integer(0) or \
        torch.longs(1) or torch.integer(0)
    modules, at = {}, 0
    add = lambda name, **fields: modules.__setitem__(
        len(modules) + 1, lambda: torch.module(name, fields))
    for layer in (l for l in LAYERS if l[0] in network):
        name, linear, channels_in, side, out, ends_block = layer
        weight, bias = network[name]
        shape = (out, weight[0].size) if linear or matrix else weight.shape
        tensors = {
            "weight": lambda shape=shape, at=at: torch.tensor(shape, shared, at),
            "bias": lambda out=out, at=at, size=weight.size: torch.tensor((out,), shared, at + size),
            "gradWeight": empty}
        at += weight.size + out
        if name == "fc6":
            add("nn.View", numElements=weight[0].size)
        if linear:
            add("nn.Linear", **tensors)
        else:
            add("nn.SpatialConvolutionMM" if matrix else "nn.SpatialConvolution", **tensors,
                nInputPlane=channels_in, nOutputPlane=out, kW=3, kH=3, dW=1, dH=1, padW=1, padH=1)
        if name != "fc8":
            add("nn.ReLU", inplace=True, val=0)
        if ends_block:
            add("nn.SpatialMaxPooling", kW=2, kH=2, dW=2, dH=2)
        if name in ("fc6", "fc7"):
            add("nn.Dropout", p=0.5)
    add("nn.SoftMax")
    torch.module("nn.Sequential", {"modules": modules})
    path.write_bytes(torch.out)


# MatConvNet -------------------------------------------------------------------------------------
def matlab_layers(network):
    for layer in LAYERS:
        name, _, _, _, _, ends_block = layer
        weight, bias = network[name]
        kernel = rgb_first(name, weight).transpose(2, 3, 1, 0)
        yield {"type": "conv", "name": name, "kernel": kernel, "bias": bias,
               "stride": 1.0, "pad": 0.0 if layer[1] else 1.0}
        if name != "fc8":
            yield {"type": "relu", "name": "relu" + name}
        if ends_block:
            yield {"type": "pool", "name": "pool" + name[4], "method": "max", "stride": 2.0}
        if name in ("fc6", "fc7"):
            yield {"type": "dropout", "name": "drop" + name, "rate": 0.5}
    yield {"type": "softmax", "name": "prob"}


def average_image():
    """[2, 2, 3] RGB whose mean over the pixels is MEAN_BGR, exactly."""
    image = np.tile(np.array(MEAN_BGR[::-1], np.float32), (2, 2, 1))
    image[0] += 8
    image[1] -= 8
    return image


def old_fields(layer, dtype):
    """Before 2015: filters and biases."""
    fields = {key: value for key, value in layer.items() if key not in ("kernel", "bias")}
    if "kernel" in layer:
        fields |= {"filters": layer["kernel"].astype(dtype),
                   "biases": layer["bias"].reshape(1, -1).astype(dtype)}
    return fields


def new_fields(layer, dtype):
    fields = {key: value for key, value in layer.items() if key not in ("kernel", "bias")}
    if "kernel" in layer:
        weights = np.empty((1, 2), object)
        weights[0, 0] = layer["kernel"].astype(dtype)
        weights[0, 1] = layer["bias"].reshape(-1, 1).astype(dtype)
        fields["weights"] = weights
    return fields


def write_matlab(path, network, *, fields, dtype, compress, struct_of_net, mean_at_meta):
    rows = list(matlab_layers(network))
    layers = np.empty((1, len(rows)), object)
    for index, layer in enumerate(rows):
        layers[0, index] = fields(layer, dtype)
    normalization = {"averageImage": average_image(), "imageSize": [224.0, 224.0, 3.0]}
    if mean_at_meta:
        content = {"layers": layers, "meta": {"normalization": normalization}}
    else:
        content = {"layers": layers, "normalization": normalization}
    scipy.io.savemat(path, {"net": content} if struct_of_net else content,
                     do_compression=compress)


def set_matlab_class(place, kind):
    """A text that ends in a zero which its length does not count, as MATLAB writes it."""
    text_type = h5py.h5t.C_S1.copy()
    text_type.set_size(len(kind))
    text_type.set_strpad(h5py.h5t.STR_NULLTERM)
    attribute = h5py.h5a.create(place.id, b"MATLAB_class", text_type,
                                h5py.h5s.create(h5py.h5s.SCALAR))
    attribute.write(np.array(kind.encode(), f"S{len(kind)}"), mtype=text_type)


def set_matlab_fields(place):
    names = np.empty(len(place), object)
    for index, name in enumerate(place):
        names[index] = np.array([letter.encode() for letter in name], "S1")
    place.attrs.create("MATLAB_fields", names, dtype=h5py.vlen_dtype(np.dtype("S1")))


def write_matlab73(path, network, options):
    """MATLAB 7.3 is HDF5 behind 512 bytes of text: structs are groups, cells references."""
    with h5py.File(path, "w", userblock_size=512, libver="earliest") as file:
        heap = file.create_group("#refs#")

        def array(group, name, values, kind):
            dataset = group.create_dataset(name, data=np.ascontiguousarray(values.T), **(
                options if values.size > 64 else {}))
            set_matlab_class(dataset, kind)
            return dataset

        def text(group, name, value):
            codes = np.frombuffer(value.encode("utf-16-le"), np.uint16).reshape(1, -1)
            array(group, name, codes, "char").attrs["MATLAB_int_decode"] = np.int32(2)

        def cell(group, name, members):
            references = np.array([[m.ref] for m in members], h5py.ref_dtype)
            dataset = group.create_dataset(name, data=references, dtype=h5py.ref_dtype)
            set_matlab_class(dataset, "cell")

        def new_struct(group, name):
            struct_group = group.create_group(name)
            set_matlab_class(struct_group, "struct")
            return struct_group

        net = new_struct(file, "net")
        members = []
        for index, layer in enumerate(matlab_layers(network)):
            group = new_struct(heap, f"layer{index}")
            text(group, "type", layer["type"])
            text(group, "name", layer["name"])
            if "method" in layer:
                text(group, "method", layer["method"])
            if "kernel" in layer:
                cell(group, "weights", [
                    array(heap, f"kernel{index}", layer["kernel"], "single"),
                    array(heap, f"bias{index}", layer["bias"].reshape(1, -1), "single")])
            set_matlab_fields(group)
            members.append(group)
        cell(net, "layers", members)
        normalization = new_struct(new_struct(net, "meta"), "normalization")
        array(normalization, "averageImage", average_image(), "single")
        for group in (normalization, net["meta"], net):
            set_matlab_fields(group)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Wed Nov 25 12:00:00 2026 HDF5 schema 1.00 ."
    with open(path, "r+b") as file:
        file.write(head.ljust(116) + bytes(8) + b"\x00\x02IM")


# ------------------------------------------------------------------------------------------------
def main():
    folder, proto = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    network = random_network()

    write_safetensors(folder / "expected.safetensors", state_dict(network, rgb=False))
    write_safetensors(folder / "pytorch.safetensors", state_dict(network, rgb=True),
                      {"format": "pt"})
    write_safetensors(folder / "convolutions.safetensors",
                      state_dict(network, rgb=True, linear_as_convolution=True))
    write_safetensors(folder / "notop.safetensors", state_dict(network, rgb=True, top=False))

    write_keras(folder / "by_order.h5", network, by_name=False)
    write_keras(folder / "by_name.h5", network, by_name=True, dense=True)
    write_keras(folder / "by_name_notop.h5", network, by_name=True, top=False)
    write_keras(folder / "model.h5", network, by_name=True, dense=True, group="model_weights",
                config=True, variable_text=True)
    write_keras(folder / "gzip.h5", network, by_name=False,
                options={"compression": "gzip", "shuffle": True, "fletcher32": True})

    subprocess.run(["protoc", f"--proto_path={proto.parent}", f"--python_out={folder}", proto],
                   check=True)
    sys.path.insert(0, str(folder))
    module = __import__("caffe_net_pb2")
    write_caffe(folder / "new.caffemodel", network, module, old=False)
    write_caffe(folder / "old.caffemodel", network, module, old=True)

    write_torch7(folder / "float.t7", network, "Float", matrix=False)
    write_torch7(folder / "double.t7", network, "Double", matrix=True)
    write_torch7(folder / "notop.t7",
                 {name: value for name, value in network.items() if name.startswith("conv")},
                 "Float", matrix=False)

    write_matlab(folder / "new.mat", network, fields=new_fields, dtype=np.float32, compress=True,
                 struct_of_net=True, mean_at_meta=True)
    write_matlab(folder / "old.mat", network, fields=old_fields, dtype=np.float64, compress=False,
                 struct_of_net=False, mean_at_meta=False)
    write_matlab73(folder / "hdf5.mat", network, {"compression": "gzip"})


if __name__ == "__main__":
    main()
