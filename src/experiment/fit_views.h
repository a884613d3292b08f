// One recipe on a backbone's features of several views (backbone/views.h), and the views with which
// it misses fewest people.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "backbone/views.h"
#include "experiment/people.h"
#include "head/recipes.h"

namespace kface {

// A dataset's features in one kind of view. Nothing is owned.
struct ViewedFeatures {
  Views views = Views::kPlain;
  const Backbone* backbone = nullptr;
  const FeatureSet* set = nullptr;
};

struct ViewsFit {
  std::size_t chosen = 0;                         // index into the views given
  FittedHead fitted;                              // on those views
  std::vector<std::optional<double>> miss_rates;  // out of fold, of each; none: not measured
};

// Fits `recipe` on `rows` of each of the views and keeps the dearest that misses fewer people, out
// of fold, than the cheapest. (A mean over more views is steadier wherever views help at all, and
// on few people the difference between two kinds of views is too small to be seen.) `simulated`:
// [set->size()] or empty, as in LabelledFeatures. With one kind of view, nothing is measured unless
// `measure`.
//
// Requires: views not empty, from cheapest to dearest, all of one dataset.
// Errors:   those of fit_recipe and, with `measure`, of fit_and_measure.
Result<ViewsFit> fit_over_views(const std::string& recipe, std::span<const ViewedFeatures> views,
                                const Rows& rows, std::span<const std::uint8_t> simulated,
                                const RecipeOptions& options, bool measure,
                                const JobContext& context);

}  // namespace kface
