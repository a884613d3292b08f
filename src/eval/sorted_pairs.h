// Scored pairs in ascending order of distance, the two kinds apart: sorted once, and every figure
// is one sweep over them.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kface/metrics.h"

namespace kface::eval {

struct SortedPair {
  float distance;
  std::uint32_t a;  // identities, as given
  std::uint32_t b;
};

// Ascending by distance; ties by identities, so that the order in which pairs came leaves no trace.
struct SortedPairs {
  std::vector<SortedPair> same;
  std::vector<SortedPair> different;

  std::size_t size() const { return same.size() + different.size(); }
  float lowest() const { return std::min(same.front().distance, different.front().distance); }
  float highest() const { return std::max(same.back().distance, different.back().distance); }
};

// `what` begins the error's text. Ensures: neither kind is empty, every distance is finite.
// Errors: kInvalidArgument as at the top of kface/metrics.h. Cost: O(n) (radix sort), 28 bytes a
// pair while it works, 12 afterwards.
Result<SortedPairs> sort_pairs(std::span<const ScoredPair> pairs, const std::string& what);

// Errors: kInvalidArgument, naming the first pair whose `same` disagrees with its identities.
Status check_identities(std::span<const ScoredPair> pairs, const std::string& what);

// Renumbers the identities 0, 1, ... in ascending order; returns how many there are. Cost: O(n).
std::size_t renumber_identities(SortedPairs& pairs);

// Pairs of one distance: a gate decides all of them alike.
struct Tie {
  float distance;
  std::span<const SortedPair> same;
  std::span<const SortedPair> different;
};

// Walks over the distinct distances of both kinds, ascending.
class TieWalk {
 public:
  // Both ascending, and they must outlive the walk.
  TieWalk(std::span<const SortedPair> same, std::span<const SortedPair> different)
      : same_(same), different_(different) {}

  // nullopt after the last one.
  std::optional<Tie> next() {
    if (same_.empty() && different_.empty()) {
      return std::nullopt;
    }
    const bool from_same =
        different_.empty() ||
        (!same_.empty() && same_.front().distance <= different_.front().distance);
    const float distance = from_same ? same_.front().distance : different_.front().distance;
    return Tie{distance, take(same_, distance), take(different_, distance)};
  }

 private:
  static std::span<const SortedPair> take(std::span<const SortedPair>& pairs, float distance) {
    std::size_t count = 0;
    while (count < pairs.size() && pairs[count].distance == distance) {
      ++count;
    }
    const auto taken = pairs.first(count);
    pairs = pairs.subspan(count);
    return taken;
  }

  std::span<const SortedPair> same_;
  std::span<const SortedPair> different_;
};

// The public functions of the same name, on pairs that are sorted already.
std::vector<RocPoint> roc_of(const SortedPairs& pairs);
RatesAtThreshold rates_of(const SortedPairs& pairs, float threshold);
DistanceSummary summary_of(const SortedPairs& pairs);
SampledOverlap sampled_overlap_of(const SortedPairs& pairs, std::uint64_t seed, std::size_t sample,
                                  std::size_t bins);
double overlap_of(const SortedPairs& pairs, std::size_t bins);

}  // namespace kface::eval
