// Intervals by resampling identities; the method is described at compute_metrics.
#pragma once

#include <vector>

#include "base/parallel.h"
#include "eval/weighted_sweep.h"

namespace kface::eval {

// Figures of `resamples` resamples of the identities 0..num_identities-1, in order.
//
// Errors: kInterrupted. The same values for any number of threads.
Result<std::vector<Figures>> bootstrap_figures(const SortedPairs& pairs, std::size_t num_identities,
                                               const SweepOptions& options, std::size_t resamples,
                                               std::uint64_t seed, const JobContext& context);

// The 2.5th and 97.5th percentile, linear between order statistics. Requires: not empty.
Interval percentile_interval(std::vector<double> values);

}  // namespace kface::eval
