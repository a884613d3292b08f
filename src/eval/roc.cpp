#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "eval/distances.h"
#include "eval/sorted_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

// FAR and 1 - TAR are each off by an ulp or so: 0.1 and 1 - 0.9 are equal. The smallest true
// difference, 1 / (same * different), is larger than this for 10^15 pairs.
constexpr double kRounding = 1e-15;

// Last point that accepts no more than this share of the different pairs; points[0] always does.
const RocPoint& last_within(std::span<const RocPoint> roc, double false_accept_rate) {
  KF_REQUIRE(!roc.empty(), roc.size());
  KF_REQUIRE(false_accept_rate > 0 && false_accept_rate <= 1, false_accept_rate);
  const auto beyond = std::upper_bound(
      roc.begin(), roc.end(), false_accept_rate,
      [](double rate, const RocPoint& point) { return rate < point.false_accept_rate; });
  return *(beyond - 1);
}

// FAR - FRR: never decreases along the curve, from -1 to 1.
double excess(const RocPoint& point) {
  return point.false_accept_rate - (1 - point.true_accept_rate);
}

}  // namespace

std::vector<RocPoint> eval::roc_of(const SortedPairs& pairs) {
  const auto num_same = static_cast<double>(pairs.same.size());
  const auto num_different = static_cast<double>(pairs.different.size());
  std::vector<RocPoint> points = {{-std::numeric_limits<float>::infinity(), 0.0, 0.0}};
  std::size_t accepted_same = 0;
  std::size_t accepted_different = 0;
  // Ties are one decision: a gate cannot accept half of them.
  TieWalk walk(pairs.same, pairs.different);
  while (const auto tie = walk.next()) {
    accepted_same += tie->same.size();
    accepted_different += tie->different.size();
    points.push_back({tie->distance, static_cast<double>(accepted_same) / num_same,
                      static_cast<double>(accepted_different) / num_different});
  }
  return points;
}

Result<std::vector<RocPoint>> compute_roc(std::span<const ScoredPair> pairs) {
  KF_ASSIGN(const eval::SortedPairs sorted, eval::sort_pairs(pairs, "compute_roc"));
  return eval::roc_of(sorted);
}

bool eval::has_crossed(const RocPoint& point) { return excess(point) >= -kRounding; }

std::size_t eval::first_crossed(std::span<const RocPoint> roc) {
  const auto first = std::partition_point(
      roc.begin(), roc.end(), [](const RocPoint& point) { return !has_crossed(point); });
  KF_REQUIRE(first != roc.begin() && first != roc.end(), roc.size());
  return static_cast<std::size_t>(first - roc.begin());
}

EqualError eval::crossing_between(const RocPoint& below, const RocPoint& above,
                                  float next_threshold) {
  if (excess(above) <= kRounding) {
    return {above.false_accept_rate, middle(above.threshold, next_threshold)};
  }
  const double share = excess(below) / (excess(below) - excess(above));
  const double eer =
      below.false_accept_rate + share * (above.false_accept_rate - below.false_accept_rate);
  if (std::isinf(below.threshold)) {
    return {eer, above.threshold};
  }
  const double step = static_cast<double>(above.threshold) - below.threshold;
  return {eer, static_cast<float>(below.threshold + share * step)};
}

EqualError equal_error(std::span<const RocPoint> roc) {
  const std::size_t i = eval::first_crossed(roc);
  // The last point's rates are 1 and 0, so a point at which they are equal has a next one.
  const float next = i + 1 < roc.size() ? roc[i + 1].threshold : roc[i].threshold;
  return eval::crossing_between(roc[i - 1], roc[i], next);
}

std::optional<double> tar_at_far(std::span<const RocPoint> roc, double false_accept_rate,
                                 std::size_t num_different) {
  const RocPoint& point = last_within(roc, false_accept_rate);
  if (eval::too_few_to_say(false_accept_rate, num_different)) {
    return std::nullopt;
  }
  return point.true_accept_rate;
}

std::optional<float> threshold_at_far(std::span<const RocPoint> roc, double false_accept_rate,
                                      std::size_t num_different) {
  const RocPoint& point = last_within(roc, false_accept_rate);
  if (eval::too_few_to_say(false_accept_rate, num_different) || std::isinf(point.threshold)) {
    return std::nullopt;
  }
  return point.threshold;
}

double auc(std::span<const RocPoint> roc) {
  KF_REQUIRE(roc.size() >= 2, roc.size());
  double area = 0;
  for (std::size_t i = 1; i < roc.size(); ++i) {
    area += (roc[i].false_accept_rate - roc[i - 1].false_accept_rate) *
            (roc[i].true_accept_rate + roc[i - 1].true_accept_rate) / 2;
  }
  return area;
}

std::vector<RocPoint> thin_roc(std::span<const RocPoint> roc, std::size_t max_points) {
  KF_REQUIRE(max_points >= 2 && roc.size() >= 2, max_points, roc.size());
  if (roc.size() <= max_points) {
    return {roc.begin(), roc.end()};
  }
  std::set<std::size_t> kept = {0, roc.size() - 1};
  const std::size_t num_by_far = (max_points - 2) / 2;
  const std::size_t num_by_tar = max_points - 2 - num_by_far;
  const auto first_accept = std::partition_point(
      roc.begin(), roc.end(), [](const RocPoint& point) { return point.false_accept_rate == 0; });
  const double decades = -std::log10(first_accept->false_accept_rate);
  for (std::size_t k = 0; k < num_by_far; ++k) {
    // The last point within each goal, from below the first false accept up to 1.
    const double goal =
        std::pow(10.0, -decades * (1 - static_cast<double>(k) / static_cast<double>(num_by_far)));
    kept.insert(static_cast<std::size_t>(&last_within(roc, goal) - roc.data()));
  }
  for (std::size_t k = 0; k < num_by_tar; ++k) {
    const double goal = static_cast<double>(k + 1) / static_cast<double>(num_by_tar + 1);
    const auto point = std::partition_point(
        roc.begin(), roc.end(),
        [goal](const RocPoint& candidate) { return candidate.true_accept_rate < goal; });
    kept.insert(static_cast<std::size_t>(point - roc.begin()));
  }
  std::vector<RocPoint> thinned;
  thinned.reserve(kept.size());
  for (const std::size_t i : kept) {
    thinned.push_back(roc[i]);
  }
  return thinned;
}

}  // namespace kface
