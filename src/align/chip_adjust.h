// What is done to a chip, or measured on it, pixel by pixel.
#pragma once

#include "align/aligner.h"
#include "kface/image.h"

namespace kface {

// Requires: a picture that is not empty, everywhere in this file. Thread-safe. Deterministic.

// kGrayWorld: each channel multiplied so that its mean becomes the mean of the three; a grey
// picture
//             stays as it is, byte for byte.
// kClahe:     contrast-limited adaptive histogram equalisation of the lightness (L of CIE Lab),
//             8 x 8 tiles, clip limit 2; colours keep their a and b.
void adjust_color(Image& image, ColorAdjust adjust);

// The picture resized to size x size; the aspect is not kept. Shrinking averages areas, growing is
// bilinear.
Image resize_to_square(const Image& image, int size);

// Variance of the Laplacian (3 x 3, 4-connected) of the grey picture, in squared grey levels.
float measure_sharpness(const Image& image);

// Mean grey level (Rec. 601), 0..255.
float measure_brightness(const Image& image);

}  // namespace kface
