#include "experiment/fit_views.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

// The same dataset, its features with noise on top.
FeatureSet noisier(const FeatureSet& set, double sigma) {
  FeatureSet noisy = set;
  Rng rng(3);
  for (float& value : noisy.features) {
    value += static_cast<float>(sigma * rng.normal());
  }
  return noisy;
}

Result<ViewsFit> fit(const std::vector<ViewedFeatures>& views, const std::string& recipe,
                     bool measure = false) {
  return fit_over_views(recipe, views, all_rows(*views.front().set), {}, {}, measure, {});
}

TEST(FitOverViews, TakesTheDearestThatMissesFewerThanTheCheapest) {
  const auto data = make_up_data(14, 5);
  const FeatureSet noisy = noisier(data.set, 0.6);
  const FeatureSet worst = noisier(data.set, 1.2);
  const auto better = fit({{Views::kPlain, &data.backbone, &noisy},
                           {Views::kMirror, &data.backbone, &data.set},
                           {Views::kJitter, &data.backbone, &worst}},
                          "frozen");
  ASSERT_TRUE(better.ok()) << better.error().message();
  EXPECT_EQ(better.value().chosen, 1U);
  ASSERT_EQ(better.value().miss_rates.size(), 3U);
  EXPECT_LT(*better.value().miss_rates[1], *better.value().miss_rates[0]);
  const auto none = fit({{Views::kPlain, &data.backbone, &data.set},
                         {Views::kMirror, &data.backbone, &noisy},
                         {Views::kJitter, &data.backbone, &worst}},
                        "frozen");
  EXPECT_EQ(none.value().chosen, 0U);
}

TEST(FitOverViews, MeasuresNothingWithOneKindUnlessAsked) {
  const auto data = make_up_data(14, 5);
  const std::vector<ViewedFeatures> one = {{Views::kPlain, &data.backbone, &data.set}};
  EXPECT_FALSE(fit(one, "centred").value().miss_rates[0].has_value());
  const auto measured = fit(one, "centred", true);
  EXPECT_TRUE(measured.value().miss_rates[0].has_value());
  EXPECT_EQ(measured.value().fitted.choice->pairs.size(), 70U * 69 / 2);
}

TEST(FitOverViews, StaysWithTheCheapestWhereNobodyCanBeMeasured) {
  const auto data = make_up_data(3, 4);
  const std::vector<ViewedFeatures> views = {{Views::kPlain, &data.backbone, &data.set},
                                             {Views::kMirror, &data.backbone, &data.set}};
  const auto fitted = fit(views, "auto");
  ASSERT_TRUE(fitted.ok()) << fitted.error().message();
  EXPECT_EQ(fitted.value().chosen, 0U);
  EXPECT_EQ(fitted.value().fitted.recipe, "frozen");
  EXPECT_NE(fitted.value().fitted.note.find("found 3 people"), std::string::npos);
}

}  // namespace
}  // namespace kface
