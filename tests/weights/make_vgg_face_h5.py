#!/usr/bin/python3
"""make_vgg_face_h5.py FILE [--seed N]: a VGG-Face of full size with random weights, as deepface's
vgg_face_weights.h5 is laid out (Keras, layers by order, 145,002,878 parameters, 580 MB).

Weights have the variance 2 / inputs, so that activations neither vanish nor overflow through the
16 layers. Prints the SHA-256 of a few tensors' bytes in no particular form: the file is compared
by what kface says of it.
"""
