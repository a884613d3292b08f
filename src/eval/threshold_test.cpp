#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "eval/test_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

using test::accepted;
using test::pairs_of;
using test::random_pairs;

TEST(RatesAt, AcceptsADistanceEqualToTheThreshold) {
  const auto rates = rates_at(pairs_of({1, 2, 3, 6}, {4, 5, 6, 8}), 4);
  ASSERT_TRUE(rates.ok());
  EXPECT_EQ(rates.value().accuracy, 6.0 / 8);
  EXPECT_EQ(rates.value().false_accept_rate, 1.0 / 4);
  EXPECT_EQ(rates.value().false_reject_rate, 1.0 / 4);
}

TEST(RatesAt, RefusesWhatIsNotANumberAndOneKind) {
  EXPECT_EQ(rates_at(pairs_of({1}, {2}), NAN).error().message(),
            "rates_at: the threshold is not a number");
  EXPECT_EQ(rates_at(pairs_of({1}, {}), 1).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(rates_at(pairs_of({1}, {NAN}), 1).error().code(), ErrorCode::kInvalidArgument);
}

TEST(BestThreshold, IsTheLowestBestInTheMiddleOfItsGap) {
  const auto best = best_threshold(pairs_of({1, 4}, {2, 6}));  // 3 right at 1 and at 4
  ASSERT_TRUE(best.ok());
  EXPECT_EQ(best.value().threshold, 1.5F);
  EXPECT_EQ(best.value().accuracy, 0.75);
}

TEST(BestThreshold, CanRejectOrAcceptEverything) {
  const auto reject = best_threshold(pairs_of({3}, {1, 2}));
  EXPECT_LT(reject.value().threshold, 1.0F);
  EXPECT_GT(reject.value().threshold, 0.999F);
  EXPECT_EQ(reject.value().accuracy, 2.0 / 3);
  const auto accept = best_threshold(pairs_of({2, 3}, {1}));
  EXPECT_EQ(accept.value().threshold, 3.0F);
  EXPECT_EQ(accept.value().accuracy, 2.0 / 3);
}

TEST(BestThreshold, NoOtherThresholdIsBetter) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto pairs = random_pairs(3, 4, 3 + seed, seed);
    const auto best = best_threshold(pairs).value();
    EXPECT_EQ(rates_at(pairs, best.threshold).value().accuracy, best.accuracy);
    for (float t = -0.5F; t < 60; t += 0.5F) {
      const double accuracy = rates_at(pairs, t).value().accuracy;
      EXPECT_LE(accuracy, best.accuracy);
      if (accuracy == best.accuracy) {  // no better one lets in fewer
        EXPECT_LE(accepted(pairs, false, best.threshold), accepted(pairs, false, t));
      }
    }
  }
}

TEST(BestThreshold, RefusesOneKind) {
  EXPECT_EQ(best_threshold(pairs_of({}, {1})).error().message(),
            "best_threshold: needs both kinds of pair, got 0 same and 1 different");
}

TEST(SummarizeDistances, GivesMeansMidpointAndDPrime) {
  const auto summary = summarize_distances(pairs_of({1, 3}, {5, 9}));
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary.value().mean_same, 2.0);
  EXPECT_EQ(summary.value().mean_different, 7.0);
  EXPECT_EQ(summary.value().midpoint, 4.5);
  EXPECT_DOUBLE_EQ(summary.value().d_prime.value(), 5 / std::sqrt(2.5));
}

TEST(SummarizeDistances, HasNoDPrimeWithoutVariance) {
  // 0.1 has no exact binary form: sums of it are off by ulps, which must not pass for variance.
  const auto summary = summarize_distances(pairs_of({0.1F, 0.1F, 0.1F}, {0.7F, 0.7F, 0.7F}));
  EXPECT_EQ(summary.value().d_prime, std::nullopt);
  EXPECT_EQ(summary.value().mean_same, 0.1F);
}

TEST(SummarizeDistances, RefusesOneKind) {
  EXPECT_EQ(summarize_distances({}).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kface
