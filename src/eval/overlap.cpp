#include <algorithm>
#include <cmath>
#include <string>

#include "base/rng.h"
#include "eval/distances.h"
#include "eval/sorted_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

constexpr std::uint64_t kSameTag = 1;
constexpr std::uint64_t kDifferentTag = 2;

std::vector<double> count_in_bins(std::span<const float> distances, const eval::Bins& bins) {
  std::vector<double> counts(bins.count());
  for (const float distance : distances) {
    counts[bins.index(distance)] += 1;
  }
  return counts;
}

Status check_finite(std::span<const float> distances, const std::string& kind) {
  if (distances.empty()) {
    return {ErrorCode::kInvalidArgument, "overlap_histogram: no " + kind + " distances"};
  }
  for (const float distance : distances) {
    if (!std::isfinite(distance)) {
      return {ErrorCode::kInvalidArgument, "overlap_histogram: a " + kind + " distance is " +
                                               std::to_string(distance) +
                                               ", expected a finite number"};
    }
  }
  return {};
}

std::vector<float> distances_of(std::span<const eval::SortedPair> pairs) {
  std::vector<float> distances;
  distances.reserve(pairs.size());
  for (const auto& pair : pairs) {
    distances.push_back(pair.distance);
  }
  return distances;
}

// `count` of the distances (all if there are no more), each set of that size equally likely. They
// come sorted, so what is drawn depends on the set of pairs and not on their order.
std::vector<float> sample_of(std::span<const eval::SortedPair> pairs, std::size_t count, Rng rng) {
  std::vector<float> distances = distances_of(pairs);
  const std::size_t drawn = std::min(count, distances.size());
  for (std::size_t i = 0; i < drawn; ++i) {
    std::swap(distances[i], distances[i + rng.below(distances.size() - i)]);
  }
  distances.resize(drawn);
  return distances;
}

}  // namespace

Result<DistanceHistogram> distance_histogram(std::span<const ScoredPair> pairs, std::size_t bins) {
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "distance_histogram"));
  const eval::Bins layout(sorted.lowest(), sorted.highest(), bins);
  DistanceHistogram histogram;
  for (std::size_t k = 0; k <= layout.count(); ++k) {
    histogram.edges.push_back(layout.edge(k));
  }
  histogram.same = count_in_bins(distances_of(sorted.same), layout);
  histogram.different = count_in_bins(distances_of(sorted.different), layout);
  const double width = layout.edge(1) - layout.edge(0);
  for (std::size_t k = 0; k < layout.count(); ++k) {
    histogram.same[k] /= static_cast<double>(sorted.same.size()) * width;
    histogram.different[k] /= static_cast<double>(sorted.different.size()) * width;
  }
  return histogram;
}

Result<double> overlap_histogram(std::span<const float> same, std::span<const float> different,
                                 std::size_t bins) {
  KF_TRY(check_finite(same, "same"));
  KF_TRY(check_finite(different, "different"));
  const auto [same_low, same_high] = std::minmax_element(same.begin(), same.end());
  const auto [different_low, different_high] =
      std::minmax_element(different.begin(), different.end());
  const eval::Bins layout(std::min(*same_low, *different_low),
                          std::max(*same_high, *different_high), bins);
  return eval::shared_area(count_in_bins(same, layout), count_in_bins(different, layout));
}

double eval::overlap_of(const SortedPairs& pairs, std::size_t bins) {
  const Bins layout(pairs.lowest(), pairs.highest(), bins);
  return shared_area(count_in_bins(distances_of(pairs.same), layout),
                     count_in_bins(distances_of(pairs.different), layout));
}

SampledOverlap eval::sampled_overlap_of(const SortedPairs& pairs, std::uint64_t seed,
                                        std::size_t sample, std::size_t bins) {
  KF_REQUIRE(sample >= 1, sample);
  const Bins layout(pairs.lowest(), pairs.highest(), bins);
  const Rng rng(seed);
  const std::vector<float> same = sample_of(pairs.same, sample, rng.fork(kSameTag));
  const std::vector<float> different = sample_of(pairs.different, sample, rng.fork(kDifferentTag));
  return {shared_area(count_in_bins(same, layout), count_in_bins(different, layout)), same.size(),
          different.size()};
}

Result<SampledOverlap> sampled_overlap(std::span<const ScoredPair> pairs, std::uint64_t seed,
                                       std::size_t sample, std::size_t bins) {
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "sampled_overlap"));
  return eval::sampled_overlap_of(sorted, seed, sample, bins);
}

}  // namespace kface
