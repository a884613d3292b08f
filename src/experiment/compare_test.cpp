#include "experiment/compare.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

const Program kProgram{.version = "test", .cpu = "any"};

Result<Json> compare(const MadeUpData& data, const CompareOptions& options,
                     const JobContext& context) {
  const ViewedFeatures views{Views::kPlain, &data.backbone, &data.set};
  return run_compare(std::span(&views, 1), data.manifest, kProgram, options, context);
}

CompareOptions quick() {
  CompareOptions options;
  options.recipes = "frozen,paper";
  options.splits = 3;
  options.bootstrap = 40;
  options.recipe.train.epochs = 5;
  return options;
}

TEST(Compare, MeasuresEveryRecipeOnTheSameHalves) {
  const auto data = make_up_data(12, 4);
  const auto record = compare(data, quick(), {});
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& recipes = record.value()["recipes"];
  ASSERT_EQ(recipes.size(), 2u);
  EXPECT_EQ(recipes[0]["name"], "frozen");
  EXPECT_EQ(recipes[1]["name"], "paper");
  EXPECT_EQ(recipes[0]["eer_by_split"].size(), 3u);
  EXPECT_GE(recipes[0]["eer"]["mean"].get<double>(), 0.0);
  EXPECT_LT(recipes[0]["eer"]["mean"].get<double>(), 0.5);
  // 6 people x 4 images leave 240 different pairs: nothing can be said about a FAR of 0.001.
  EXPECT_TRUE(recipes[0]["tar_at_far"]["0.001"].is_null());
  EXPECT_EQ(record.value()["split"]["num_fit_identities"], 6);
  EXPECT_EQ(record.value()["split"]["num_test_identities"], 6);
}

TEST(Compare, SaysOfEachRecipeWhetherItBeatsFrozen) {
  const auto data = make_up_data(30, 4);
  CompareOptions options = quick();
  options.recipe.train.epochs = 60;  // long enough to ruin it
  options.recipes = "frozen,auto,paper";
  const auto record = compare(data, options, {});
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& recipes = record.value()["recipes"];
  EXPECT_FALSE(recipes[0].contains("against_frozen"));
  const Json& paper = recipes[2]["against_frozen"];
  EXPECT_EQ(paper["eer"]["verdict"], "worse");
  EXPECT_NEAR(paper["eer"]["difference"].get<double>(),
              recipes[2]["eer"]["mean"].get<double>() - recipes[0]["eer"]["mean"].get<double>(),
              1e-12);
  EXPECT_GT(paper["eer"]["ci95"][0].get<double>(), 0);
  EXPECT_EQ(paper["sentence"]["en"].get<std::string>().find("paper is worse than frozen"), 0U);
  EXPECT_TRUE(paper["sentence"].contains("ko"));
  EXPECT_EQ(record.value()["findings"].size(), 2U);
  ASSERT_EQ(recipes[0]["eer"]["ci95"].size(), 2U);
  EXPECT_LE(recipes[0]["eer"]["ci95"][0].get<double>(), recipes[0]["eer"]["mean"].get<double>());
  EXPECT_GE(recipes[0]["eer"]["ci95"][1].get<double>(), recipes[0]["eer"]["mean"].get<double>());
  int chosen = 0;
  for (const auto& [what, count] : recipes[1]["chosen"].items()) {
    chosen += count.get<int>();
  }
  EXPECT_EQ(chosen, 3);
  EXPECT_EQ(record.value()["failure_to_acquire"], 0.0);
}

TEST(ParseCompared, TakesTheViewsOffAndKnowsTheRecipes) {
  CompareOptions options;
  options.recipes = "frozen,calibrated+jitter,auto";
  const auto compared = parse_compared(options);
  ASSERT_TRUE(compared.ok());
  EXPECT_EQ(compared.value()[1].recipe, "calibrated");
  EXPECT_EQ(compared.value()[1].views, std::vector{Views::kJitter});
  EXPECT_EQ(compared.value()[2].views, all_views());
  options.views = "mirror";
  EXPECT_EQ(parse_compared(options).value()[2].views, std::vector{Views::kMirror});
  options.recipes = "frozen+blur";
  EXPECT_NE(parse_compared(options).error().message().find("each also with +mirror or +jitter"),
            std::string::npos);
}

// Drawings are noise here; if one were measured, every recipe would be worse.
TEST(Compare, FitsOnSimulatedImagesAndMeasuresNone) {
  const auto clean = make_up_data(12, 4);
  auto drawn = make_up_data(12, 6);
  Rng rng(5);
  for (std::size_t row = 0; row < drawn.set.size(); ++row) {
    if (row % 6 >= 4) {
      drawn.manifest.images[row].attributes["simulated"] = "blur 9";
      for (std::size_t j = 0; j < kMadeUpDim; ++j) {
        drawn.set.features[row * kMadeUpDim + j] = static_cast<float>(rng.normal());
      }
    }
  }
  CompareOptions options = quick();
  options.recipes = "frozen,centred";
  const auto with = compare(drawn, options, {});
  ASSERT_TRUE(with.ok()) << with.error().message();
  EXPECT_EQ(with.value()["split"]["num_images"], 48);
  EXPECT_EQ(with.value()["split"]["num_simulated_fitted_on"], 24);
  EXPECT_LT(with.value()["recipes"][0]["eer"]["mean"].get<double>(), 0.1);
  const auto without = compare(clean, options, {});
  EXPECT_NE(with.value()["recipes"][1]["eer"]["mean"],
            without.value()["recipes"][1]["eer"]["mean"]);
}

TEST(Compare, RefusesTooFewResamples) {
  const auto data = make_up_data(10, 4);
  CompareOptions options = quick();
  options.bootstrap = 10;
  EXPECT_EQ(compare(data, options, {}).error().message(),
            "--bootstrap 10: expected 0 or at least 40 resamples");
}

TEST(Compare, GivesTheSameRecordForAnyNumberOfThreads) {
  const auto data = make_up_data(10, 4);
  const auto one = compare(data, quick(), JobContext{.threads = 1});
  const auto three = compare(data, quick(), JobContext{.threads = 3});
  EXPECT_EQ(record_text(one.value()), record_text(three.value()));
}

TEST(Compare, LimitsTheImagesOfAPerson) {
  const auto data = make_up_data(10, 6);
  CompareOptions options = quick();
  options.max_images = 2;
  const auto record = compare(data, options, {});
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record.value()["split"]["num_images"], 20);
}

TEST(Compare, RefusesUnknownRecipesAndTooFewPeople) {
  const auto data = make_up_data(10, 4);
  CompareOptions options = quick();
  options.recipes = "frozen,magic";
  EXPECT_NE(compare(data, options, {}).error().message().find("no recipe is called 'magic'"),
            std::string::npos);
  const auto few = make_up_data(3, 4);
  EXPECT_EQ(compare(few, quick(), {}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(SplitNames, WantsDifferentNames) {
  EXPECT_EQ(split_names("a,b").value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(split_names("").ok());
  EXPECT_FALSE(split_names("a,,b").ok());
  EXPECT_FALSE(split_names("a,a").ok());
}

}  // namespace
}  // namespace kface
