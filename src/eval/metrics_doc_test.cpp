// The examples that docs/metrics.md works by hand, in its order.
#include <gtest/gtest.h>

#include <array>

#include "base/parallel.h"
#include "eval/bootstrap.h"
#include "eval/test_pairs.h"

namespace kface {
namespace {

constexpr std::array<float, 4> kSame = {1, 2, 3, 6};
constexpr std::array<float, 4> kDifferent = {4, 5, 6, 8};

class MetricsDoc : public ::testing::Test {
 protected:
  std::vector<ScoredPair> pairs =
      test::pairs_of({kSame.begin(), kSame.end()}, {kDifferent.begin(), kDifferent.end()});
  std::vector<RocPoint> roc = compute_roc(pairs).value();
};

TEST_F(MetricsDoc, Roc) {
  const std::vector<std::array<double, 3>> table = {{1, 0.25, 0},    {2, 0.5, 0},    {3, 0.75, 0},
                                                    {4, 0.75, 0.25}, {5, 0.75, 0.5}, {6, 1, 0.75},
                                                    {8, 1, 1}};
  ASSERT_EQ(roc.size(), table.size() + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(roc[i + 1].threshold, table[i][0]);
    EXPECT_EQ(roc[i + 1].true_accept_rate, table[i][1]);
    EXPECT_EQ(roc[i + 1].false_accept_rate, table[i][2]);
  }
}

TEST_F(MetricsDoc, EqualError) {
  EXPECT_EQ(equal_error(roc).eer, 0.25);
  EXPECT_EQ(equal_error(roc).threshold, 4.5F);
  const auto second = equal_error(compute_roc(test::pairs_of({1, 3}, {3, 4, 5})).value());
  EXPECT_NEAR(second.eer, 0.2, 1e-15);
  EXPECT_FLOAT_EQ(second.threshold, 2.2F);
}

TEST_F(MetricsDoc, TarAtFar) {
  EXPECT_EQ(tar_at_far(roc, 0.75, 4), 1.0);
  EXPECT_EQ(threshold_at_far(roc, 0.75, 4), 6.0F);
  EXPECT_EQ(tar_at_far(roc, 0.5, 4), std::nullopt);
}

TEST_F(MetricsDoc, Auc) { EXPECT_EQ(auc(roc), 13.5 / 16); }

TEST_F(MetricsDoc, AtAThreshold) {
  const auto rates = rates_at(pairs, 4).value();
  EXPECT_EQ(rates.accuracy, 0.75);
  EXPECT_EQ(rates.false_accept_rate, 0.25);
  EXPECT_EQ(rates.false_reject_rate, 0.25);
  EXPECT_EQ(best_threshold(pairs).value().threshold, 3.5F);
  EXPECT_EQ(best_threshold(pairs).value().accuracy, 0.875);
}

TEST_F(MetricsDoc, MeansAndDPrime) {
  const auto summary = summarize_distances(pairs).value();
  EXPECT_EQ(summary.mean_same, 3.0);
  EXPECT_EQ(summary.mean_different, 5.75);
  EXPECT_EQ(summary.midpoint, 4.375);
  EXPECT_NEAR(summary.d_prime.value(), 1.6307, 5e-5);
}

TEST_F(MetricsDoc, Loss) {
  MetricsOptions options;
  options.score = PairScore{-1, 4};
  options.bootstrap_resamples = 0;
  EXPECT_NEAR(compute_metrics(pairs, options, {}).value().loss->value, 0.4709, 5e-5);
}

TEST_F(MetricsDoc, Overlap) { EXPECT_EQ(overlap_histogram(kSame, kDifferent, 7).value(), 0.25); }

TEST(MetricsDocPeople, Resample) {
  // A, A, C of the three people A, B, C: weights 2, 0, 1.
  const std::vector<ScoredPair> pairs = {{1, true, 0, 0},  {4, true, 1, 1},  {3, true, 2, 2},
                                         {5, false, 0, 1}, {2, false, 0, 2}, {6, false, 1, 2}};
  const auto sorted = eval::sort_pairs(pairs, "example").value();
  eval::SweepOptions options;
  options.threshold = 2.0F;
  const eval::WeightedSweep sweep(sorted, options);
  eval::LaneWeights weights(3);
  weights[0].fill(2);
  weights[2].fill(1);
  std::vector<Rng> rngs(eval::kLanes, Rng(1));
  const auto figures = sweep.figures(weights, rngs)[0];
  EXPECT_DOUBLE_EQ(figures.false_reject_rate, 1.0 / 3);
  EXPECT_DOUBLE_EQ(figures.false_accept_rate, 1.0);
}

TEST(MetricsDocPeople, CrossValidation) {
  const std::vector<FoldedPair> pairs = {{1.0F, true, 0},
                                         {3.0F, false, 0},
                                         {2.0F, true, 1},
                                         {5.0F, false, 1},
                                         {std::nullopt, true, 1}};
  const auto result = cross_validate(pairs).value();
  EXPECT_NEAR(result.accuracy, 0.5833, 5e-5);
  EXPECT_NEAR(result.standard_error, 0.0833, 5e-5);
}

}  // namespace
}  // namespace kface
