#include "nn/fully_connected.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "kface/status.h"

namespace kface {
namespace {

struct Problem {
  std::size_t m, k, batch;
  std::vector<float> weights, bias, x;
};

// Small integers, so that every order of summing gives the same.
Problem integers(std::size_t m, std::size_t k, std::size_t batch) {
  Problem p{m, k, batch, {}, {}, {}};
  Rng rng(m * 1000 + k * 10 + batch);
  const auto draw = [&](std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) {
      value = static_cast<float>(rng.below(9)) - 4;
    }
    return values;
  };
  p.weights = draw(m * k);
  p.bias = draw(m);
  p.x = draw(batch * k);
  return p;
}

std::vector<float> plain(const Problem& p, bool relu) {
  std::vector<float> y;
  for (std::size_t b = 0; b < p.batch; ++b) {
    for (std::size_t i = 0; i < p.m; ++i) {
      float sum = p.bias[i];
      for (std::size_t j = 0; j < p.k; ++j) {
        sum += p.weights[i * p.k + j] * p.x[b * p.k + j];
      }
      y.push_back(relu ? std::max(sum, 0.0F) : sum);
    }
  }
  return y;
}

std::vector<float> run(const FullyConnectedWeights& weights, const Problem& p, bool relu,
                       unsigned threads) {
  std::vector<float> y(p.batch * p.m);
  fully_connected(weights, p.bias, relu, p.x, y, threads);
  return y;
}

TEST(FullyConnected, IsExactOnIntegersForOddSizesBatchesAndThreads) {
  for (const std::size_t m : {1U, 2U, 3U, 7U, 40U}) {
    for (const std::size_t k : {1U, 15U, 16U, 17U, 100U}) {
      for (const std::size_t batch : {1U, 2U, 3U, 8U, 11U}) {
        const Problem p = integers(m, k, batch);
        for (const unsigned threads : {1U, 2U, 3U}) {
          EXPECT_EQ(run(keep_f32(m, k, p.weights), p, true, threads), plain(p, true));
          EXPECT_EQ(run(round_to_bf16(m, k, p.weights), p, false, threads), plain(p, false));
        }
      }
    }
  }
}

TEST(FullyConnected, EightBitWeightsErrByLessThanHalfAStepEach) {
  const Problem p = integers(9, 333, 3);
  const auto weights = round_to_int8(p.m, p.k, p.weights);
  const auto found = run(weights, p, false, 2);
  const auto expected = plain(p, false);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double reach = 1e-3;
    for (std::size_t j = 0; j < p.k; ++j) {
      reach += 0.5 * static_cast<double>(weights.scale[i % p.m]) *
               std::fabs(static_cast<double>(p.x[i / p.m * p.k + j]));
    }
    EXPECT_NEAR(found[i], expected[i], reach);
  }
}

TEST(FullyConnected, ARowDoesNotDependOnTheOthersOrTheThreads) {
  Problem p = integers(50, 200, 9);
  Rng rng(1);
  for (float& value : p.x) {
    value = static_cast<float>(rng.normal());
  }
  const auto weights = round_to_int8(p.m, p.k, p.weights);
  const auto together = run(weights, p, false, 3);
  for (std::size_t b = 0; b < p.batch; ++b) {
    Problem one = p;
    one.batch = 1;
    one.x.assign(p.x.begin() + static_cast<std::ptrdiff_t>(b * p.k),
                 p.x.begin() + static_cast<std::ptrdiff_t>((b + 1) * p.k));
    const auto alone = run(weights, one, false, 1);
    for (std::size_t i = 0; i < p.m; ++i) {
      EXPECT_EQ(alone[i], together[b * p.m + i]);
    }
  }
}

TEST(RoundToBf16, RoundsToNearestEven) {
  const std::vector<float> values = {1.0F, 1.0F + 1.0F / 256, 1.0F + 3.0F / 256, -2.5F};
  const auto rounded = round_to_bf16(1, 4, values).bf16;
  EXPECT_EQ(rounded, (std::vector<std::uint16_t>{0x3F80, 0x3F80, 0x3F82, 0xC020}));
}

TEST(FullyConnected, RefusesSizesThatDoNotFit) {
  const Problem p = integers(2, 3, 1);
  std::vector<float> y(1);
  EXPECT_THROW(fully_connected(keep_f32(2, 3, p.weights), {}, false, p.x, y, 1), ContractViolation);
  EXPECT_THROW(keep_f32(2, 2, p.weights), ContractViolation);
}

}  // namespace
}  // namespace kface
