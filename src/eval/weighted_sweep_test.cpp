#include "eval/weighted_sweep.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/test_pairs.h"

namespace kface::eval {
namespace {

using test::expanded;
using test::random_pairs;

constexpr std::uint32_t kPeople = 5;

// Identities 0, 7, 14, ... of random_pairs as 0, 1, 2, ...
SortedPairs dense(std::vector<ScoredPair> pairs) {
  for (auto& pair : pairs) {
    pair.identity_a /= 7;
    pair.identity_b /= 7;
  }
  return sort_pairs(pairs, "test").value();
}

// The figures by the public functions, on pairs that are written down as often as they count. The
// bins stay those of the pairs without weights.
void expect_figures_of(const std::vector<ScoredPair>& all, const SortedPairs& unweighted,
                       const SweepOptions& options, const Figures& figures) {
  const auto roc = compute_roc(all).value();
  EXPECT_NEAR(figures.eer, equal_error(roc).eer, 1e-14);
  EXPECT_FLOAT_EQ(static_cast<float>(figures.threshold_at_eer), equal_error(roc).threshold);
  EXPECT_NEAR(figures.auc, auc(roc), 1e-13);
  for (std::size_t i = 0; i < kFarGoals.size(); ++i) {
    EXPECT_EQ(figures.tar[i], tar_at_far(roc, kFarGoals[i], SIZE_MAX));
    const float just_below = std::nextafter(roc[1].threshold, -1.0F);
    EXPECT_EQ(figures.threshold[i],
              threshold_at_far(roc, kFarGoals[i], SIZE_MAX).value_or(just_below));
  }
  const auto d_prime = summarize_distances(all).value().d_prime;
  ASSERT_EQ(figures.d_prime.has_value(), d_prime.has_value());
  EXPECT_NEAR(figures.d_prime.value_or(0), d_prime.value_or(0),
              1e-12 * (1 + std::fabs(d_prime.value_or(0))));
  const auto rates = rates_at(all, *options.threshold).value();
  EXPECT_EQ(figures.accuracy, rates.accuracy);
  EXPECT_EQ(figures.false_accept_rate, rates.false_accept_rate);
  EXPECT_EQ(figures.false_reject_rate, rates.false_reject_rate);
  const Bins bins(unweighted.lowest(), unweighted.highest(), options.overlap_bins);
  std::vector<double> same(bins.count());
  std::vector<double> different(bins.count());
  double loss = 0;
  for (const auto& pair : all) {
    (pair.same ? same : different)[bins.index(pair.distance)] += 1;
    loss += cross_entropy(*options.score, pair.distance, pair.same);
  }
  EXPECT_NEAR(figures.overlap_all, shared_area(same, different), 1e-14);
  EXPECT_EQ(figures.overlap, figures.overlap_all);  // fewer than 400 pairs: nothing is drawn
  loss /= static_cast<double>(all.size());
  EXPECT_NEAR(figures.loss, loss, 1e-7 * loss);  // each pair's loss is kept as a float
}

TEST(WeightedSweep, EqualsTheFiguresOfPairsWrittenDownAsOftenAsTheyCount) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    // From everything tied to hardly anything tied, separated or not.
    const auto pairs = random_pairs(kPeople, 3, 1 + seed * seed, seed);
    const SortedPairs sorted = dense(pairs);
    SweepOptions options;
    options.threshold = static_cast<float>(seed * seed) / 2;
    options.score = PairScore{-0.1, 2};
    options.overlap_bins = 6;
    options.d_prime = true;
    const WeightedSweep sweep(sorted, options);
    Rng rng(seed + 100);
    LaneWeights weights(kPeople);
    for (auto& lanes : weights) {
      for (auto& weight : lanes) {
        weight = static_cast<std::uint32_t>(rng.below(4));
      }
    }
    std::vector<Rng> rngs(kLanes, rng);
    std::vector<bool> usable(kLanes);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      usable[lane] = sweep.usable(weights, lane);
      if (!usable[lane]) {
        for (auto& lanes : weights) {
          lanes[lane] = 1;
        }
      }
    }
    const auto figures = sweep.figures(weights, rngs);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<std::uint32_t> of_lane;
      for (const auto& lanes : weights) {
        of_lane.push_back(lanes[lane]);
      }
      const auto all = expanded(pairs, of_lane);
      expect_figures_of(all, sorted, options, figures[lane]);
      compared += usable[lane] ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 700u);
}

TEST(WeightedSweep, KnowsWhichWeightsLeaveBothKinds) {
  const SortedPairs sorted = dense(random_pairs(3, 2, 5, 1));
  const WeightedSweep sweep(sorted, {});
  LaneWeights weights(3);
  weights[0][0] = 3;  // one person: no different pair
  weights[0][1] = 1;
  weights[2][1] = 2;
  EXPECT_FALSE(sweep.usable(weights, 0));
  EXPECT_TRUE(sweep.usable(weights, 1));
}

TEST(WeightedSweep, RefusesWeightsThatCouldOverflow) {
  const SortedPairs sorted = dense(random_pairs(3, 2, 5, 1));
  const WeightedSweep sweep(sorted, {});
  LaneWeights weights(3);
  weights[0].fill(1025);
  weights[1].fill(1);
  std::vector<Rng> rngs(kLanes, Rng(1));
  EXPECT_THROW(sweep.figures(weights, rngs), ContractViolation);
}

TEST(WeightedSweep, AddsUpMoreThanOneBlockOfLargeWeights) {
  // 10,000 tied different pairs of weight 1024^2 each: more than 32 bits hold.
  SortedPairs sorted;
  sorted.same.assign(3, {1, 0, 0});
  sorted.different.assign(10000, {1, 0, 1});
  sorted.different.push_back({2, 0, 1});
  SweepOptions options;
  options.threshold = 1.0F;
  const WeightedSweep sweep(sorted, options);
  LaneWeights weights(2);
  weights[0].fill(1024);
  weights[1].fill(1024);
  std::vector<Rng> rngs(kLanes, Rng(1));
  EXPECT_EQ(sweep.figures(weights, rngs)[15].false_accept_rate, 10000.0 / 10001);
}

}  // namespace
}  // namespace kface::eval
