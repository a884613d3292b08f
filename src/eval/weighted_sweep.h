// The figures of pairs in which each identity counts a whole number of times.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "eval/distances.h"
#include "eval/sorted_pairs.h"
#include "eval/weighted_moments.h"

namespace kface::eval {

// The false-accept rates at which a true-accept rate is reported.
inline constexpr std::array<double, 5> kFarGoals = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

// What one set of pairs, or one resample of it, says.
struct Figures {
  double eer = 0;
  double threshold_at_eer = 0;
  double auc = 0;
  std::vector<double> tar;  // at SweepOptions::far_goals
  // The largest distance within each of them; just below the smallest where that accepts too many.
  std::vector<double> threshold;
  double overlap = 0;  // of a sample
  double overlap_all = 0;
  double loss = 0;  // 0 without a score; the next three 0 without a threshold
  double accuracy = 0;
  double false_accept_rate = 0;
  double false_reject_rate = 0;
  std::optional<double> d_prime;  // none if not asked for, or if neither kind varies
};

struct SweepOptions {
  std::optional<float> threshold;
  std::optional<PairScore> score;
  std::vector<double> far_goals{kFarGoals.begin(), kFarGoals.end()};
  std::size_t overlap_sample = 400;
  std::size_t overlap_bins = kOverlapBins;
  bool d_prime = false;
};

// Computes the figures of weighted pairs: same pairs of identity i count w_i times, different pairs
// of i and j count w_i * w_j times.
//
// The pairs are cut into segments that no figure needs to tell apart, so that a resample is a sum
// of weights within each segment and then a walk over segments. A run of same pairs with no
// different pair between them is a vertical line of the ROC, a run of different pairs a horizontal
// one, and neither EER, TAR nor AUC depends on the points inside a straight line. Runs also end at
// the edges of histogram bins and at the threshold. So the figures are exact, not interpolated.
//
// Thread-safe once constructed.
class WeightedSweep {
 public:
  // `pairs` is kept by reference and must outlive this; its identities must be < the number of
  // weights given to figures(), its kinds not empty.
  WeightedSweep(const SortedPairs& pairs, const SweepOptions& options);

  // Figures of resample l of `weights` in result[l]; rngs[l] draws its sampled overlap.
  // Requires: weights <= 1024, and each lane usable().
  std::array<Figures, kLanes> figures(const LaneWeights& weights, std::span<Rng> rngs) const;

  // Does this lane give weight to at least one pair of both kinds?
  bool usable(const LaneWeights& weights, std::size_t lane) const;

 private:
  // Pairs that no figure tells apart: only same, only different, or one tie of both.
  struct Segment {
    std::size_t same_begin;
    std::size_t same_end;
    std::size_t different_begin;
    std::size_t different_end;
    std::size_t bin;
    bool accepted;  // at options_.threshold
  };
  struct Sums;
  struct Curve;

  void add_segment(const Tie& tie);
  Sums sum_segments(const LaneWeights& weights) const;
  Curve trace(const Sums& sums, std::size_t lane) const;
  EqualError equal_error_of(const Curve& curve, const LaneWeights& weights, std::size_t lane) const;
  double threshold_within(const Curve& curve, double goal, const LaneWeights& weights,
                          std::size_t lane) const;
  Figures figures_of(const Curve& curve, Rng& rng) const;

  const SortedPairs& pairs_;
  SweepOptions options_;
  Bins bins_;
  std::vector<Segment> segments_;
  std::optional<WeightedMoments> moments_;
  std::vector<float> same_losses_;  // of each pair, if there is a score
  std::vector<float> different_losses_;
};

}  // namespace kface::eval
