#include "nn/elementwise.h"

#include <algorithm>

#include "base/vector_clones.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr std::size_t kGrain = 16384;  // floats for which a second thread is worth its start

KF_VECTOR_CLONES void prelu_rows(const float* from, float* to, const float* slope, std::size_t rows,
                                 std::size_t lanes) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float value = from[row * lanes + lane];
      to[row * lanes + lane] = value < 0 ? value * slope[lane] : value;
    }
  }
}

KF_VECTOR_CLONES void scale_shift_rows(const float* from, float* to, const float* scale,
                                       const float* shift, std::size_t rows, std::size_t lanes) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      to[row * lanes + lane] = from[row * lanes + lane] * scale[lane] + shift[lane];
    }
  }
}

// Calls work(offset of the first row, first channel, rows) for pieces that cover the picture.
template <typename Work>
void for_each_piece(const ChannelLayout& layout, unsigned threads, const Work& work) {
  const std::size_t rows = layout.outer * layout.inner * layout.blocks;  // of `lanes` values
  const bool shared = threads > 1 && rows * layout.lanes >= kGrain;
  const auto parts = static_cast<int>(shared ? threads : 1U);
#pragma omp parallel for num_threads(parts) if (shared) schedule(static)
  for (int part = 0; part < parts; ++part) {
    std::size_t row = rows * static_cast<std::size_t>(part) / static_cast<std::size_t>(parts);
    const std::size_t end =
        rows * static_cast<std::size_t>(part + 1) / static_cast<std::size_t>(parts);
    while (row < end) {  // up to the end of a block of channels at a time
      const std::size_t count =
          layout.blocks == 1 ? end - row : std::min(end - row, layout.inner - row % layout.inner);
      work(row * layout.lanes, row / layout.inner % layout.blocks * layout.lanes, count);
      row += count;
    }
  }
}

}  // namespace

void prelu(const ChannelLayout& layout, const float* from, float* to, std::span<const float> slope,
           unsigned threads) {
  KF_REQUIRE(slope.size() == layout.channels(), slope.size(), layout.channels());
  for_each_piece(layout, threads, [&](std::size_t at, std::size_t channel, std::size_t rows) {
    prelu_rows(from + at, to + at, slope.data() + channel, rows, layout.lanes);
  });
}

void scale_shift(const ChannelLayout& layout, const float* from, float* to,
                 std::span<const float> scale, std::span<const float> shift, unsigned threads) {
  KF_REQUIRE(scale.size() == layout.channels() && shift.size() == layout.channels(), scale.size(),
             shift.size(), layout.channels());
  for_each_piece(layout, threads, [&](std::size_t at, std::size_t channel, std::size_t rows) {
    scale_shift_rows(from + at, to + at, scale.data() + channel, shift.data() + channel, rows,
                     layout.lanes);
  });
}

}  // namespace kface
