// A model for a dataset's people: a recipe fitted, a threshold chosen, both in one file.
#pragma once

#include <string>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

struct ModelOptions {
  std::string recipe = recipe_names().front();
  std::string split = "identities";
  double far = 0.001;  // false-accept rate that the threshold is chosen for
  RecipeOptions fit;
};

template <typename Options, typename Visitor>
void visit_model_options(Options& o, Visitor&& field) {
  field("model.recipe", o.recipe, Choices{recipe_names()}, "how the head is fitted");
  field("model.split", o.split, Choices{{"identities", "pairs"}},
        "identities: fit on half of the people, choose the threshold on the others; pairs: the "
        "paper's, the same people on both sides");
  field("model.far", o.far, Range{1e-9, 1},
        "false-accept rate that the threshold is chosen for; where there are too few pairs to say, "
        "0.01, then the equal error");
  visit_recipe_options(o.fit, field);
}

struct TrainedModel {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts only
  Model model;
  Json record;  // kind "train": what was done and measured, the history by epoch
};

// Fits and chooses. The recipe "frozen" fits nothing, so its threshold is chosen on everybody.
//
// Ensures: the same model for the same features and options, whatever the number of threads.
// Errors:  kInvalidArgument (too few people or pairs, unknown recipe), kInterrupted.
Result<TrainedModel> train_model(const FeatureSet& set, const Manifest& manifest,
                                 const Backbone& backbone, const Program& program,
                                 const ModelOptions& options, const JobContext& context);

}  // namespace kface
