// Distances between people whom the head was not fitted on, from one set of people: the honest
// ground for choosing a recipe and a threshold when there is nobody else.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "kface/metrics.h"
#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

// Features and who is on them. Nothing is owned.
struct LabelledFeatures {
  std::span<const float> features;  // [n, d] row-major
  std::size_t d = 0;
  std::span<const std::uint32_t> identities;  // [n]
  // [n], 1 = simulated: fitted on, and never counted in a measurement. Empty: none is.
  std::span<const std::uint8_t> simulated = {};

  std::size_t size() const { return identities.size(); }
  bool is_simulated(std::size_t row) const { return !simulated.empty() && simulated[row] != 0; }
};

// Rows of LabelledFeatures, copied.
struct LabelledRows {
  std::vector<float> features;
  std::size_t d = 0;
  std::vector<std::uint32_t> identities;
  std::vector<std::uint8_t> simulated;

  LabelledFeatures view() const { return {features, d, identities, simulated}; }
};
LabelledRows copy_rows(const LabelledFeatures& data, std::span<const std::uint32_t> rows);

struct FoldOptions {
  std::size_t groups = 6;         // that the people are dealt into; at least 3
  std::size_t max_images = 3000;  // of more, whole people are left out at random
  std::uint64_t seed = 1;
};

// Fits every candidate on the people of `fit`: as many heads as candidates, in their order, or why
// one could not be fitted.
using FitCandidates = std::function<std::vector<Result<Head>>(const LabelledFeatures& fit)>;

// All pairs of images, each scored by heads that were fitted on neither of its people.
struct OutOfFold {
  // [candidate]: the same pairs in the same order for all; empty for one that could not be fitted.
  std::vector<std::vector<ScoredPair>> pairs;
  std::vector<std::string> problems;  // [candidate] why not; empty text for one that was fitted
  std::size_t num_people = 0;
  std::size_t num_images = 0;  // measured: none is simulated
};

// Deals the people into groups. For each two groups, the candidates are fitted on the people of the
// others, and the pairs between the two groups are scored; the pairs inside a group once, in the
// round with the next group. So each pair of images occurs exactly once, and nobody who is measured
// was fitted on. (Folds that leave out one group would lose the pairs between groups, most of the
// different-person pairs.)
//
// Requires: options.groups >= 3.
// Ensures:  the same bytes whatever context.threads.
// Errors:   kInvalidArgument with fewer than 6 people, or where nobody has two real images;
//           kInterrupted.
// Cost:     groups (groups - 1) / 2 fits of each candidate.
Result<OutOfFold> out_of_fold_pairs(const LabelledFeatures& data, std::size_t num_candidates,
                                    const FitCandidates& fit, const FoldOptions& options,
                                    const JobContext& context);

}  // namespace kface
