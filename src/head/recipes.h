// A recipe is a way to fit a head on cached features. docs/recipes.md gives each one's formula and
// source.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "head/choose_recipe.h"
#include "head/out_of_fold.h"
#include "head/pairs.h"
#include "head/safe_options.h"
#include "head/safe_trainer.h"
#include "head/trainer.h"
#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

struct RecipeOptions {
  std::string ratio = "4:6";         // n:p, different : same
  double pairs_per_image = 2;        // as the paper
  double validation = 0.2;           // share of the pairs kept for validation, the last of the list
  std::string shrinkage = "auto";    // calibrated: chosen out of fold, or WITHIN,TOTAL
  std::string start = "calibrated";  // trained: where from
  SafeTrainOptions safe;             // trained; its seed is train.seed
  TrainOptions train;                // paper
};

// All but the ratio, for experiments that choose it themselves.
template <typename Options, typename Visitor>
void visit_fit_options(Options& o, Visitor&& field) {
  field("pairs.pairs_per_image", o.pairs_per_image, Range{0.01, 10000},
        "pairs sampled for each image (the paper: 2)");
  field("pairs.validation", o.validation, Range{0, 0.9},
        "share of the pairs kept for validation (the paper: the last 0.2)");
  field("calibrated.shrinkage", o.shrinkage, AnyText{},
        "recipe calibrated: how far the measured scatter of each person's images and of all images "
        "is trusted, WITHIN,TOTAL such as 0.1,0.05; auto: chosen on people left out");
  field("safe.start", o.start, Choices{{"calibrated", "frozen"}},
        "recipe trained: the head that it starts from and stays near to");
  visit_safe_options(o.safe, field);
  visit_train_options(o.train, field);
  field("seed", o.train.seed, Range{0, 9e15}, "seed of every random draw");
}

template <typename Options, typename Visitor>
void visit_recipe_options(Options& o, Visitor&& field) {
  field("pairs.ratio", o.ratio, AnyText{}, "different-person to same-person pairs, n:p");
  visit_fit_options(o, field);
}

// Pairs as a recipe draws them, cut into those trained on and those validated on.
struct PairPlan {
  std::vector<ImagePair> training;
  std::vector<ImagePair> validation;
  std::size_t num_requested = 0;
};

// Errors: kInvalidArgument (bad ratio, no pairs of a wanted kind, nothing left to train on).
Result<PairPlan> plan_pairs(std::span<const std::uint32_t> identities,
                            const RecipeOptions& options);

// What a recipe found.
struct FittedHead {
  std::string recipe;  // what was fitted: of auto, the recipe that it took
  Head head;
  std::optional<ScoreUnit> score;       // recipes that learn a score
  std::vector<EpochRecord> history;     // of the recipe paper
  std::vector<SafeEpoch> safe_history;  // of the recipe trained; [0] is the start
  int best_epoch = 0;                   // of safe_history: 0 = the start was kept
  PairPlan pairs;                       // those that the recipe drew; empty otherwise
  std::optional<RecipeChoice> choice;   // what was tried out of fold, and the pairs of the chosen
  std::string note;                     // why a choice could not be made; empty otherwise
};

// The names that fit_recipe knows, the default first.
std::vector<std::string> recipe_names();

// "no recipe is called 'x'; there are: auto, frozen, ..."; `also` ends it.
Status unknown_recipe(const std::string& recipe, const std::string& also = {});

// "auto" gives nullopt, "0.1,0.05" weights. Errors: kInvalidArgument, with what was expected.
Result<std::optional<Shrinkage>> parse_shrinkage(const std::string& text);

// Fits `recipe` on `data`, starting from the backbone's last layer.
//   auto        frozen, centred, calibrated and trained (from calibrated) tried out of fold
//               (head/choose_recipe.h): the best one if its gain is beyond doubt, otherwise, or
//               with too few people, frozen
//   calibrated  population mean, shrunk covariances, L2 (head/calibration.h)
//   centred     population mean, L2: needs no identities
//   frozen      the last layer as it is
//   trained     on from a calibrated or the frozen head, near to it, judged by people held out
//               (head/safe_trainer.h)
//   paper       the paper's recipe (head/trainer.h) on pairs drawn from `data`
// Simulated rows are fitted on like any other and never measured.
//
// Ensures: the same bytes whatever context.threads.
// Errors:  kInvalidArgument (unknown recipe: lists them; too few people, images or pairs),
//          kInterrupted.
Result<FittedHead> fit_recipe(const std::string& recipe, const LabelledFeatures& data,
                              const Head& last_layer, const RecipeOptions& options,
                              const JobContext& context = {});

// The same, and `choice` is always there: every recipe is measured out of fold, for a threshold
// that holds on people never seen.
// Errors: also those of choose_candidate.
Result<FittedHead> fit_and_measure(const std::string& recipe, const LabelledFeatures& data,
                                   const Head& last_layer, const RecipeOptions& options,
                                   const JobContext& context = {});

}  // namespace kface
