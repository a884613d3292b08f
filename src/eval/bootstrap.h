// Intervals by resampling identities; the method is described at compute_metrics.
#pragma once

#include <string>
#include <vector>

#include "base/parallel.h"
#include "eval/weighted_sweep.h"

namespace kface::eval {

// So that 2.5 % of them is one.
inline constexpr std::size_t kFewestResamples = 40;

// Errors: kInvalidArgument if there are some resamples, but too few for a 95 % interval. `what`
// begins the error's text.
Status check_resamples(std::size_t resamples, const std::string& what);

// Figures of `resamples` resamples of the identities 0..num_identities-1, in order.
//
// Ensures: the weights depend on the identities of the pairs, the seed and the number of the
//          resample alone: two models on the same pairs are resampled alike.
// Errors:  kInterrupted. The same values for any number of threads.
Result<std::vector<Figures>> bootstrap_figures(const SortedPairs& pairs, std::size_t num_identities,
                                               const SweepOptions& options, std::size_t resamples,
                                               std::uint64_t seed, const JobContext& context);

inline constexpr double kTail95 = 0.025;  // beyond each end of a 95 % interval

// What leaves the share `tail` of the values beyond each end, linear between order statistics.
// Requires: not empty.
Interval percentile_interval(std::vector<double> values, double tail = kTail95);

}  // namespace kface::eval
