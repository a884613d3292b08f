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

  // d' of the pairs so weighted (kface/metrics.h, DistanceSummary). nullopt as above, and where
  // neither kind varies.
  std::optional<double> weighted_d_prime(std::span<const std::uint32_t> weights) const;

  std::span<const double> fars() const { return fars_; }  // descending

 private:
  // Pairs of one kind between two people, or of one person.
  struct PeoplePairs {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    double count = 0;
    double sum = 0;      // of distances
    double squares = 0;  // of their squares
  };
  MissRate() = default;
  static std::vector<PeoplePairs> by_people(std::span<const SortedPair> pairs);

  SortedPairs pairs_;
  std::vector<PeoplePairs> same_;       // by person
  std::vector<PeoplePairs> different_;  // by their two people
  std::vector<double> fars_;
};

// How much lower the miss rate of `better` is than that of `reference`, and how much higher its d',
// on the same pairs.
struct MissDifference {
  double gain = 0;          // reference - better; positive = better is better
  Interval ci90 = {};       // resampling identities, the same ones for both
  double d_prime_gain = 0;  // better - reference
  Interval d_prime_ci90 = {};

  // Fewer are missed, and 19 resamples in 20 agree that it is so, or that the two distributions lie
  // farther apart. The miss rate is what counts, but on 20 people it hangs on the few of them who
  // are ever missed; d' uses every pair, and sees sooner what is no accident.
  bool beyond_doubt() const { return gain > 0 && (ci90.low > 0 || d_prime_ci90.low > 0); }
};

// Requires: identities of both < num_identities; resamples >= 40.
// Errors:   kInterrupted. The same values for any number of threads.
Result<MissDifference> compare_miss_rates(const MissRate& reference, const MissRate& better,
                                          std::size_t num_identities, std::size_t resamples,
                                          std::uint64_t seed, const JobContext& context);

}  // namespace kface::eval
