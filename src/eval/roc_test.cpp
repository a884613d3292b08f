#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "eval/test_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

using test::accepted;
using test::pairs_of;
using test::random_pairs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<RocPoint> roc_of(const std::vector<ScoredPair>& pairs) {
  auto roc = compute_roc(pairs);
  EXPECT_TRUE(roc.ok()) << roc.error().message();
  return std::move(roc).value();
}

TEST(ComputeRoc, MergesTiedDistancesIntoOnePoint) {
  const auto roc = roc_of(pairs_of({0.5F}, {0.5F}));
  ASSERT_EQ(roc.size(), 2u);  // reject-all, then the tie
  EXPECT_EQ(roc[0].threshold, -kInfinity);
  EXPECT_EQ(roc[0].true_accept_rate, 0.0);
  EXPECT_EQ(roc[0].false_accept_rate, 0.0);
  EXPECT_EQ(roc[1].true_accept_rate, 1.0);
  EXPECT_EQ(roc[1].false_accept_rate, 1.0);
}

TEST(ComputeRoc, EachPointIsExactlyWhatItsThresholdAccepts) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto pairs = random_pairs(4, 3, 2 + seed, seed);
    const auto roc = roc_of(pairs);
    for (std::size_t i = 0; i < roc.size(); ++i) {
      EXPECT_EQ(roc[i].true_accept_rate, accepted(pairs, true, roc[i].threshold));
      EXPECT_EQ(roc[i].false_accept_rate, accepted(pairs, false, roc[i].threshold));
      if (i > 0) {
        EXPECT_LT(roc[i - 1].threshold, roc[i].threshold);
      }
    }
    EXPECT_EQ(roc.back().true_accept_rate, 1.0);
    EXPECT_EQ(roc.back().false_accept_rate, 1.0);
  }
}

TEST(ComputeRoc, DoesNotDependOnTheOrderOfPairsNorOnTheSignOfZero) {
  auto pairs = random_pairs(5, 3, 9, 1);
  const auto roc = roc_of(pairs);
  Rng rng(2);
  rng.shuffle(pairs);
  for (auto& pair : pairs) {
    pair.distance = pair.distance == 0 && rng.below(2) == 0 ? -0.0F : pair.distance;
  }
  const auto again = roc_of(pairs);
  ASSERT_EQ(again.size(), roc.size());
  for (std::size_t i = 0; i < roc.size(); ++i) {
    EXPECT_EQ(again[i].threshold, roc[i].threshold);
    EXPECT_EQ(again[i].false_accept_rate, roc[i].false_accept_rate);
  }
}

TEST(ComputeRoc, SortsNegativeAndLargeNumbersToo) {
  const auto roc = roc_of(pairs_of({-3.0F, 1e30F, -1e-30F}, {0.0F, -7.5F}));
  std::vector<float> thresholds;
  thresholds.reserve(roc.size());
  for (const auto& point : roc) {
    thresholds.push_back(point.threshold);
  }
  EXPECT_EQ(thresholds, (std::vector<float>{-kInfinity, -7.5F, -3.0F, -1e-30F, 0.0F, 1e30F}));
}

TEST(ComputeRoc, NeedsBothKinds) {
  EXPECT_EQ(compute_roc(pairs_of({1}, {})).error().message(),
            "compute_roc: needs both kinds of pair, got 1 same and 0 different");
  EXPECT_EQ(compute_roc(pairs_of({}, {1})).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(compute_roc({}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ComputeRoc, RefusesDistancesThatAreNotFinite) {
  EXPECT_EQ(compute_roc(pairs_of({1}, {2, NAN})).error().message(),
            "compute_roc: the distance of pair 2 is nan, expected a finite number");
  EXPECT_FALSE(compute_roc(pairs_of({kInfinity}, {2})).ok());
  EXPECT_FALSE(compute_roc(pairs_of({1}, {-kInfinity})).ok());
}

TEST(EqualErrorRate, IsOneHalfIfEverythingIsTied) {
  const auto equal = equal_error(roc_of(pairs_of({1, 1, 1}, {1, 1, 1})));
  EXPECT_EQ(equal.eer, 0.5);
  EXPECT_EQ(equal.threshold, 1.0F);
}

TEST(EqualErrorRate, OfSeparateKindsIsZeroInTheMiddleOfTheGap) {
  const auto equal = equal_error(roc_of(pairs_of({1, 2}, {4, 5})));
  EXPECT_EQ(equal.eer, 0.0);
  EXPECT_EQ(equal.threshold, 3.0F);
}

TEST(EqualErrorRate, IsOneIfTheOrderIsUpsideDown) {
  EXPECT_EQ(equal_error(roc_of(pairs_of({4, 5}, {1, 2}))).eer, 1.0);
}

TEST(EqualErrorRate, InterpolatesBetweenPoints) {
  // Threshold 1: FAR 0, FRR 1/2. Threshold 3 (tie): FAR 1/3, FRR 0. Lines meet at 3/5 of the way.
  const auto equal = equal_error(roc_of(pairs_of({1, 3}, {3, 4, 5})));
  EXPECT_NEAR(equal.eer, 0.2, 1e-15);
  EXPECT_FLOAT_EQ(equal.threshold, 2.2F);
}

TEST(EqualErrorRate, TakesRatesThatDifferByRoundingAsEqual) {
  // FAR 1/10 and FRR 1 - 9/10, which is not 1/10 in floating point.
  const auto equal =
      equal_error(roc_of(pairs_of({1, 1, 1, 1, 1, 1, 1, 1, 1, 9}, {1, 5, 5, 5, 5, 5, 5, 5, 5, 5})));
  EXPECT_EQ(equal.eer, 0.1);
  EXPECT_EQ(equal.threshold, 3.0F);
}

TEST(EqualErrorRate, StaysBelowTheNextDistanceWhereFloatsHaveNoMiddle) {
  const float next = std::nextafter(1.0F, 2.0F);
  EXPECT_EQ(equal_error(roc_of(pairs_of({1}, {next}))).threshold, 1.0F);
}

TEST(TarAtFar, IsTheHighestThatKeepsTheGoal) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto pairs = random_pairs(5, 3, 3 + seed, seed);
    const auto roc = roc_of(pairs);
    for (const double goal : {0.04, 0.1, 0.25, 0.5, 1.0}) {
      double best = 0;
      std::optional<float> threshold;
      for (float t = -1; t < 100; ++t) {
        if (accepted(pairs, false, t) <= goal) {
          best = std::max(best, accepted(pairs, true, t));
          const bool is_distance =
              std::any_of(pairs.begin(), pairs.end(),
                          [t](const ScoredPair& pair) { return pair.distance == t; });
          threshold = is_distance ? std::optional<float>(t) : threshold;
        }
      }
      EXPECT_EQ(tar_at_far(roc, goal, 90), best);
      EXPECT_EQ(threshold_at_far(roc, goal, 90), threshold);
    }
  }
}

TEST(TarAtFar, SaysNothingBelowThreeOverFarPairs) {
  const auto roc = roc_of(pairs_of({1}, {2}));
  for (const auto& [goal, needed] :
       std::vector<std::pair<double, std::size_t>>{{0.01, 300}, {0.001, 3000}, {0.0001, 30000}}) {
    EXPECT_EQ(tar_at_far(roc, goal, needed), 1.0);
    EXPECT_EQ(threshold_at_far(roc, goal, needed), 1.0F);
    EXPECT_EQ(tar_at_far(roc, goal, needed - 1), std::nullopt);
    EXPECT_EQ(threshold_at_far(roc, goal, needed - 1), std::nullopt);
  }
}

TEST(TarAtFar, IsZeroWithoutThresholdIfTheClosestPairIsDifferent) {
  const auto roc = roc_of(pairs_of({2}, {1, 3}));
  EXPECT_EQ(tar_at_far(roc, 0.1, 30), 0.0);
  EXPECT_EQ(threshold_at_far(roc, 0.1, 30), std::nullopt);
}

TEST(TarAtFar, RefusesARateOutsideItsRange) {
  const auto roc = roc_of(pairs_of({1}, {2}));
  EXPECT_THROW(tar_at_far(roc, 0, 10), ContractViolation);
  EXPECT_THROW(threshold_at_far(roc, 1.5, 10), ContractViolation);
}

TEST(Auc, CountsPairsOfPairsAndHalfTheTies) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto pairs = random_pairs(4, 3, 2 + seed, seed);
    double closer = 0;
    double all = 0;
    for (const auto& same : pairs) {
      for (const auto& different : pairs) {
        if (same.same && !different.same) {
          all += 1;
          closer += same.distance < different.distance    ? 1
                    : same.distance == different.distance ? 0.5
                                                          : 0;
        }
      }
    }
    EXPECT_NEAR(auc(roc_of(pairs)), closer / all, 1e-12);
  }
}

TEST(ThinRoc, KeepsFewPointsOfTheCurveAndItsLowRates) {
  const auto roc = roc_of(random_pairs(60, 4, 20000, 3));
  const auto thin = thin_roc(roc, 200);
  EXPECT_LE(thin.size(), 200u);
  EXPECT_GE(thin.size(), 100u);
  EXPECT_EQ(thin.front().threshold, roc.front().threshold);
  EXPECT_EQ(thin.back().threshold, roc.back().threshold);
  EXPECT_TRUE(std::is_sorted(thin.begin(), thin.end(), [](const auto& a, const auto& b) {
    return a.threshold < b.threshold;
  }));
  const auto low = std::count_if(thin.begin(), thin.end(), [](const RocPoint& point) {
    return point.false_accept_rate > 0 && point.false_accept_rate < 0.01;
  });
  EXPECT_GE(low, 20);
}

TEST(ThinRoc, LeavesAShortCurveAsItIs) {
  EXPECT_EQ(thin_roc(roc_of(pairs_of({1, 2}, {3})), 4).size(), 4u);
  EXPECT_EQ(thin_roc(roc_of(pairs_of({1, 2}, {3})), 2).size(), 2u);
}

// scikit-learn 1.2.1 and SciPy 1.10.1 on the same distances: roc_curve(y, -distance,
// drop_intermediate=False), roc_auc_score, log_loss, and brentq on interp1d(fpr, tpr).
TEST(Parity, AgreesWithScikitLearn) {
  std::vector<float> same;
  std::vector<float> different;
  same.reserve(40);
  different.reserve(400);
  for (int i = 0; i < 40; ++i) {
    same.push_back(static_cast<float>(i * 37 % 23) / 8);
  }
  for (int i = 0; i < 400; ++i) {
    different.push_back(static_cast<float>(i * 53 % 41 + 12) / 8);
  }
  const auto pairs = pairs_of(same, different);
  const auto roc = roc_of(pairs);
  EXPECT_EQ(roc.size(), 54u);
  EXPECT_NEAR(auc(roc), 0.93734375, 1e-12);
  EXPECT_NEAR(equal_error(roc).eer, 0.171666666666667, 1e-12);
  EXPECT_EQ(tar_at_far(roc, 0.01, 400), 0.525);
  EXPECT_EQ(tar_at_far(roc, 0.1, 400), 0.7);
  MetricsOptions options;
  options.bootstrap_resamples = 0;
  options.score = PairScore{-2, 5};
  const auto metrics = compute_metrics(pairs, options, {});
  ASSERT_TRUE(metrics.ok()) << metrics.error().message();
  EXPECT_NEAR(metrics.value().loss->value, 0.356940138248420, 1e-12);
  EXPECT_NEAR(metrics.value().distances.d_prime.value(), 2.205128885310720, 1e-12);
  EXPECT_NEAR(metrics.value().overlap_all.value, 0.2925, 1e-12);
}

}  // namespace
}  // namespace kface
