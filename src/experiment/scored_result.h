// From embeddings of a test side to the figures of a RESULT (docs/formats/run-record.md).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "experiment/people.h"
#include "experiment/record.h"
#include "kface/metrics.h"
#include "nn/last_layer.h"

namespace kface {

// All pairs of a test side, by L2-normalised Euclidean distance as in the authors' notebook.
struct ScoredSide {
  Rows rows;                      // of the feature set
  std::vector<ScoredPair> pairs;  // (0,1), (0,2) ... (n-2,n-1) of positions in `rows`
  std::size_t num_identities = 0;
};

Result<ScoredSide> score_side(const Subset& test, const Head& head, const JobContext& context);

// num_identities ... roc of a RESULT. `seed` draws the 400 + 400 pairs and the resamples.
Result<Json> result_figures(const ScoredSide& side, std::uint64_t seed, int bootstrap,
                            const JobContext& context);

// by_condition entries of one model: pairs that hold an image with the attribute's value, for
// attributes that have 2 to 40 values among the rows.
Json condition_figures(const ScoredSide& side, const FeatureSet& set, const Manifest& manifest,
                       const std::string& model, double threshold_at_eer);

// worst_pairs entries of one model: the most distant same and the closest different pairs.
Json worst_pairs(const ScoredSide& side, const FeatureSet& set, const Manifest& manifest,
                 const std::string& model);

}  // namespace kface
