// Which image pairs a head is trained and validated on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "kface/status.h"

namespace kface {

// Two different images by their row; same: of one identity.
struct ImagePair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  bool same = false;
};

// negatives : positives, as the paper writes n:p (different-person pairs first).
struct PairRatio {
  int different = 4;
  int same = 6;

  std::string text() const { return std::to_string(different) + ":" + std::to_string(same); }
};

// "4:6". Errors: kInvalidArgument unless two integers in [0, 1000], not both 0, joined by a colon.
Result<PairRatio> parse_ratio(std::string_view text);

struct PairSample {
  std::vector<ImagePair> pairs;   // shuffled
  std::size_t num_requested = 0;  // more than pairs.size() if there were not enough distinct pairs
};

// Samples pairs among rows [0, identities.size()), identities[row] being the person.
//
// Ensures: every pair is distinct (a,b unordered), never of a row with itself; `same` is true
//          exactly for two rows of one identity; the numbers of different and same pairs differ
//          from the ratio by at most one pair. num_pairs are drawn, or as many as the ratio allows
//          when there are not enough distinct ones. Same pairs are drawn over people as evenly as
//          their images allow. The result depends on rng and the arguments alone.
// Errors:  kInvalidArgument if the ratio asks for a kind of pair that does not exist.
// Cost:    O(rows + distinct same pairs + num_pairs).
Result<PairSample> sample_pairs(std::span<const std::uint32_t> identities, PairRatio ratio,
                                std::size_t num_pairs, const Rng& rng);

}  // namespace kface
