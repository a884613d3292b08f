// The examples that docs/metrics.md works by hand, in its order.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "base/parallel.h"
#include "eval/bootstrap.h"
#include "eval/identification.h"
#include "eval/test_pairs.h"
#include "kface/paired.h"

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

TEST_F(MetricsDoc, Det) {
  const auto curve = det_curve(roc, 100);
  ASSERT_EQ(curve.size(), 2u);
  EXPECT_EQ(curve[0].false_accept_rate, 0.25);
  EXPECT_EQ(curve[0].false_reject_rate, 0.25);
  EXPECT_EQ(curve[1].false_accept_rate, 0.5);
  EXPECT_EQ(curve[1].false_reject_rate, 0.25);
  EXPECT_NEAR(probit(0.25), -0.6745, 5e-5);
  EXPECT_EQ(probit(0.5), 0.0);
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

// The equal error rate of a resample of A, A and C.
double eer_of_a_a_c(const std::vector<ScoredPair>& pairs) {
  const auto sorted = eval::sort_pairs(pairs, "example").value();
  const eval::WeightedSweep sweep(sorted, {});
  eval::LaneWeights weights(3);
  weights[0].fill(2);
  weights[2].fill(1);
  std::vector<Rng> rngs(eval::kLanes, Rng(1));
  return sweep.figures(weights, rngs)[0].eer;
}

TEST(MetricsDocPeople, Resample) {
  // A, A, C of the three people A, B, C: weights 2, 0, 1.
  const std::vector<ScoredPair> pairs = {{1, true, 0, 0},  {4, true, 1, 1},  {3, true, 2, 2},
                                         {5, false, 0, 1}, {2, false, 0, 2}, {6, false, 1, 2}};
  const auto sorted = eval::sort_pairs(pairs, "example").value();
  eval::SweepOptions options;
  options.threshold = 2.0F;
  options.d_prime = true;
  const eval::WeightedSweep sweep(sorted, options);
  eval::LaneWeights weights(3);
  weights[0].fill(2);
  weights[2].fill(1);
  std::vector<Rng> rngs(eval::kLanes, Rng(1));
  const auto figures = sweep.figures(weights, rngs)[0];
  EXPECT_DOUBLE_EQ(figures.false_reject_rate, 1.0 / 3);
  EXPECT_DOUBLE_EQ(figures.false_accept_rate, 1.0);
  EXPECT_EQ(figures.threshold, std::vector<double>(5, 1.0));
  EXPECT_DOUBLE_EQ(figures.d_prime.value(), 0.5);
}

TEST(MetricsDocPeople, PairedDifference) {
  const std::vector<ScoredPair> first = {{1, true, 0, 0},  {4, true, 1, 1},  {3, true, 2, 2},
                                         {5, false, 0, 1}, {2, false, 0, 2}, {6, false, 1, 2}};
  auto second = first;
  for (std::size_t i = 0; const float distance : {1.0F, 2.0F, 1.0F, 5.0F, 4.0F, 6.0F}) {
    second[i++].distance = distance;
  }
  const auto difference = paired_difference(first, second, {}, {}).value();
  EXPECT_DOUBLE_EQ(difference.eer.value, 1.0 / 3);
  EXPECT_EQ(difference.verdict(), Verdict::kCannotTell);  // three people
  EXPECT_NEAR(eer_of_a_a_c(first), 1.0 / 3, 1e-15);
  EXPECT_EQ(eer_of_a_a_c(second), 0.0);
}

TEST(MetricsDocPeople, Identification) {
  std::vector<float> embeddings;
  std::vector<std::uint32_t> identities;
  const auto add = [&](std::uint32_t person, double degrees, int times) {
    const double angle = degrees * std::numbers::pi / 180;
    for (int i = 0; i < times; ++i) {
      embeddings.push_back(static_cast<float>(std::cos(angle)));
      embeddings.push_back(static_cast<float>(std::sin(angle)));
      identities.push_back(person);
    }
  };
  add(0, 0, 1);
  add(0, -10, 25);
  add(0, 60, 4);
  add(1, 90, 1);
  add(1, 100, 25);
  add(1, 30, 4);
  const auto result = identify(embeddings, 2, identities, {.bootstrap_resamples = 0}, {}).value();
  EXPECT_NEAR(result.cmc[0].value, 0.8621, 5e-5);
  EXPECT_EQ(result.cmc[1].value, 1.0);
  EXPECT_NEAR(result.fnir_at_fpir[0].fnir.value().value, 0.1379, 5e-5);
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
