// Means and variances of pairs in which each identity counts a whole number of times.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "eval/sorted_pairs.h"

namespace kface::eval {

// Resamples are worked on this many at a time, side by side in vector registers.
inline constexpr std::size_t kLanes = 16;
using Lanes = std::array<std::uint32_t, kLanes>;

// Weights of the identities in kLanes resamples: [num_identities][kLanes].
using LaneWeights = std::vector<Lanes>;

// Pairs of the same two identities always count alike, so their sums are made once: a resample
// costs one step for each two people, however many photos they have. Thread-safe once constructed.
class WeightedMoments {
 public:
  // All pairs of two identities (of one, for same pairs): how many, and the sums of
  // (distance - centre) and its square.
  struct Cell {
    std::uint32_t a;
    std::uint32_t b;
    double count;
    double sum;
    double squares;
  };

  // Cost: O(n) time, at most 32 bytes a pair. Requires: neither kind empty, as sort_pairs ensures;
  // identities are 0, 1, ... as renumber_identities makes them.
  explicit WeightedMoments(const SortedPairs& pairs);

  // d' of each lane; none where neither kind varies.
  // Requires: in each lane, weight on both kinds.
  std::array<std::optional<double>, kLanes> d_primes(const LaneWeights& weights) const;

 private:
  std::vector<Cell> same_;
  std::vector<Cell> different_;
};

}  // namespace kface::eval
