// A recipe is a way to fit a head on cached features. docs/recipes.md gives each one's formula and
// source.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "head/pairs.h"
#include "head/trainer.h"
#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

// Features and who is on them. Nothing is owned.
struct LabelledFeatures {
  std::span<const float> features;  // [n, d] row-major
  std::size_t d = 0;
  std::span<const std::uint32_t> identities;  // [n]
};

struct RecipeOptions {
  std::string ratio = "4:6";   // n:p, different : same
  double pairs_per_image = 2;  // as the paper
  double validation = 0.2;     // share of the pairs kept for validation, the last of the list
  double shrinkage = 0.95;     // calibrated: weight of the sphere in the covariance
  TrainOptions train;
};

// All but the ratio, for experiments that choose it themselves.
template <typename Options, typename Visitor>
void visit_fit_options(Options& o, Visitor&& field) {
  field("pairs.pairs_per_image", o.pairs_per_image, Range{0.01, 10000},
        "pairs sampled for each image (the paper: 2)");
  field("pairs.validation", o.validation, Range{0, 0.9},
        "share of the pairs kept for validation (the paper: the last 0.2)");
  field("calibrated.shrinkage", o.shrinkage, Range{0, 1},
        "recipe calibrated: 0 trusts the measured scatter of each person's images, 1 none of it");
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
  Head head;
  std::optional<ScoreUnit> score;    // recipes that learn a score
  std::vector<EpochRecord> history;  // recipes that train by epochs
  PairPlan pairs;                    // those that the recipe drew; empty otherwise
};

// The names that fit_recipe knows, the default first.
std::vector<std::string> recipe_names();

// Fits `recipe` on `data`, starting from the backbone's last layer.
//   calibrated  population mean, shrunk within-person covariance, L2 (head/calibration.h)
//   centred     population mean, L2: needs no identities
//   frozen      the last layer as it is
//   paper       the paper's recipe (head/trainer.h) on pairs drawn from `data`
// Errors: kInvalidArgument (unknown recipe: lists them; too few people, images or pairs),
//         kInterrupted.
Result<FittedHead> fit_recipe(const std::string& recipe, const LabelledFeatures& data,
                              const Head& last_layer, const RecipeOptions& options,
                              const StopFlag* stop = nullptr);

}  // namespace kface
