// Recipes side by side on people never seen: each is fitted on one half of the people and measured
// on the other, many times over, every recipe on the same halves.
#pragma once

#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "experiment/record.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

struct CompareOptions {
  std::string recipes = "frozen,calibrated,paper";  // names, comma-separated
  int splits = 20;
  int max_images = 0;  // at most so many images a person, drawn once; 0: all
  RecipeOptions recipe;
};

template <typename Options, typename Visitor>
void visit_compare_options(Options& o, Visitor&& field) {
  field("compare.recipes", o.recipes, AnyText{}, "recipes to compare, comma-separated");
  field("compare.splits", o.splits, Range{1, 10000},
        "random halves of the people; each recipe is fitted on one and measured on the other");
  field("compare.max_images", o.max_images, Range{0, 100000},
        "at most so many images a person, drawn at random once; 0 for all");
  visit_recipe_options(o.recipe, field);
}

// The run record of kind "compare" (docs/formats/run-record.md). Distances are the head's own
// (Euclidean, not squared), over all pairs of the test half.
//
// Ensures: the same record for the same features and options, whatever the number of threads.
// Errors:  kInvalidArgument (unknown recipe; too few people for halves), kInterrupted.
Result<Json> run_compare(const FeatureSet& set, const Manifest& manifest, const Backbone& backbone,
                         const Program& program, const CompareOptions& options,
                         const JobContext& context);

// "a,b" -> {a, b}. Errors: kInvalidArgument: empty list, empty or repeated name.
Result<std::vector<std::string>> split_names(const std::string& text);

}  // namespace kface
