// Two models on the same pairs: which is better, and is that beyond the noise of whom one happened
// to photograph? Formula and an example worked by hand: docs/metrics.md.
//
// Orientation as in kface/metrics.h: a distance, smaller = more alike; accept iff distance <=
// threshold; rates are fractions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kface/metrics.h"
#include "kface/status.h"

namespace kface {

// What an interval of a difference says of the first model.
enum class Verdict {
  kBetter,      // the whole interval is on the better side of 0
  kWorse,       // the whole interval is on the worse side
  kCannotTell,  // it holds 0, or the people are fewer than kFewestPeopleForVerdict
};

// Below this many people an interval is too narrow to found a verdict on (docs/metrics.md has the
// rates of false verdicts that were measured), so there is none.
inline constexpr std::size_t kFewestPeopleForVerdict = 10;

// "better", "worse", "cannot tell".
std::string verdict_text(Verdict verdict);

struct PairedOptions {
  std::uint64_t seed = 1;
  std::size_t bootstrap_resamples = 1000;  // at least 40
};

// One figure of both models.
// What follows from the 95 % interval of a difference a - b; kCannotTell if it holds 0, and with
// fewer than kFewestPeopleForVerdict people.
Verdict verdict_of(const Interval& ci95, bool smaller_is_better, std::size_t num_identities);

struct Difference {
  double a = 0;
  double b = 0;
  double value = 0;  // a - b
  Interval ci95;     // of it
  Verdict verdict = Verdict::kCannotTell;
};

struct TarDifference {
  double false_accept_rate = 0;          // the goal
  std::optional<Difference> difference;  // none: too few different pairs to say
};

struct PairedDifference {
  Difference eer;                  // negative: a is better
  std::vector<TarDifference> tar;  // positive: a is better; at FAR 1e-2, 1e-3, 1e-4, 1e-5, 1e-6
  std::size_t num_same = 0;        // pairs
  std::size_t num_different = 0;   // pairs
  std::size_t num_identities = 0;  // that occur in the pairs
  Verdict verdict() const { return eer.verdict; }  // the one that was asked for beforehand
};

// Differences of figures of `a` and `b`, the same pairs scored by two models.
//
// Intervals are 95 % percentile intervals of the bootstrap over identities of compute_metrics. Both
// models get the SAME weights in a resample, and the difference is taken within it: what makes one
// sample of people harder than another makes it so for both, and drops out.
//
// Ensures: swapping `a` and `b` changes the signs, mirrors the intervals and swaps better and
//          worse. The same bytes for any number of threads and any (common) order of the pairs.
// Errors:  kMismatch if the two are not the same pairs in the same order (names the first that
//          differs); otherwise those of compute_metrics.
// Cost:    two calls of compute_metrics.
Result<PairedDifference> paired_difference(std::span<const ScoredPair> a,
                                           std::span<const ScoredPair> b,
                                           const PairedOptions& options, const JobContext& context);

// The sentence that follows, for people: "A is better than B: EER lower by 1.20 points [0.40,
// 2.00]", "A is worse than B: EER higher by ...", "cannot tell A from B with 40 people: EER lower
// by 0.10 points [-0.40, 0.60]". Points are percentage points; the interval is written for the
// direction that the words say. Differences of TAR that are beyond doubt follow, whichever
// direction they have.
std::string comparison_sentence(const PairedDifference& difference, const std::string& name_a,
                                const std::string& name_b);

}  // namespace kface
