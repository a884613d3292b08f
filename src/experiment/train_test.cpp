#include "experiment/train.h"

#include <gtest/gtest.h>

#include <cmath>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

const Program kProgram{.version = "test", .cpu = "any"};

Result<TrainedModel> train(const MadeUpData& data, const ModelOptions& options) {
  const ViewedFeatures views{Views::kPlain, &data.backbone, &data.set};
  return train_model(std::span(&views, 1), data.manifest, kProgram, options, {});
}

TEST(TrainModel, FrozenKeepsTheLastLayerAndMeasuresEverybody) {
  const auto data = make_up_data(12, 4);
  ModelOptions options;
  options.recipe = "frozen";
  const auto trained = train(data, options);
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  EXPECT_EQ(trained.value().model.head.weight, data.backbone.last_layer().weight);
  EXPECT_EQ(trained.value().model.threshold.num_people, 12u);
  EXPECT_TRUE(trained.value().model.threshold.unseen_people);
  EXPECT_EQ(trained.value().model.preprocessing.at("crop"), "dlib");
  EXPECT_EQ(trained.value().model.preprocessing.count("kind"), 0u);
}

TEST(TrainModel, TheThresholdAcceptsNoMoreThanAskedWherePairsSuffice) {
  const auto data = make_up_data(30, 4);  // 6960 different pairs: enough for 0.001
  ModelOptions options;
  options.recipe = "frozen";
  const auto trained = train(data, options);
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained.value().model.threshold.rule, "far 0.001");
  EXPECT_LE(*trained.value().model.threshold.far, 0.001);
}

TEST(TrainModel, FallsBackWhereThereAreTooFewPairs) {
  ModelOptions options;
  options.recipe = "frozen";
  const auto small = train(make_up_data(10, 4), options);  // 720 different pairs
  EXPECT_EQ(small.value().model.threshold.rule, "far 0.01");
  const auto tiny = train(make_up_data(4, 3), options);  // 54
  EXPECT_EQ(tiny.value().model.threshold.rule, "equal-error");
}

TEST(TrainModel, PaperKeepsHalfOfThePeopleForTheThreshold) {
  const auto data = make_up_data(12, 4);
  ModelOptions options;
  options.recipe = "paper";
  options.fit.train.epochs = 3;
  const auto trained = train(data, options);
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained.value().model.threshold.num_people, 6u);
  EXPECT_TRUE(trained.value().model.threshold.unseen_people);
  EXPECT_EQ(trained.value().record["history"].size(), 3u);
  options.split = "pairs";
  const auto seen = train(data, options);
  EXPECT_EQ(seen.value().model.threshold.num_people, 12u);
  EXPECT_FALSE(seen.value().model.threshold.unseen_people);
}

TEST(TrainModel, AutoIsTheDefaultAndSaysWhatItTried) {
  const auto data = make_up_data(16, 4);
  const auto trained = train(data, {});
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  const Json& choice = trained.value().record["choice"];
  // frozen, centred, calibrated, trained
  EXPECT_EQ(choice["tried"].size(), 2 + shrinkage_grid().size() + 1);
  EXPECT_EQ(choice["views"].size(), 1U);
  // Everybody is fitted on and measured, out of fold.
  EXPECT_EQ(trained.value().model.threshold.num_people, 16U);
  EXPECT_TRUE(trained.value().model.threshold.unseen_people);
  EXPECT_EQ(trained.value().model.recipe, trained.value().record["recipe"]);
}

TEST(TrainModel, AutoWithTooFewPeopleIsFrozenAndSaysWhy) {
  const auto trained = train(make_up_data(4, 3), {});
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  EXPECT_EQ(trained.value().model.recipe, "frozen");
  EXPECT_NE(trained.value().record["choice"]["note"].get<std::string>().find("found 4 people"),
            std::string::npos);
}

TEST(TrainModel, FiveOrFourPeopleAreHalved) {
  ModelOptions options;
  options.recipe = "calibrated";
  const auto trained = train(make_up_data(4, 5), options);
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  EXPECT_EQ(trained.value().model.recipe, "calibrated");
  EXPECT_EQ(trained.value().model.threshold.num_people, 2U);
  EXPECT_TRUE(trained.value().model.threshold.unseen_people);
  options.split = "folds";
  EXPECT_EQ(train(make_up_data(4, 5), options).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ParseViews, OnlyAutoLooksForViewsUnasked) {
  EXPECT_EQ(parse_views("auto", "auto"), all_views());
  EXPECT_EQ(parse_views("auto", "frozen"), std::vector{Views::kPlain});
  EXPECT_EQ(parse_views("jitter", "frozen"), std::vector{Views::kJitter});
}

TEST(TrainModel, AFoldThresholdHoldsOnPeopleNeverSeen) {
  // The same made-up population twice as large: the first half trains, the second is never seen.
  const auto all = make_up_data(60, 4);
  MadeUpData half = make_up_data(30, 4);
  ModelOptions options;
  options.recipe = "calibrated";
  options.far = 0.01;
  const auto trained = train(half, options);
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  ASSERT_EQ(trained.value().model.threshold.rule, "far 0.01");
  const auto& model = trained.value().model;
  const auto e = embed(model.head, std::span(all.set.features).subspan(120 * kMadeUpDim));
  int accepted = 0;
  int total = 0;
  for (std::size_t a = 0; a < 120; ++a) {
    for (std::size_t b = a + 1; b < 120; ++b) {
      if (all.set.identities[120 + a] != all.set.identities[120 + b]) {
        double sum = 0;
        for (std::size_t j = 0; j < kMadeUpDim; ++j) {
          sum += std::pow(e[a * kMadeUpDim + j] - e[b * kMadeUpDim + j], 2);
        }
        ++total;
        accepted += std::sqrt(sum) <= model.threshold.distance ? 1 : 0;
      }
    }
  }
  EXPECT_LT(accepted, 0.03 * total);
}

TEST(TrainModel, RefusesTooFewPeople) {
  ModelOptions options;
  options.recipe = "paper";
  EXPECT_EQ(train(make_up_data(2, 3), options).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kface
