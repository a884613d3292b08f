#!/usr/bin/python3
"""VGG-Face's layers written down plainly in NumPy: what the self-check holds the peers against.
Options and conversation: bench/README.md."""

import argparse
import json
import pathlib
import struct
import sys
import time

import numpy as np


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors


def conv(x, weight, bias):
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return np.einsum("bchwyx,ocyx->bohw", windows, weight, optimize=True) + bias[:, None, None]


def max_pool(x):
    batch, channels, height, width = x.shape
    return x.reshape(batch, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def forward(weights, x):
    for block in range(1, 6):
        for i in range(1, 3 + (block > 2)):
            name = f"conv{block}_{i}"
            x = np.maximum(conv(x, weights[name + ".weight"], weights[name + ".bias"]), 0)
        x = max_pool(x)
    x = x.reshape(len(x), -1)
    for name in ("fc6", "fc7"):
        x = np.maximum(x @ weights[name + ".weight"].T + weights[name + ".bias"], 0)
    return x


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("network", "input", "output"):
        parser.add_argument("--" + name, required=True)
    for name in ("batch", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    options = parser.parse_args()

    weights = {name: tensor.astype(np.float64)
               for name, tensor in read_safetensors(options.network).items()}
    values = np.fromfile(options.input, "<f4").astype(np.float64)
    side = round((values.size / options.batch / 3) ** 0.5)
    pictures = values.reshape(options.batch, 3, side, side)
    forward(weights, pictures).astype("<f4").tofile(options.output)
    info = {"library": f"NumPy {np.__version__}", "details": "double precision",
            "asserts": False, "optimised": True}
    print("ready", json.dumps(info), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line.removeprefix("run "))):
            start = time.perf_counter()
            forward(weights, pictures)
            times.append(1000 * (time.perf_counter() - start))
        print("ms", *times, flush=True)


if __name__ == "__main__":
    main()
