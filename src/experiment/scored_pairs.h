// The pairs that a model is measured on, and what it says of each: all pairs of a dataset's
// accepted images, or those of a list.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "eval/pair_list.h"
#include "head/model_file.h"
#include "kface/metrics.h"
#include "kface/status.h"

namespace kface {

// The two images of a pair, by row of the feature set.
struct PairRows {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

// What a list adds: its folds, and its pairs that lack an image.
struct ListedPairs {
  std::vector<FoldedPair> folded;  // every pair of the list
  std::vector<PairRows> rows;      // of each of ScoredPairs::pairs
  std::uint32_t num_folds = 1;
  std::size_t num_missing = 0;
};

struct ScoredPairs {
  std::vector<ScoredPair> pairs;
  std::optional<ListedPairs> listed;  // none: all pairs (0, 1), (0, 2), ..., (1, 2), ...
};

// Errors: those of all_pairs.
Result<ScoredPairs> score_all_pairs(const FeatureSet& set, const Model& model,
                                    const JobContext& context);

// Pairs with an image that was refused at import are in listed.folded alone, without a distance.
// Errors: kNotFound if a pair names an image that the dataset never had: names the first and how
//         many there are; kMismatch if list and dataset disagree on who is who.
Result<ScoredPairs> score_pair_list(const FeatureSet& set, const Manifest& manifest,
                                    const Model& model, const PairList& list);

}  // namespace kface
