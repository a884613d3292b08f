// Which recipe really helps people whom it was not fitted on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/miss_rate.h"
#include "head/calibration.h"
#include "head/out_of_fold.h"

namespace kface {

// A way to fit, ready to be tried.
struct RecipeCandidate {
  std::string recipe;                       // a name of fit_recipe
  std::optional<Shrinkage> shrinkage = {};  // of the recipe calibrated
  std::string start = {};                   // of the recipe trained: frozen, calibrated

  std::string text() const;  // "calibrated 0.10 0.05", "trained from frozen"
};

struct RecipeTrial {
  RecipeCandidate candidate;
  std::optional<double> miss_rate;  // out of fold (eval/miss_rate.h); none: could not be fitted
  std::string problem;              // why not
};

struct RecipeChoice {
  RecipeCandidate chosen;
  std::vector<RecipeTrial> tried;  // in the order of the candidates
  // Of the best one tried over `frozen`; none where frozen is the best or was not tried.
  std::optional<eval::MissDifference> gain;
  std::size_t num_people = 0;  // measured on
  std::size_t num_images = 0;
  std::size_t num_different = 0;  // pairs
  std::vector<ScoredPair> pairs;  // the chosen candidate's, out of fold
};

// Fits each candidate as fit_recipe would and gives its head.
using FitOne = std::function<Result<Head>(const RecipeCandidate&, const LabelledFeatures&)>;

// Measures all candidates out of fold and takes the one with the lowest miss rate, if its gain is
// beyond doubt (eval::MissDifference). Otherwise a shrinkage gives way to the default one (a choice
// among near equals, on few people, costs more than it brings), and anything gives way to `frozen`
// where that is among the candidates.
//
// Requires: candidates not empty; frozen, if there, the first.
// Errors:   those of out_of_fold_pairs; kInvalidArgument if no candidate could be fitted (says why)
//           or the pairs are too few (MissRate::of).
Result<RecipeChoice> choose_candidate(const LabelledFeatures& data, const Head& last_layer,
                                      const std::vector<RecipeCandidate>& candidates,
                                      const FitOne& fit, const FoldOptions& options,
                                      const JobContext& context);

// The shrinkages that recipe `calibrated` chooses from, the default first.
std::vector<Shrinkage> shrinkage_grid();

}  // namespace kface
