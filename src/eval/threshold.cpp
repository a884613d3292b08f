#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/distances.h"
#include "eval/sorted_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

double rate(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

// Two passes, in ascending order, so that the order of the pairs does not show in the last digit.
Moments moments_of(std::span<const eval::SortedPair> pairs) {
  // All equal: the mean of the sum may be an ulp off, which is no variance.
  if (pairs.front().distance == pairs.back().distance) {
    return {pairs.front().distance, 0};
  }
  const auto count = static_cast<double>(pairs.size());
  Moments moments;
  for (const auto& pair : pairs) {
    moments.mean += pair.distance;
  }
  moments.mean /= count;
  for (const auto& pair : pairs) {
    const double deviation = pair.distance - moments.mean;
    moments.variance += deviation * deviation;
  }
  moments.variance /= count;
  return moments;
}

std::size_t count_accepted(std::span<const eval::SortedPair> pairs, float threshold) {
  const auto end = std::partition_point(
      pairs.begin(), pairs.end(),
      [threshold](const eval::SortedPair& pair) { return pair.distance <= threshold; });
  return static_cast<std::size_t>(end - pairs.begin());
}

}  // namespace

RatesAtThreshold eval::rates_of(const SortedPairs& pairs, float threshold) {
  const std::size_t true_accepts = count_accepted(pairs.same, threshold);
  const std::size_t false_accepts = count_accepted(pairs.different, threshold);
  return {rate(true_accepts + pairs.different.size() - false_accepts, pairs.size()),
          rate(false_accepts, pairs.different.size()),
          rate(pairs.same.size() - true_accepts, pairs.same.size())};
}

Result<RatesAtThreshold> rates_at(std::span<const ScoredPair> pairs, float threshold) {
  if (std::isnan(threshold)) {
    return Status{ErrorCode::kInvalidArgument, "rates_at: the threshold is not a number"};
  }
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "rates_at"));
  return eval::rates_of(sorted, threshold);
}

Result<BestThreshold> best_threshold(std::span<const ScoredPair> pairs) {
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "best_threshold"));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::size_t right = sorted.different.size();  // rejecting everything
  std::size_t most_right = right;
  float best = -kInfinity;
  float next = kInfinity;  // the distinct distance after `best`
  eval::TieWalk walk(sorted.same, sorted.different);
  while (const auto tie = walk.next()) {
    next = next == kInfinity ? tie->distance : next;
    right = right + tie->same.size() - tie->different.size();
    if (right > most_right) {
      most_right = right;
      best = tie->distance;
      next = kInfinity;
    }
  }
  BestThreshold result{best, rate(most_right, sorted.size())};
  if (best == -kInfinity) {
    result.threshold = std::nextafter(next, -kInfinity);
  } else if (next != kInfinity) {
    result.threshold = eval::middle(best, next);
  }
  return result;
}

DistanceSummary eval::summary_of(const SortedPairs& pairs) {
  const Moments same = moments_of(pairs.same);
  const Moments different = moments_of(pairs.different);
  DistanceSummary summary;
  summary.mean_same = same.mean;
  summary.mean_different = different.mean;
  summary.midpoint = (same.mean + different.mean) / 2;
  const double pooled = (same.variance + different.variance) / 2;
  if (pooled > 0) {
    summary.d_prime = (different.mean - same.mean) / std::sqrt(pooled);
  }
  return summary;
}

Result<DistanceSummary> summarize_distances(std::span<const ScoredPair> pairs) {
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "summarize_distances"));
  return eval::summary_of(sorted);
}

}  // namespace kface
