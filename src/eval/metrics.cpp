#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "eval/bootstrap.h"

namespace kface {
namespace {

constexpr std::uint64_t kOverlapTag = 1;
constexpr std::uint64_t kBootstrapTag = 2;

Status invalid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "compute_metrics: " + message};
}

Status check_options(const MetricsOptions& options) {
  KF_REQUIRE(options.overlap_sample >= 1, options.overlap_sample);
  for (const double rate : options.false_accept_rates) {
    KF_REQUIRE(rate > 0 && rate <= 1, rate);
  }
  if (options.threshold && !std::isfinite(*options.threshold)) {
    return invalid("the threshold is " + std::to_string(*options.threshold) +
                   ", expected a finite distance");
  }
  if (options.score &&
      !(std::isfinite(options.score->weight) && std::isfinite(options.score->bias))) {
    return invalid("the score's weight is " + std::to_string(options.score->weight) +
                   " and its bias " + std::to_string(options.score->bias) +
                   ", expected finite numbers");
  }
  return eval::check_resamples(options.bootstrap_resamples, "compute_metrics");
}

double mean_loss(const eval::SortedPairs& pairs, const PairScore& score) {
  double sum = 0;
  for (const auto& pair : pairs.same) {
    sum += eval::cross_entropy(score, pair.distance, true);
  }
  for (const auto& pair : pairs.different) {
    sum += eval::cross_entropy(score, pair.distance, false);
  }
  return sum / static_cast<double>(pairs.size());
}

Metrics values_of(const eval::SortedPairs& pairs, const MetricsOptions& options) {
  Metrics metrics;
  metrics.num_same = pairs.same.size();
  metrics.num_different = pairs.different.size();
  metrics.num_images = options.num_images;
  const std::vector<RocPoint> roc = eval::roc_of(pairs);
  const EqualError equal = equal_error(roc);
  metrics.eer.value = equal.eer;
  metrics.threshold_at_eer.value = equal.threshold;
  metrics.auc.value = auc(roc);
  for (const double goal : options.false_accept_rates) {
    TarAtFar at_goal{goal, std::nullopt, std::nullopt};
    if (const auto threshold = threshold_at_far(roc, goal, metrics.num_different)) {
      at_goal.threshold = Estimate{*threshold, std::nullopt};
    }
    if (const auto tar = tar_at_far(roc, goal, metrics.num_different)) {
      at_goal.tar = Estimate{*tar, std::nullopt};
    }
    metrics.tar_at_far.push_back(at_goal);
  }
  metrics.distances = eval::summary_of(pairs);
  if (metrics.distances.d_prime) {
    metrics.d_prime = Estimate{*metrics.distances.d_prime, std::nullopt};
  }
  const SampledOverlap sampled = eval::sampled_overlap_of(
      pairs, Rng(options.seed).fork(kOverlapTag).next(), options.overlap_sample, kOverlapBins);
  metrics.overlap.value = sampled.value;
  metrics.overlap_num_same = sampled.num_same;
  metrics.overlap_num_different = sampled.num_different;
  metrics.overlap_all.value = eval::overlap_of(pairs, kOverlapBins);
  metrics.threshold = options.threshold;
  if (options.threshold) {
    const RatesAtThreshold rates = eval::rates_of(pairs, *options.threshold);
    metrics.accuracy = Estimate{rates.accuracy, std::nullopt};
    metrics.far_at_threshold = Estimate{rates.false_accept_rate, std::nullopt};
    metrics.frr_at_threshold = Estimate{rates.false_reject_rate, std::nullopt};
  }
  if (options.score) {
    metrics.loss = Estimate{mean_loss(pairs, *options.score), std::nullopt};
  }
  return metrics;
}

void add_intervals(const std::vector<eval::Figures>& resamples, Metrics& metrics) {
  const auto set = [&resamples](Estimate& estimate, const auto& figure) {
    std::vector<double> values;
    values.reserve(resamples.size());
    for (const auto& resample : resamples) {
      values.push_back(std::invoke(figure, resample));
    }
    estimate.ci95 = eval::percentile_interval(std::move(values));
  };
  const auto set_if_any = [&set](std::optional<Estimate>& estimate, const auto& figure) {
    if (estimate) {
      set(*estimate, figure);
    }
  };
  set(metrics.eer, &eval::Figures::eer);
  set(metrics.threshold_at_eer, &eval::Figures::threshold_at_eer);
  set(metrics.auc, &eval::Figures::auc);
  set(metrics.overlap, &eval::Figures::overlap);
  set(metrics.overlap_all, &eval::Figures::overlap_all);
  set_if_any(metrics.accuracy, &eval::Figures::accuracy);
  set_if_any(metrics.far_at_threshold, &eval::Figures::false_accept_rate);
  set_if_any(metrics.frr_at_threshold, &eval::Figures::false_reject_rate);
  set_if_any(metrics.loss, &eval::Figures::loss);
  for (std::size_t i = 0; i < metrics.tar_at_far.size(); ++i) {
    set_if_any(metrics.tar_at_far[i].tar,
               [i](const eval::Figures& figures) { return figures.tar[i]; });
    set_if_any(metrics.tar_at_far[i].threshold,
               [i](const eval::Figures& figures) { return figures.threshold[i]; });
  }
  const bool all_vary = std::all_of(resamples.begin(), resamples.end(),
                                    [](const eval::Figures& f) { return f.d_prime.has_value(); });
  if (all_vary) {
    set_if_any(metrics.d_prime, [](const eval::Figures& figures) { return *figures.d_prime; });
  }
}

}  // namespace

Result<Metrics> compute_metrics(std::span<const ScoredPair> pairs, const MetricsOptions& options,
                                const JobContext& context) {
  KF_TRY(check_options(options));
  KF_TRY(eval::check_identities(pairs, "compute_metrics"));
  KF_ASSIGN(eval::SortedPairs sorted, eval::sort_pairs(pairs, "compute_metrics"));
  Metrics metrics = values_of(sorted, options);
  metrics.num_identities = eval::renumber_identities(sorted);
  if (options.bootstrap_resamples > 0) {
    const eval::SweepOptions sweep{.threshold = options.threshold,
                                   .score = options.score,
                                   .far_goals = options.false_accept_rates,
                                   .overlap_sample = options.overlap_sample,
                                   .d_prime = metrics.d_prime.has_value()};
    KF_ASSIGN(
        const std::vector<eval::Figures> figures,
        eval::bootstrap_figures(sorted, metrics.num_identities, sweep, options.bootstrap_resamples,
                                Rng(options.seed).fork(kBootstrapTag).next(), context));
    add_intervals(figures, metrics);
  }
  return metrics;
}

}  // namespace kface
