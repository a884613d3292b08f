#include "weights/rearrange.h"

#include <algorithm>
#include <array>

namespace kface {
namespace {

Tensor rearranged(const VggLayer& layer, std::span<const float> source,
                  const std::array<std::size_t, 4>& shape, const std::array<std::size_t, 4>& axes) {
  return {.shape = layer.weight_shape(), .data = permuted(source, shape, axes)};
}

}  // namespace

std::vector<float> permuted(std::span<const float> source, std::span<const std::size_t> shape,
                            std::span<const std::size_t> axes) {
  KF_REQUIRE(!shape.empty() && axes.size() == shape.size(), shape.size(), axes.size());
  KF_REQUIRE(!source.empty() && source.size() == value_count(shape), source.size());
  std::vector<std::size_t> stride(shape.size(), 1);
  for (std::size_t i = shape.size() - 1; i > 0; --i) {
    stride[i - 1] = stride[i] * shape[i];
  }
  std::vector<float> result;
  result.reserve(source.size());
  const std::size_t last = axes.back();
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t from = 0;
  while (result.size() < source.size()) {
    for (std::size_t i = 0; i < shape[last]; ++i) {
      result.push_back(source[from + i * stride[last]]);
    }
    for (std::size_t i = axes.size() - 1; i-- > 0;) {
      const std::size_t axis = axes[i];
      from += stride[axis];
      if (++index[axis] < shape[axis]) {
        break;
      }
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

Tensor weight_from_hwio(const VggLayer& layer, std::span<const float> source) {
  return rearranged(layer, source, {layer.side, layer.side, layer.in, layer.out}, {3, 2, 0, 1});
}

Tensor weight_from_matlab(const VggLayer& layer, std::span<const float> source) {
  return rearranged(layer, source, {layer.out, layer.in, layer.side, layer.side}, {0, 1, 3, 2});
}

void swap_red_and_blue(Tensor& weight) {
  KF_REQUIRE(weight.shape.size() == 4 && weight.shape[1] == 3, shape_text(weight.shape));
  const std::size_t plane = weight.shape[2] * weight.shape[3];
  for (std::size_t out = 0; out < weight.shape[0]; ++out) {
    const auto first = weight.data.begin() + static_cast<std::ptrdiff_t>(out * 3 * plane);
    std::swap_ranges(first, first + static_cast<std::ptrdiff_t>(plane),
                     first + static_cast<std::ptrdiff_t>(2 * plane));
  }
}

}  // namespace kface
