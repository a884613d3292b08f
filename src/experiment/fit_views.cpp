#include "experiment/fit_views.h"

namespace kface {
namespace {

LabelledRows labelled_rows(const FeatureSet& set, const Rows& rows,
                           std::span<const std::uint8_t> simulated) {
  return copy_rows({set.features, set.d, set.identities, simulated}, rows);
}

std::optional<double> miss_rate_of(const FittedHead& fitted) {
  if (!fitted.choice) {
    return std::nullopt;
  }
  for (const RecipeTrial& result : fitted.choice->tried) {
    if (result.candidate.text() == fitted.choice->chosen.text()) {
      return result.miss_rate;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<ViewsFit> fit_over_views(const std::string& recipe, std::span<const ViewedFeatures> views,
                                const Rows& rows, std::span<const std::uint8_t> simulated,
                                const RecipeOptions& options, bool measure,
                                const JobContext& context) {
  KF_REQUIRE(!views.empty());
  ViewsFit best;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const LabelledRows data = labelled_rows(*views[i].set, rows, simulated);
    const Head& last_layer = views[i].backbone->last_layer();
    auto fitted = views.size() > 1 || measure
                      ? fit_and_measure(recipe, data.view(), last_layer, options, context)
                      : fit_recipe(recipe, data.view(), last_layer, options, context);
    // Nobody to measure on: nothing speaks for dearer views.
    const bool cannot_measure =
        !fitted.ok() && !measure && fitted.error().code() == ErrorCode::kInvalidArgument;
    if (cannot_measure) {
      fitted = fit_recipe(recipe, data.view(), last_layer, options, context);
    }
    if (!fitted.ok()) {
      return fitted.error();
    }
    const auto miss_rate = miss_rate_of(fitted.value());
    best.miss_rates.push_back(miss_rate);
    if (i == 0 || (miss_rate && *miss_rate < best.miss_rates.front())) {
      best.chosen = i;
      best.fitted = std::move(fitted).value();
    }
    if (cannot_measure) {
      break;
    }
  }
  return best;
}

}  // namespace kface
