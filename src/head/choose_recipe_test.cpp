#include "head/choose_recipe.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "head/recipes.h"

namespace kface {
namespace {

struct Data {
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
  std::size_t d = 8;
  LabelledFeatures view() const { return {features, d, identities, {}}; }
};

// People around `offset` in every dimension; images scatter around them, far more in the first
// two dimensions if `loud`.
Data population(float offset, double loud, std::uint64_t seed) {
  Data data;
  Rng rng(seed);
  for (std::uint32_t person = 0; person < 24; ++person) {
    std::vector<double> own;
    for (std::size_t j = 0; j < data.d; ++j) {
      own.push_back(offset + rng.normal());
    }
    for (int image = 0; image < 5; ++image) {
      data.identities.push_back(person);
      for (std::size_t j = 0; j < data.d; ++j) {
        data.features.push_back(static_cast<float>(own[j] + rng.normal() * (j < 2 ? loud : 0.3)));
      }
    }
  }
  return data;
}

Head normalised_identity(std::size_t d) {
  Head head{.d = d, .m = d, .weight = std::vector<float>(d * d), .bias = std::vector<float>(d)};
  for (std::size_t i = 0; i < d; ++i) {
    head.weight[i * d + i] = 1;
  }
  head.l2_normalize = true;
  return head;
}

TEST(AutoRecipe, CalibratesAPopulationThatSitsInACorner) {
  const Data data = population(6, 1.5, 1);
  const auto fitted = fit_recipe("auto", data.view(), normalised_identity(8), {});
  ASSERT_TRUE(fitted.ok()) << fitted.error().message();
  const RecipeChoice& choice = fitted.value().choice.value();
  EXPECT_EQ(choice.chosen.recipe, "calibrated");
  EXPECT_TRUE(choice.gain.value().beyond_doubt());
  EXPECT_EQ(choice.tried[2].candidate.text(), "calibrated 0.10 0.05");
  EXPECT_LT(*choice.tried[2].miss_rate, *choice.tried[0].miss_rate);
  EXPECT_EQ(choice.num_people, 24U);
  EXPECT_EQ(choice.pairs.size(), 120U * 119 / 2);
  EXPECT_EQ(choice.num_different, 120U * 119 / 2 - 24 * 10);
}

TEST(AutoRecipe, KeepsFrozenWhereNothingIsGained) {
  const Data data = population(0, 0.3, 2);
  const auto fitted = fit_recipe("auto", data.view(), normalised_identity(8), {});
  ASSERT_TRUE(fitted.ok());
  const RecipeChoice& choice = fitted.value().choice.value();
  EXPECT_EQ(choice.chosen.recipe, "frozen");
  EXPECT_EQ(fitted.value().head.weight, normalised_identity(8).weight);
  EXPECT_TRUE(!choice.gain || !choice.gain->beyond_doubt());
}

TEST(AutoRecipe, IsTheSameForAnyNumberOfThreads) {
  const Data data = population(6, 1.5, 3);
  const auto one = fit_recipe("auto", data.view(), normalised_identity(8), {}, {.threads = 1});
  const auto three = fit_recipe("auto", data.view(), normalised_identity(8), {}, {.threads = 3});
  EXPECT_EQ(one.value().head.weight, three.value().head.weight);
  EXPECT_EQ(one.value().choice->gain->ci90.low, three.value().choice->gain->ci90.low);
}

TEST(FitAndMeasure, GivesOutOfFoldPairsForARecipeWithoutChoice) {
  const Data data = population(0, 0.3, 4);
  const auto fitted = fit_and_measure("centred", data.view(), normalised_identity(8), {});
  ASSERT_TRUE(fitted.ok());
  ASSERT_EQ(fitted.value().choice.value().tried.size(), 1U);
  EXPECT_EQ(fitted.value().choice->pairs.size(), 120U * 119 / 2);
  EXPECT_FALSE(fitted.value().choice->gain.has_value());
}

TEST(FitAndMeasure, RefusesTooFewPeople) {
  Data data = population(0, 0.3, 4);
  data.identities.resize(15);
  data.features.resize(15 * data.d);
  const auto fitted = fit_and_measure("frozen", data.view(), normalised_identity(8), {});
  ASSERT_FALSE(fitted.ok());
  EXPECT_NE(fitted.error().message().find("found 3 people"), std::string::npos);
}

TEST(ChooseCandidate, SaysWhyNoneCouldBeFitted) {
  Data data = population(0, 0.3, 5);
  for (std::size_t i = 0; i < data.identities.size(); ++i) {
    data.identities[i] = static_cast<std::uint32_t>(i % 2 == 0 ? i / 4 : 1000 + i);
  }
  const FitOne never = [](const RecipeCandidate&, const LabelledFeatures&) -> Result<Head> {
    return Status{ErrorCode::kInvalidArgument, "out of order"};
  };
  const auto choice =
      choose_candidate(data.view(), normalised_identity(8), {{"paper"}}, never, {}, {});
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().message(), "out of order");
}

}  // namespace
}  // namespace kface
