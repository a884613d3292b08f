#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>

namespace kface::eval {
namespace {

// One resample's weights, drawn anew until both kinds of pair count. Any same pair and any
// different pair need three identities at most, so a quarter of the draws or more will do.
void draw_weights(const WeightedSweep& sweep, Rng& rng, std::size_t lane, LaneWeights& weights) {
  do {
    for (Lanes& lanes : weights) {
      lanes[lane] = 0;
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      ++weights[rng.below(weights.size())][lane];
    }
  } while (!sweep.usable(weights, lane));
}

// Linear between order statistics: rank 0 is the smallest, rank 1 the largest.
double quantile(const std::vector<double>& sorted, double rank) {
  const double position = rank * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - std::floor(position));
}

}  // namespace

Status check_resamples(std::size_t resamples, const std::string& what) {
  if (resamples == 0 || resamples >= kFewestResamples) {
    return {};
  }
  return {ErrorCode::kInvalidArgument, what + ": " + std::to_string(resamples) +
                                           " resamples are too few for a 95 % interval; ask for " +
                                           std::to_string(kFewestResamples) +
                                           " or more, or 0 for no intervals"};
}

Result<std::vector<Figures>> bootstrap_figures(const SortedPairs& pairs, std::size_t num_identities,
                                               const SweepOptions& options, std::size_t resamples,
                                               std::uint64_t seed, const JobContext& context) {
  const WeightedSweep sweep(pairs, options);
  const Rng root(seed);
  std::vector<Figures> figures(resamples);
  const std::size_t num_groups = (resamples + kLanes - 1) / kLanes;
  const auto work = [&](std::size_t group, unsigned /*worker*/) {
    LaneWeights weights(num_identities);
    std::vector<Rng> rngs;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      rngs.push_back(root.fork(group * kLanes + lane));
      draw_weights(sweep, rngs.back(), lane, weights);
    }
    const auto of_lanes = sweep.figures(weights, rngs);
    const std::size_t begin = group * kLanes;
    std::copy_n(of_lanes.begin(), std::min(kLanes, resamples - begin),
                figures.begin() + static_cast<std::ptrdiff_t>(begin));
    return Status{};
  };
  KF_TRY(parallel_for(num_groups, context, work));
  return figures;
}

Interval percentile_interval(std::vector<double> values, double tail) {
  KF_REQUIRE(!values.empty(), values.size());
  std::sort(values.begin(), values.end());
  return {quantile(values, tail), quantile(values, 1 - tail)};
}

}  // namespace kface::eval
