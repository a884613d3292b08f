#include "eval/weighted_sweep.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/weighted_sums.h"

namespace kface::eval {
namespace {

std::vector<float> losses_of(std::span<const SortedPair> pairs, const PairScore& score, bool same) {
  std::vector<float> losses;
  losses.reserve(pairs.size());
  for (const auto& pair : pairs) {
    losses.push_back(static_cast<float>(cross_entropy(score, pair.distance, same)));
  }
  return losses;
}

double total_weight(const std::vector<LaneSums>& rows, std::size_t lane) {
  std::uint64_t sum = 0;
  for (const LaneSums& row : rows) {
    sum += row[lane];
  }
  return static_cast<double>(sum);
}

// How much pairs count in one lane.
class Weigher {
 public:
  Weigher(const LaneWeights& weights, std::size_t lane) : weights_(weights), lane_(lane) {}

  double operator()(const Tie& tie) const { return same(tie.same) + different(tie.different); }

  double same(std::span<const SortedPair> pairs) const {
    double sum = 0;
    for (const auto& pair : pairs) {
      sum += weights_[pair.a][lane_];
    }
    return sum;
  }

  double different(std::span<const SortedPair> pairs) const {
    double sum = 0;
    for (const auto& pair : pairs) {
      sum += static_cast<double>(weights_[pair.a][lane_]) * weights_[pair.b][lane_];
    }
    return sum;
  }

  bool counts(const SortedPair& pair) const {
    return weights_[pair.a][lane_] > 0 && weights_[pair.b][lane_] > 0;
  }

  // The distance of the last pair that counts, -infinity if none does.
  float last_counted(std::span<const SortedPair> pairs) const {
    while (!pairs.empty() && !counts(pairs.back())) {
      pairs = pairs.first(pairs.size() - 1);
    }
    return pairs.empty() ? -std::numeric_limits<float>::infinity() : pairs.back().distance;
  }

 private:
  const LaneWeights& weights_;
  std::size_t lane_;
};

// A histogram of `count` draws, with replacement, from a histogram of whole weights; the histogram
// itself if that many pairs or fewer stand behind it.
std::vector<double> draw_histogram(const std::vector<double>& histogram, std::size_t count,
                                   std::size_t num_pairs, Rng& rng) {
  if (num_pairs <= count) {
    return histogram;
  }
  std::uint64_t total = 0;
  for (const double bin : histogram) {
    total += static_cast<std::uint64_t>(bin);
  }
  std::vector<double> drawn(histogram.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto position = static_cast<double>(rng.below(total));
    std::size_t bin = 0;
    while (position >= histogram[bin]) {
      position -= histogram[bin];
      ++bin;
    }
    drawn[bin] += 1;
  }
  return drawn;
}

}  // namespace

// What each segment weighs, in every lane.
struct WeightedSweep::Sums {
  std::vector<LaneSums> same;       // one for each segment that has same pairs, in order
  std::vector<LaneSums> different;  // likewise
  LaneLosses losses{};
};

// One lane's way along the segments.
struct WeightedSweep::Curve {
  std::vector<RocPoint> roc;  // (0, 0), then the end of each segment; thresholds are not filled in
  double same = 0;            // total weight
  double different = 0;
  double true_accepts = 0;  // weight accepted at options_.threshold
  double false_accepts = 0;
  double loss = 0;  // mean
  std::vector<double> same_bins;
  std::vector<double> different_bins;
};

WeightedSweep::WeightedSweep(const SortedPairs& pairs, const SweepOptions& options)
    : pairs_(pairs),
      options_(options),
      bins_(pairs.lowest(), pairs.highest(), options.overlap_bins) {
  TieWalk walk(pairs.same, pairs.different);
  while (const auto tie = walk.next()) {
    add_segment(*tie);
  }
  if (options.score) {
    same_losses_ = losses_of(pairs.same, *options.score, true);
    different_losses_ = losses_of(pairs.different, *options.score, false);
  }
  if (options.d_prime) {
    moments_.emplace(pairs);
  }
}

void WeightedSweep::add_segment(const Tie& tie) {
  const std::size_t bin = bins_.index(tie.distance);
  const bool accepted = options_.threshold && tie.distance <= *options_.threshold;
  if (!segments_.empty()) {
    Segment& last = segments_.back();
    const bool only_same = last.different_begin == last.different_end && tie.different.empty();
    const bool only_different = last.same_begin == last.same_end && tie.same.empty();
    if ((only_same || only_different) && last.bin == bin && last.accepted == accepted) {
      last.same_end += tie.same.size();
      last.different_end += tie.different.size();
      return;
    }
  }
  const std::size_t same = segments_.empty() ? 0 : segments_.back().same_end;
  const std::size_t different = segments_.empty() ? 0 : segments_.back().different_end;
  segments_.push_back(
      {same, same + tie.same.size(), different, different + tie.different.size(), bin, accepted});
}

bool WeightedSweep::usable(const LaneWeights& weights, std::size_t lane) const {
  const auto counts = [weigher = Weigher(weights, lane)](const SortedPair& pair) {
    return weigher.counts(pair);
  };
  return std::any_of(pairs_.same.begin(), pairs_.same.end(), counts) &&
         std::any_of(pairs_.different.begin(), pairs_.different.end(), counts);
}

std::array<Figures, kLanes> WeightedSweep::figures(const LaneWeights& weights,
                                                   std::span<Rng> rngs) const {
  KF_REQUIRE(rngs.size() == kLanes, rngs.size());
  for (const Lanes& lanes : weights) {
    const std::uint32_t largest = *std::max_element(lanes.begin(), lanes.end());
    KF_REQUIRE(largest <= kMaxWeight, largest);
  }
  const Sums sums = sum_segments(weights);
  std::array<Figures, kLanes> result;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const Curve curve = trace(sums, lane);
    result[lane] = figures_of(curve, rngs[lane]);
    const EqualError equal = equal_error_of(curve, weights, lane);
    result[lane].eer = equal.eer;
    result[lane].threshold_at_eer = equal.threshold;
    for (const double goal : options_.far_goals) {
      result[lane].threshold.push_back(threshold_within(curve, goal, weights, lane));
    }
  }
  if (moments_) {
    const auto d_primes = moments_->d_primes(weights);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      result[lane].d_prime = d_primes[lane];
    }
  }
  return result;
}

WeightedSweep::Sums WeightedSweep::sum_segments(const LaneWeights& weights) const {
  Sums sums;
  const std::span<const SortedPair> same = pairs_.same;
  const std::span<const SortedPair> different = pairs_.different;
  for (const Segment& segment : segments_) {
    if (const std::size_t count = segment.same_end - segment.same_begin; count > 0) {
      sums.same.push_back(sum_same(same.subspan(segment.same_begin, count), weights));
    }
    if (const std::size_t count = segment.different_end - segment.different_begin; count > 0) {
      sums.different.push_back(
          sum_different(different.subspan(segment.different_begin, count), weights));
    }
  }
  if (options_.score) {
    add_same_losses(same, same_losses_, weights, sums.losses);
    add_different_losses(different, different_losses_, weights, sums.losses);
  }
  return sums;
}

WeightedSweep::Curve WeightedSweep::trace(const Sums& sums, std::size_t lane) const {
  Curve curve;
  curve.same = total_weight(sums.same, lane);
  curve.different = total_weight(sums.different, lane);
  curve.loss = sums.losses[lane] / (curve.same + curve.different);
  curve.same_bins.resize(bins_.count());
  curve.different_bins.resize(bins_.count());
  curve.roc.reserve(segments_.size() + 1);
  curve.roc.push_back({0, 0, 0});
  double same = 0;
  double different = 0;
  auto same_row = sums.same.begin();
  auto different_row = sums.different.begin();
  for (const Segment& segment : segments_) {
    if (segment.same_begin != segment.same_end) {
      const auto weight = static_cast<double>((*same_row++)[lane]);
      same += weight;
      curve.same_bins[segment.bin] += weight;
    }
    if (segment.different_begin != segment.different_end) {
      const auto weight = static_cast<double>((*different_row++)[lane]);
      different += weight;
      curve.different_bins[segment.bin] += weight;
    }
    curve.roc.push_back({0, same / curve.same, different / curve.different});
    if (segment.accepted) {
      curve.true_accepts = same;
      curve.false_accepts = different;
    }
  }
  return curve;
}

// The segments' ends would do for the rate, but the threshold needs the pairs inside the segment in
// which the rates cross, and the nearest pairs around it that count at all.
EqualError WeightedSweep::equal_error_of(const Curve& curve, const LaneWeights& weights,
                                         std::size_t lane) const {
  const std::size_t crossed = first_crossed(curve.roc);
  const Segment& segment = segments_[crossed - 1];
  const std::span<const SortedPair> same = pairs_.same;
  const std::span<const SortedPair> different = pairs_.different;
  const Weigher weigh(weights, lane);

  RocPoint below = curve.roc[crossed - 1];
  below.threshold = std::max(weigh.last_counted(same.first(segment.same_begin)),
                             weigh.last_counted(different.first(segment.different_begin)));
  double accepted_same = std::round(below.true_accept_rate * curve.same);
  double accepted_different = std::round(below.false_accept_rate * curve.different);
  std::optional<RocPoint> above;
  TieWalk walk(same.subspan(segment.same_begin), different.subspan(segment.different_begin));
  while (const auto tie = walk.next()) {
    if (weigh(*tie) == 0) {
      continue;
    }
    if (above) {
      return crossing_between(below, *above, tie->distance);
    }
    accepted_same += weigh.same(tie->same);
    accepted_different += weigh.different(tie->different);
    const RocPoint point{tie->distance, accepted_same / curve.same,
                         accepted_different / curve.different};
    if (has_crossed(point)) {
      above = point;
    } else {
      below = point;
    }
  }
  KF_REQUIRE(above.has_value(), crossed);
  return crossing_between(below, *above, above->threshold);
}

// As for equal_error_of: the segment in which the goal is exceeded, pair by pair.
double WeightedSweep::threshold_within(const Curve& curve, double goal, const LaneWeights& weights,
                                       std::size_t lane) const {
  const auto beyond = std::upper_bound(
      curve.roc.begin(), curve.roc.end(), goal,
      [](double rate, const RocPoint& point) { return rate < point.false_accept_rate; });
  if (beyond == curve.roc.end()) {  // the goal is 1: everything is accepted
    return std::max(Weigher(weights, lane).last_counted(pairs_.same),
                    Weigher(weights, lane).last_counted(pairs_.different));
  }
  const Segment& segment = segments_[static_cast<std::size_t>(beyond - curve.roc.begin()) - 1];
  const std::span<const SortedPair> same = pairs_.same;
  const std::span<const SortedPair> different = pairs_.different;
  const Weigher weigh(weights, lane);
  double accepted = std::round((beyond - 1)->false_accept_rate * curve.different);
  float within = std::max(weigh.last_counted(same.first(segment.same_begin)),
                          weigh.last_counted(different.first(segment.different_begin)));
  TieWalk walk(same.subspan(segment.same_begin), different.subspan(segment.different_begin));
  while (const auto tie = walk.next()) {
    if (weigh(*tie) == 0) {
      continue;
    }
    accepted += weigh.different(tie->different);
    if (accepted / curve.different > goal) {
      return std::isinf(within) ? std::nextafter(tie->distance, within) : within;
    }
    within = tie->distance;
  }
  return within;
}

Figures WeightedSweep::figures_of(const Curve& curve, Rng& rng) const {
  Figures figures;
  figures.auc = auc(curve.roc);
  for (const double goal : options_.far_goals) {
    // Whether the different pairs are enough is decided once, on the pairs themselves.
    figures.tar.push_back(tar_at_far(curve.roc, goal, SIZE_MAX).value_or(0));
  }
  figures.overlap_all = shared_area(curve.same_bins, curve.different_bins);
  const std::size_t sample = options_.overlap_sample;
  const auto same = draw_histogram(curve.same_bins, sample, pairs_.same.size(), rng);
  const auto different = draw_histogram(curve.different_bins, sample, pairs_.different.size(), rng);
  figures.overlap = shared_area(same, different);
  figures.loss = curve.loss;
  if (options_.threshold) {
    figures.accuracy = (curve.true_accepts + curve.different - curve.false_accepts) /
                       (curve.same + curve.different);
    figures.false_accept_rate = curve.false_accepts / curve.different;
    figures.false_reject_rate = (curve.same - curve.true_accepts) / curve.same;
  }
  return figures;
}

}  // namespace kface::eval
