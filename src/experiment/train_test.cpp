#include "experiment/train.h"

#include <gtest/gtest.h>

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

TEST(TrainModel, RefusesTooFewPeople) {
  ModelOptions options;
  options.recipe = "paper";
  EXPECT_EQ(train(make_up_data(2, 3), options).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kface
