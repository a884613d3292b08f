// A model for a dataset's people: a recipe fitted, a threshold chosen, both in one file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "experiment/fit_views.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

struct ModelOptions {
  std::string recipe = recipe_names().front();
  std::string split = "auto";
  std::string views = "auto";
  double far = 0.001;  // false-accept rate that the threshold is chosen for
  RecipeOptions fit;
};

// The words of --views: auto, none, mirror, jitter.
std::vector<std::string> views_words();

// The views that a word of --views stands for, from the cheapest. auto: all for the recipe auto,
// which chooses; the plain chip for any other.
std::vector<Views> parse_views(const std::string& word, const std::string& recipe);

template <typename Options, typename Visitor>
void visit_model_options(Options& o, Visitor&& field) {
  field("model.recipe", o.recipe, Choices{recipe_names()}, "how the head is fitted");
  field("model.split", o.split, Choices{{"auto", "folds", "identities", "pairs"}},
        "folds: fit on everybody, choose the threshold on distances between people whom the head "
        "that measured them was not fitted on; identities: fit on half of the people, choose on "
        "the others; pairs: the paper's, the same people on both sides; auto: folds, but "
        "identities for the recipe paper and for fewer than 6 people");
  field("model.views", o.views, Choices{views_words()},
        "what a face is seen in: none other than itself, its mirror image, jitter (mirror image "
        "and four small shifts; 6 times the time); auto: the recipe auto tries all of them on "
        "people left out, any other takes none");
  field("model.far", o.far, Range{1e-9, 1},
        "false-accept rate that the threshold is chosen for; where there are too few pairs to say, "
        "0.01, then the equal error");
  visit_recipe_options(o.fit, field);
}

struct TrainedModel {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts only
  Model model;
  Json record;            // kind "train": what was tried, done and measured, the history by epoch
  std::size_t views = 0;  // index into the views given
};

// Fits and chooses, on the views that `options.views` allows and the caller extracted. Where there
// are too few people to leave any out, the recipes auto and frozen keep the last layer and take the
// threshold from everybody, whom nothing was fitted on.
//
// Requires: views as for fit_over_views.
// Ensures:  the same model for the same features and options, whatever the number of threads.
// Errors:   kInvalidArgument (too few people or pairs, unknown recipe), kInterrupted.
Result<TrainedModel> train_model(std::span<const ViewedFeatures> views, const Manifest& manifest,
                                 const Program& program, const ModelOptions& options,
                                 const JobContext& context);

}  // namespace kface
