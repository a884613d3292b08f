#!/usr/bin/python3
"""make_vgg_face_h5.py FILE EXPECTED [SEED]: a VGG-Face of full size with random weights, laid out as
deepface's vgg_face_weights.h5 (Keras, layers by order; 145,002,878 parameters, 580 MB).

EXPECTED is a JSON object, tensor name -> shape and some values by their place, in kface's one form
(docs/formats/vgg-face.md). Weights have the variance 2 / inputs, so that activations neither vanish
nor overflow on their way through 16 layers. Only one layer is in memory at a time.
"""
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src" / "weights" / "testdata"))
import small_network  # noqa: E402: the folder is known only now
import write_weight_files as writer  # noqa: E402

DEFAULT_SEED = 20261125
NUM_VALUES = 50


def use_full_size():
    """Makes the writers of the small test files write the real network."""
    small_network.CHANNELS = [64, 128, 256, 512, 512]
    small_network.HIDDEN, small_network.CLASSES = 4096, 2622
    small_network.LAYERS[:] = small_network.layer_list()  # in place: the writers hold this list


class RandomNetwork:
    """name -> (weight [out, in, side, side], bias [out]), made when it is asked for."""

    def __init__(self, seed):
        self.seed = seed
        self.expected = {}

    def __getitem__(self, name):
        index = next(i for i, layer in enumerate(small_network.LAYERS) if layer[0] == name)
        layer = small_network.LAYERS[index]
        _, _, channels_in, side, out, _ = layer
        random = np.random.default_rng([self.seed, index])
        weight = random.standard_normal((out, channels_in, side, side), np.float32)
        weight *= np.float32(np.sqrt(2 / (channels_in * side * side)))
        bias = random.standard_normal(out, np.float32) * np.float32(0.1)
        self.note(name + ".weight", small_network.flat(layer, weight), random)
        self.note(name + ".bias", bias, random)
        return weight, bias

    def note(self, name, values, random):
        flat = values.reshape(-1)
        places = np.unique(random.integers(0, flat.size, NUM_VALUES))
        self.expected[name] = {"shape": values.shape, "places": places.tolist(),
                               "values": flat[places].tolist()}


def main():
    file, expected = Path(sys.argv[1]), Path(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else DEFAULT_SEED
    use_full_size()
    network = RandomNetwork(seed)
    writer.write_keras(file, network, by_name=False)
    expected.write_text(json.dumps(network.expected))


if __name__ == "__main__":
    main()
