#include "nn/elementwise.h"

#include <gtest/gtest.h>

#include <vector>

namespace kface {
namespace {

// Channel of element `at` of the layout.
std::size_t channel_of(const ChannelLayout& layout, std::size_t at) {
  return at / (layout.inner * layout.lanes) % layout.blocks * layout.lanes + at % layout.lanes;
}

std::vector<ChannelLayout> layouts() {
  return {{.outer = 5, .blocks = 1, .inner = 1, .lanes = 3},      // NHWC
          {.outer = 2, .blocks = 3, .inner = 7, .lanes = 4},      // blocked
          {.outer = 2, .blocks = 4, .inner = 300, .lanes = 16}};  // large enough for two threads
}

TEST(Elementwise, UseTheNumbersOfEachChannelInEveryLayout) {
  for (const ChannelLayout& layout : layouts()) {
    std::vector<float> values(layout.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(i % 11) - 5;
    }
    std::vector<float> first(layout.channels());
    std::vector<float> second(layout.channels());
    for (std::size_t c = 0; c < first.size(); ++c) {
      first[c] = static_cast<float>(c) + 2;
      second[c] = static_cast<float>(c) * 0.5F;
    }
    for (const unsigned threads : {1U, 2U, 3U}) {
      std::vector<float> scaled(values.size());
      scale_shift(layout, values.data(), scaled.data(), first, second, threads);
      std::vector<float> bent = values;
      prelu(layout, bent.data(), bent.data(), first, threads);  // in place
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t c = channel_of(layout, i);
        ASSERT_EQ(scaled[i], values[i] * first[c] + second[c]);
        ASSERT_EQ(bent[i], values[i] < 0 ? values[i] * first[c] : values[i]);
      }
    }
  }
}

}  // namespace
}  // namespace kface
