#include "head/recipes.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

struct Data {
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
  Head last_layer;
  LabelledFeatures labelled() const { return {features, 4, identities}; }
};

Data small_data() {
  Data data;
  Rng rng(1);
  for (std::uint32_t person = 0; person < 6; ++person) {
    for (int image = 0; image < 5; ++image) {
      data.identities.push_back(person);
      for (int i = 0; i < 4; ++i) {
        data.features.push_back(static_cast<float>(rng.normal()));
      }
    }
  }
  data.last_layer = {
      .d = 4, .m = 3, .weight = std::vector<float>(12, 0.1F), .bias = std::vector<float>(3)};
  return data;
}

TEST(PlanPairs, CutsTheLastShareOfTheListAsThePaperDoes) {
  const Data data = small_data();
  const auto plan = plan_pairs(data.identities, {});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan.value().training.size(), 48u);  // 2 pairs an image, 80 %
  EXPECT_EQ(plan.value().validation.size(), 12u);
  EXPECT_EQ(plan.value().num_requested, 60u);
}

TEST(PlanPairs, RefusesAPlanWithNothingToTrainOn) {
  RecipeOptions options;
  options.pairs_per_image = 0.01;
  options.validation = 0.9;
  const auto plan = plan_pairs(small_data().identities, options);
  ASSERT_FALSE(plan.ok());
  EXPECT_NE(plan.error().message().find("nothing left to train on"), std::string::npos);
}

TEST(FitRecipe, FrozenIsTheLastLayerAsItIs) {
  const Data data = small_data();
  const auto fitted = fit_recipe("frozen", data.labelled(), data.last_layer, {});
  ASSERT_TRUE(fitted.ok());
  EXPECT_EQ(fitted.value().head.weight, data.last_layer.weight);
  EXPECT_FALSE(fitted.value().score.has_value());
}

TEST(FitRecipe, PaperTrainsAScoreAndKeepsItsHistory) {
  const Data data = small_data();
  RecipeOptions options;
  options.train.epochs = 3;
  const auto fitted = fit_recipe("paper", data.labelled(), data.last_layer, options);
  ASSERT_TRUE(fitted.ok()) << fitted.error().message();
  EXPECT_EQ(fitted.value().history.size(), 3u);
  EXPECT_TRUE(fitted.value().score.has_value());
  EXPECT_EQ(fitted.value().head.activation, Activation::kTanh);
  EXPECT_NE(fitted.value().head.weight, data.last_layer.weight);
}

TEST(FitRecipe, ListsTheRecipesWhenTheNameIsUnknown) {
  const Data data = small_data();
  const auto fitted = fit_recipe("magic", data.labelled(), data.last_layer, {});
  ASSERT_FALSE(fitted.ok());
  EXPECT_EQ(
      fitted.error().message(),
      "no recipe is called 'magic'; there are: auto, frozen, calibrated, centred, trained, paper");
}

TEST(FitRecipe, AutoKeepsFrozenWhereNobodyCanBeMeasuredAndSaysWhy) {
  Data data = small_data();
  data.features.resize(4 * 10);
  data.identities.resize(10);  // two people
  const auto fitted = fit_recipe("auto", data.labelled(), data.last_layer, {});
  ASSERT_TRUE(fitted.ok()) << fitted.error().message();
  EXPECT_EQ(fitted.value().head.weight, data.last_layer.weight);
  EXPECT_FALSE(fitted.value().choice.has_value());
  EXPECT_NE(fitted.value().note.find("found 2 people"), std::string::npos);
}

TEST(FitRecipe, CalibratedChoosesItsShrinkageUnlessItIsGiven) {
  const Data data = small_data();
  const auto chosen = fit_recipe("calibrated", data.labelled(), data.last_layer, {});
  ASSERT_TRUE(chosen.ok()) << chosen.error().message();
  ASSERT_TRUE(chosen.value().choice.has_value());
  EXPECT_EQ(chosen.value().choice->tried.size(), shrinkage_grid().size());
  RecipeOptions options;
  options.shrinkage = "0.3,0.2";
  const auto given = fit_recipe("calibrated", data.labelled(), data.last_layer, options);
  ASSERT_TRUE(given.ok()) << given.error().message();
  EXPECT_FALSE(given.value().choice.has_value());
  const auto expected = fit_calibrated(data.features, data.identities, data.last_layer, {0.3, 0.2});
  EXPECT_EQ(given.value().head.weight, expected.value().weight);
}

TEST(ParseShrinkage, WantsTwoWeightsBelowOneTogether) {
  EXPECT_FALSE(parse_shrinkage("auto").value().has_value());
  EXPECT_EQ(parse_shrinkage("0.1,0.05").value(), (Shrinkage{0.1, 0.05}));
  for (const char* bad : {"", "0.1", "0.6,0.4", "-0.1,0.1", "0.1,0.05,0.2", "a,b", "nan,0"}) {
    const auto parsed = parse_shrinkage(bad);
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_NE(parsed.error().message().find("expected auto, or two weights"), std::string::npos);
  }
}

TEST(FitRecipe, ABadRatioIsRefused) {
  const Data data = small_data();
  RecipeOptions options;
  options.ratio = "six";
  EXPECT_EQ(fit_recipe("paper", data.labelled(), data.last_layer, options).error().code(),
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kface
