// Small pieces that several figures share.
#pragma once

#include <span>

#include "kface/metrics.h"

namespace kface::eval {

// Equal bins over [lowest, highest]; one bin of width 1 around the value if both are the same.
class Bins {
 public:
  // Requires: lowest <= highest, both finite; bins >= 1.
  Bins(float lowest, float highest, std::size_t bins);

  std::size_t count() const { return count_; }
  double edge(std::size_t k) const;  // 0..count()
  // The bin of a distance in [lowest, highest]; never decreases with the distance.
  std::size_t index(float distance) const;

 private:
  double low_;
  double width_;  // of all bins together
  std::size_t count_;
};

// Sum over the bins of the smaller share; `same` and `different` are counts of the same bins.
double shared_area(std::span<const double> same, std::span<const double> different);

// With n trials and no error seen, rates above 3 / n are refuted at 95 % confidence, lower ones not
// (the rule of three): are these trials too few to say something of that rate?
bool too_few_to_say(double rate, std::size_t num_trials);

// A threshold t with a <= t < b, in the middle where floats allow. Requires: a < b.
float middle(float a, float b);

// Does the false-accept rate reach the false-reject rate at this point?
bool has_crossed(const RocPoint& point);

// The first point that has. Requires: points from (0, 0) to (1, 1), neither rate decreasing.
std::size_t first_crossed(std::span<const RocPoint> roc);

// The equal error, where `above` has crossed and `below` is the point before it; `next_threshold`
// is that of the point after it.
EqualError crossing_between(const RocPoint& below, const RocPoint& above, float next_threshold);

// -log of the probability that `score` gives to the truth, in nats.
double cross_entropy(const PairScore& score, float distance, bool same);

}  // namespace kface::eval
