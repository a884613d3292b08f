// Layers that touch each value once, in the two layouts that convolutions use.
#pragma once

#include <cstddef>
#include <span>

namespace kface {

// How a picture's channels lie in memory: element (o, b, i, l) of [outer, blocks, inner, lanes] is
// of channel b * lanes + l. NHWC is {n * h * w, 1, 1, c}; NChw16c is {n, c / 16, h * w, 16}.
struct ChannelLayout {
  std::size_t outer = 0, blocks = 0, inner = 0, lanes = 0;

  std::size_t size() const { return outer * blocks * inner * lanes; }
  std::size_t channels() const { return blocks * lanes; }
};

// to[x] = from[x] < 0 ? slope[c] * from[x] : from[x]; from == to is allowed.
// Requires: arrays of layout.size(); slope [layout.channels()].
void prelu(const ChannelLayout& layout, const float* from, float* to, std::span<const float> slope,
           unsigned threads);

// to[x] = scale[c] * from[x] + shift[c], likewise.
void scale_shift(const ChannelLayout& layout, const float* from, float* to,
                 std::span<const float> scale, std::span<const float> shift, unsigned threads);

}  // namespace kface
