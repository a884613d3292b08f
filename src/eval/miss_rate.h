// What recipes are chosen by, where neither the equal error rate (one point of the curve) nor the
// true-accept rate at one low FAR (a handful of pairs) is steady enough: the mean false-reject rate
// over FARs from 0.1 down to 0.001, evenly spaced in the logarithm.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "eval/sorted_pairs.h"
#include "kface/metrics.h"

namespace kface::eval {

// Pairs, ready to be weighed again and again. Immutable and thread-safe.
class MissRate {
 public:
  // FARs that the different pairs cannot support (fewer than 3 / FAR) are left out.
  // Errors: as at the top of kface/metrics.h; kInvalidArgument with fewer than 30 different pairs,
  //         where no FAR is left.
  static Result<MissRate> of(std::span<const ScoredPair> pairs);

  // The mean false-reject rate; smaller is better. At each FAR the threshold is the highest that
  // keeps it, as in tar_at_far.
  double value() const;

  // The same where identity i counts weights[i] times: a same pair w_i, a different pair w_i * w_j
  // times. nullopt if no pair of one kind has weight. Requires: an entry for each identity.
  std::optional<double> weighted(std::span<const std::uint32_t> weights) const;

  std::span<const double> fars() const { return fars_; }  // descending

 private:
  struct PeoplePairs {
    std::uint32_t a;
    std::uint32_t b;
    std::uint64_t count;
  };
  MissRate() = default;

  SortedPairs pairs_;
  std::vector<PeoplePairs> totals_;  // different pairs by their two people
  std::vector<double> fars_;
};

// How much lower the miss rate of `better` is than that of `reference`, on the same pairs.
struct MissDifference {
  double gain = 0;     // reference - better; positive = better is better
  Interval ci90 = {};  // resampling identities, the same ones for both
  // Nine resamples in ten, and half of the rest, give it the same sign.
  bool beyond_doubt() const { return ci90.low > 0; }
};

// Requires: identities of both < num_identities; resamples >= 40.
// Errors:   kInterrupted. The same values for any number of threads.
Result<MissDifference> compare_miss_rates(const MissRate& reference, const MissRate& better,
                                          std::size_t num_identities, std::size_t resamples,
                                          std::uint64_t seed, const JobContext& context);

}  // namespace kface::eval
