"""The small random VGG-Face of the tests. Its widths must be those of `small_layout()` in
weight_files_for_test.h.
"""
import numpy as np

CHANNELS = [2, 3, 4, 5, 6]
CONVOLUTIONS = [2, 2, 3, 3, 3]
HIDDEN, CLASSES, SIDE = 8, 7, 7
MEAN_BGR = [93.59396362304688, 104.76238250732422, 129.186279296875]


def layer_list():
    """(name, linear, in, side, out, ends_block)"""
    layers, channels_in = [], 3
    for block, (channels, count) in enumerate(zip(CHANNELS, CONVOLUTIONS), 1):
        for i in range(1, count + 1):
            layers.append((f"conv{block}_{i}", False, channels_in, 3, channels, i == count))
            channels_in = channels
    layers.append(("fc6", True, channels_in, SIDE, HIDDEN, False))
    layers.append(("fc7", True, HIDDEN, 1, HIDDEN, False))
    layers.append(("fc8", True, HIDDEN, 1, CLASSES, False))
    return layers


LAYERS = layer_list()


def random_network():
    """name -> (weight [out, in, side, side], bias [out]); the first input channel is blue."""
    random = np.random.default_rng(20261125)
    network = {}
    for name, _, channels_in, side, out, _ in LAYERS:
        weight = random.standard_normal((out, channels_in, side, side)).astype(np.float32)
        network[name] = (weight, random.standard_normal(out).astype(np.float32))
    return network


def rgb_first(name, weight):
    return weight[:, ::-1] if name == "conv1_1" else weight


def flat(layer, weight):
    return weight.reshape(layer[4], -1) if layer[1] else weight
