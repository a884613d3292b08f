// Weights from the order in which other programs keep them.
#pragma once

#include <span>
#include <vector>

#include "base/safetensors.h"
#include "weights/vgg_layout.h"

namespace kface {

// Axis i of the result is axis axes[i] of `source`, which is row-major of `shape`.
//
// Requires: axes is a permutation of 0..shape.size()-1; source.size() == value_count(shape) > 0.
std::vector<float> permuted(std::span<const float> source, std::span<const std::size_t> shape,
                            std::span<const std::size_t> axes);

// The weight of `layer` in the one form, from [height, width, in, out] row-major: Keras, whose
// Dense layers flatten in that order as well.
Tensor weight_from_hwio(const VggLayer& layer, std::span<const float> source);

// The same from MATLAB's column-major [height, width, in, out].
Tensor weight_from_matlab(const VggLayer& layer, std::span<const float> source);

// Red for blue: swaps the first and the last input channel of a convolution [out, 3, h, w].
void swap_red_and_blue(Tensor& weight);

}  // namespace kface
