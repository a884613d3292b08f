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

// The 2.5th and 97.5th percentile, linear between order statistics. Requires: not empty.
Interval percentile_interval(std::vector<double> values);

}  // namespace kface::eval
