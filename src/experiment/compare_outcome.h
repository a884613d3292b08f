// What the recipes of a comparison reached, split by split, and what may be concluded from it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "experiment/record.h"
#include "kface/metrics.h"

namespace kface {

// One recipe on one split, over all pairs of the test half.
struct CompareOutcome {
  Metrics metrics;
  std::string chosen;  // what the recipe took: "calibrated 0.10 0.05"
  std::string views;   // suffix of the backbone: "", "+mirror", "+jitter"
  // [resample] the figures with the people resampled; the same resample of all recipes and splits
  // has the same people.
  std::vector<double> eer;
  std::vector<std::vector<double>> tar;  // [FAR of metrics.tar_at_far][resample]
};

// Errors: those of compute_metrics; kInterrupted.
Result<CompareOutcome> measure_outcome(std::span<const ScoredPair> pairs,
                                       std::size_t num_identities, std::size_t resamples,
                                       std::uint64_t seed);

// {"name", "eer": {"mean", "sd", "ci95"}, "tar_at_far", "overlap", "auc", "eer_by_split", "chosen",
// "views"}: mean and standard deviation over the splits, the interval from resampling people.
Json recipe_json(const std::string& name, const std::vector<CompareOutcome>& outcomes);

// {"eer": {"difference", "ci95", "verdict"}, "tar_at_far": ..., "sentence": {"en", "ko"}}: recipe
// minus frozen. verdict: better, worse, cannot tell; none without resamples.
Json against_frozen_json(const std::string& name, const std::vector<CompareOutcome>& recipe,
                         const std::vector<CompareOutcome>& frozen, std::size_t num_people);

}  // namespace kface
