// Train condition against test condition: what a recipe that saw one condition of other people is
// worth in every other one.
#pragma once

#include <string>

#include "base/parallel.h"
#include "experiment/condition_groups.h"
#include "experiment/record.h"
#include "head/recipes.h"

namespace kface {

struct HeatMapOptions {
  std::string recipe = "calibrated";
  int splits = 5;
  RecipeOptions fit;
};

// With fewer pairs than these no rate is given: one pair more or less would move it by 3 % or more.
inline constexpr std::size_t kLeastSamePairs = 30;
inline constexpr std::size_t kLeastDifferentPairs = 30;

// The "heat_map" of an attribute (docs/formats/run-record.md): over seeded halves without a common
// person, the recipe fitted on images of one condition of one half, and measured on the pairs of
// every condition of the other half. Rows, beside one for each value: "frozen" (nothing is fitted),
// "mixed" (all conditions), and "mixed_equal" (all conditions, but of each person only as many
// images as a single condition has on average), which tells variety from number of images.
// Distances are the head's own.
//
// Ensures: the same JSON whatever the number of threads; an entry that cannot be said is null, with
//          its reason.
// Requires: options.splits >= 1; a recipe that fit_recipe knows.
// Errors:   kInvalidArgument (too few people for halves), kInterrupted.
Result<Json> condition_heat_map(const FeatureSet& set, const ConditionGroup& group,
                                const Head& last_layer, const HeatMapOptions& options,
                                const JobContext& context);

}  // namespace kface
