#include "kface/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/bootstrap.h"
#include "eval/test_pairs.h"

namespace kface {
namespace {

using test::pairs_of;
using test::random_pairs;

MetricsOptions all_options() {
  MetricsOptions options;
  options.threshold = 20.0F;
  options.score = PairScore{-0.2, 5};
  options.num_images = 60;
  options.bootstrap_resamples = 100;
  return options;
}

std::vector<double> numbers_of(const Metrics& m) {
  std::vector<double> numbers;
  const auto add = [&numbers](const std::optional<Estimate>& estimate) {
    numbers.push_back(estimate ? estimate->value : -1);
    numbers.push_back(estimate && estimate->ci95 ? estimate->ci95->low : -1);
    numbers.push_back(estimate && estimate->ci95 ? estimate->ci95->high : -1);
  };
  for (const auto& estimate : {m.eer, m.threshold_at_eer, m.overlap, m.overlap_all, m.auc}) {
    add(estimate);
  }
  for (const auto& estimate :
       {m.accuracy, m.far_at_threshold, m.frr_at_threshold, m.loss, m.d_prime}) {
    add(estimate);
  }
  for (const auto& goal : m.tar_at_far) {
    add(goal.tar);
    add(goal.threshold);
  }
  return numbers;
}

Metrics metrics_of(const std::vector<ScoredPair>& pairs, const MetricsOptions& options,
                   unsigned threads = 1) {
  auto metrics = compute_metrics(pairs, options, {.threads = threads});
  EXPECT_TRUE(metrics.ok()) << metrics.error().message();
  return std::move(metrics).value();
}

TEST(ComputeMetrics, AgreesWithTheSingleFunctions) {
  const auto pairs = random_pairs(20, 3, 40, 1);
  const auto metrics = metrics_of(pairs, all_options());
  const auto roc = compute_roc(pairs).value();
  EXPECT_EQ(metrics.eer.value, equal_error(roc).eer);
  EXPECT_EQ(metrics.threshold_at_eer.value, equal_error(roc).threshold);
  EXPECT_EQ(metrics.auc.value, auc(roc));
  EXPECT_EQ(metrics.accuracy->value, rates_at(pairs, 20).value().accuracy);
  EXPECT_EQ(metrics.far_at_threshold->value, rates_at(pairs, 20).value().false_accept_rate);
  EXPECT_EQ(metrics.frr_at_threshold->value, rates_at(pairs, 20).value().false_reject_rate);
  EXPECT_EQ(metrics.distances.midpoint, summarize_distances(pairs).value().midpoint);
  EXPECT_EQ(metrics.overlap_num_same, 60u);
  EXPECT_EQ(metrics.overlap_num_different, 400u);
  EXPECT_EQ(metrics.num_same, 60u);
  EXPECT_EQ(metrics.num_different, 1710u);
  EXPECT_EQ(metrics.num_identities, 20u);
  EXPECT_EQ(metrics.num_images, 60u);
  ASSERT_EQ(metrics.tar_at_far.size(), 5u);
  EXPECT_EQ(metrics.tar_at_far[0].threshold->value, threshold_at_far(roc, 0.01, 1710));
  EXPECT_LE(metrics.tar_at_far[0].threshold->ci95->low, metrics.tar_at_far[0].threshold->value);
  EXPECT_GE(metrics.tar_at_far[0].threshold->ci95->high, metrics.tar_at_far[0].threshold->value);
  EXPECT_EQ(metrics.d_prime->value, summarize_distances(pairs).value().d_prime);
  EXPECT_LT(metrics.d_prime->ci95->low, metrics.d_prime->value);
  EXPECT_GT(metrics.d_prime->ci95->high, metrics.d_prime->value);
  EXPECT_TRUE(metrics.tar_at_far[0].tar->ci95.has_value());
  EXPECT_EQ(metrics.tar_at_far[1].tar, std::nullopt);  // 1710 < 3 / 0.001
}

TEST(ComputeMetrics, LeavesOutWhatWasNotAskedFor) {
  MetricsOptions options;
  options.bootstrap_resamples = 0;
  const auto metrics = metrics_of(random_pairs(4, 3, 40, 1), options);
  EXPECT_FALSE(metrics.accuracy || metrics.far_at_threshold || metrics.loss || metrics.threshold);
  EXPECT_FALSE(metrics.eer.ci95.has_value());
}

TEST(ComputeMetrics, IsTheSameForAnyNumberOfThreadsAndOrderOfPairs) {
  auto pairs = random_pairs(20, 4, 60, 2);
  const auto expected = numbers_of(metrics_of(pairs, all_options()));
  EXPECT_EQ(numbers_of(metrics_of(pairs, all_options(), 3)), expected);
  Rng rng(4);
  rng.shuffle(pairs);
  for (auto& pair : pairs) {
    std::swap(pair.identity_a, pair.identity_b);
  }
  EXPECT_EQ(numbers_of(metrics_of(pairs, all_options(), 2)), expected);
  MetricsOptions other = all_options();
  other.seed = 2;
  EXPECT_NE(numbers_of(metrics_of(pairs, other)), expected);
}

TEST(ComputeMetrics, IntervalsHoldTheValuesAndNarrowWithMorePeople) {
  const auto few = metrics_of(random_pairs(10, 3, 40, 3), all_options());
  const auto many = metrics_of(random_pairs(80, 3, 40, 3), all_options());
  const auto width = [](const Estimate& e) { return e.ci95->high - e.ci95->low; };
  for (const Metrics& m : {few, many}) {
    for (const auto& e : {m.eer, m.auc, *m.accuracy, *m.loss, *m.far_at_threshold}) {
      EXPECT_LE(e.ci95->low, e.value);
      EXPECT_GE(e.ci95->high, e.value);
    }
  }
  EXPECT_LT(width(many.auc), width(few.auc));
  EXPECT_LT(width(many.eer), width(few.eer));
}

TEST(ComputeMetrics, AnIdentityThatIsAllWrongWidensTheInterval) {
  // 20 people, one of whom never matches: pairs are not independent of their person, and only
  // resampling people shows that the rate hangs on whether this one is among them.
  auto pairs = random_pairs(20, 5, 10, 1);
  for (auto& pair : pairs) {
    pair.distance = pair.same ? (pair.identity_a == 0 ? 3.0F : 1.0F) : 5.0F;
  }
  MetricsOptions options = all_options();
  options.threshold = 2.0F;
  options.bootstrap_resamples = 1000;
  const auto metrics = metrics_of(pairs, options);
  EXPECT_EQ(metrics.frr_at_threshold->value, 0.05);
  EXPECT_EQ(metrics.frr_at_threshold->ci95->low, 0.0);
  EXPECT_GE(metrics.frr_at_threshold->ci95->high, 0.15);  // pairs: 0.08
}

TEST(ComputeMetrics, WorksWithTwoPeopleAndOnePairOfEachKind) {
  const auto metrics = metrics_of(pairs_of({1}, {2}), all_options());
  EXPECT_EQ(metrics.eer.value, 0.0);
  EXPECT_EQ(metrics.eer.ci95->high, 0.0);
}

TEST(ComputeMetrics, RefusesPairsThatDisagreeWithTheirIdentities) {
  const auto metrics = compute_metrics(std::vector<ScoredPair>{{1, true, 3, 3}, {1, true, 3, 4}},
                                       MetricsOptions{}, {});
  ASSERT_FALSE(metrics.ok());
  EXPECT_EQ(metrics.error().message(),
            "compute_metrics: pair 1 is marked same, but its identities are 3 and 4");
}

TEST(ComputeMetrics, RefusesBadOptionsAndBadPairs) {
  const auto pairs = pairs_of({1}, {2});
  const auto error = [&pairs](auto change) {
    MetricsOptions options;
    change(options);
    return compute_metrics(pairs, options, {}).error().message();
  };
  EXPECT_EQ(error([](MetricsOptions& o) { o.threshold = NAN; }),
            "compute_metrics: the threshold is nan, expected a finite distance");
  EXPECT_NE(error([](MetricsOptions& o) {
              o.score = PairScore{NAN, 1};
            }).find("weight is nan"),
            std::string::npos);
  EXPECT_EQ(error([](MetricsOptions& o) { o.bootstrap_resamples = 39; }),
            "compute_metrics: 39 resamples are too few for a 95 % interval; ask for 40 or more, or "
            "0 for no intervals");
  EXPECT_THROW(error([](MetricsOptions& o) { o.overlap_sample = 0; }), ContractViolation);
  EXPECT_EQ(compute_metrics(pairs_of({1}, {}), {}, {}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(compute_metrics(pairs_of({1}, {NAN}), {}, {}).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(ComputeMetrics, StopsOnRequest) {
  StopFlag stop;
  stop.request();
  const auto metrics = compute_metrics(pairs_of({1}, {2}), {}, {.threads = 1, .stop = &stop});
  EXPECT_EQ(metrics.error().code(), ErrorCode::kInterrupted);
}

TEST(PercentileInterval, InterpolatesLikeNumpy) {
  // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [2.5, 97.5])
  const auto interval = eval::percentile_interval({3, 1, 4, 1, 5, 9, 2, 6});
  EXPECT_DOUBLE_EQ(interval.low, 1);
  EXPECT_DOUBLE_EQ(interval.high, 8.475);
  EXPECT_EQ(eval::percentile_interval({2}).high, 2);
}

}  // namespace
}  // namespace kface
