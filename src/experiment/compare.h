// Recipes side by side on people never seen: each is fitted on one half of the people and measured
// on the other, many times over, every recipe on the same halves.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "experiment/fit_views.h"
#include "experiment/record.h"
#include "experiment/train.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

struct CompareOptions {
  // RECIPE or RECIPE+VIEWS (calibrated+jitter), comma-separated
  std::string recipes = "frozen,calibrated,auto,paper";
  std::string views = "auto";  // what the recipe auto chooses from
  int splits = 20;
  int max_images = 0;   // at most so many images a person, drawn once; 0: all
  int bootstrap = 200;  // resamples of people for each interval; 0: none
  RecipeOptions recipe;
};

template <typename Options, typename Visitor>
void visit_compare_options(Options& o, Visitor&& field) {
  field("compare.recipes", o.recipes, AnyText{},
        "recipes to compare, comma-separated; each may have +mirror or +jitter, the views of a "
        "face that it averages");
  field("compare.views", o.views, Choices{views_words()},
        "what the recipe auto may choose to see a face in: none other than itself, its mirror "
        "image, jitter (mirror image and four small shifts), or auto: all of them tried");
  field("compare.splits", o.splits, Range{1, 10000},
        "random halves of the people; each recipe is fitted on one and measured on the other");
  field("compare.max_images", o.max_images, Range{0, 100000},
        "at most so many images a person, drawn at random once; 0 for all");
  field("compare.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  visit_recipe_options(o.recipe, field);
}

// A recipe as it is named in a comparison.
struct ComparedRecipe {
  std::string name;          // as given
  std::string recipe;        // without the views
  std::vector<Views> views;  // that it chooses from; one, but for auto
};

// Errors: kInvalidArgument: empty list, empty or repeated name, unknown recipe.
Result<std::vector<ComparedRecipe>> parse_compared(const CompareOptions& options);

// The run record of kind "compare" (docs/formats/run-record.md). Distances are the head's own
// (Euclidean, not squared), over all pairs of the test half. What a recipe chooses (shrinkage,
// views, auto's recipe), it chooses inside the half that it is fitted on. Intervals resample people
// and hold for the halves drawn, all recipes on the same resamples.
//
// Requires: `views` holds all those that parse_compared names, from the cheapest to the dearest; or
//           one, which every recipe then uses.
// Ensures: the same record for the same features and options, whatever the number of threads.
// Errors:  kInvalidArgument (unknown recipe; too few people for halves; 1 to 39 resamples),
//          kInterrupted.
Result<Json> run_compare(std::span<const ViewedFeatures> views, const Manifest& manifest,
                         const Program& program, const CompareOptions& options,
                         const JobContext& context);

// "a,b" -> {a, b}. Errors: kInvalidArgument: empty list, empty or repeated name.
Result<std::vector<std::string>> split_names(const std::string& text);

}  // namespace kface
