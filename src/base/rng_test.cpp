#include "base/rng.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kface/status.h"

namespace kface {
namespace {

TEST(Rng, SameSeedSameStream) {
  Rng a(7);
  Rng b(7);
  Rng c(8);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
}

TEST(Rng, ForksAreIndependentOfThePositionAndOfEachOther) {
  Rng a(7);
  const auto before = a.fork(1).next();
  (void)a.next();
  EXPECT_EQ(a.fork(1).next(), before);
  EXPECT_NE(a.fork(2).next(), before);
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::vector<int> counts(6, 0);
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) {
    ++counts[rng.below(6)];
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, kDraws / 6, 500);  // 5.5 standard deviations
  }
  EXPECT_THROW((void)rng.below(0), ContractViolation);
}

TEST(Rng, UniformAndNormalHaveTheirMoments) {
  Rng rng(3);
  double sum = 0;
  double sum_normal = 0;
  double sum_square = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    const double z = rng.normal();
    sum_normal += z;
    sum_square += z * z;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
  EXPECT_NEAR(sum_normal / kDraws, 0.0, 0.02);
  EXPECT_NEAR(sum_square / kDraws, 1.0, 0.03);
}

TEST(Rng, ShuffleIsAPermutation) {
  Rng rng(5);
  std::vector<int> items(100);
  for (int i = 0; i < 100; ++i) {
    items[static_cast<std::size_t>(i)] = i;
  }
  auto shuffled = items;
  rng.shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace kface
