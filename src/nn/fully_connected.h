// y = act(x W^T + bias) for a few rows x and a large W, where the time goes into reading W once.
// Activations are float32 whatever W is stored in, so that a shorter W costs little accuracy and
// needs no calibration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kface {

// W [m, k] row-major, in one of three forms. `f32` is borrowed, the others are owned.
struct FullyConnectedWeights {
  std::size_t m = 0, k = 0;
  std::span<const float> f32;
  std::vector<std::uint16_t> bf16;  // the upper half of the float, rounded to nearest even
  std::vector<std::int8_t> int8;    // W[i, j] = int8[i, j] * scale[i], |int8| <= 127
  std::vector<float> scale;         // [m], with int8
};

// W as it is; `weights` must outlive the result.
FullyConnectedWeights keep_f32(std::size_t m, std::size_t k, std::span<const float> weights);
// Rounded, relative error at most 2^-8.
FullyConnectedWeights round_to_bf16(std::size_t m, std::size_t k, std::span<const float> weights);
// Rounded with one scale a row, the row's largest magnitude / 127.
FullyConnectedWeights round_to_int8(std::size_t m, std::size_t k, std::span<const float> weights);

// y [batch, m] = x [batch, k] W^T + bias, negative values then 0 if `relu`.
//
// Requires: bias [m] or empty; threads at least 1.
// Ensures:  row i of y depends on row i of x alone, and not on batch or threads, bit for bit.
// Cost:     W read once for every 8 rows; no allocation.
void fully_connected(const FullyConnectedWeights& weights, std::span<const float> bias, bool relu,
                     std::span<const float> x, std::span<float> y, unsigned threads);

}  // namespace kface
