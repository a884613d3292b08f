#include "backbone/precision_choice.h"

#include <gtest/gtest.h>

#include "nn/test_networks.h"

namespace kface {
namespace {

std::unique_ptr<EngineBackbone> backbone_of(const Network& network, BackboneOptions options = {}) {
  const auto shapes = value_shapes(network);
  EngineBackbone::Parts parts;
  parts.info.id = network.name;
  parts.info.digest = "digest";
  parts.info.feature_dim = shapes.value().back().size();
  parts.network = network;
  parts.read_chip = [](const Image&, std::span<float>) { return Status{}; };
  parts.make_last_layer = [] { return Head{}; };
  return std::make_unique<EngineBackbone>(std::move(parts), std::move(options));
}

std::vector<float> inputs_of(const Network& network, std::size_t count) {
  return NetworkMaker("input", network.input).values(count * network.input.size(), 1.0F);
}

TEST(CalibrateBackbone, KeepsEightBitFeaturesNearFloat32) {
  for (const Network& network : {small_vgg(), small_resnet()}) {
    const auto backbone = backbone_of(network);
    const auto found = calibrate_backbone(*backbone, inputs_of(network, 6), {.threads = 2});
    ASSERT_TRUE(found.ok()) << found.error().message();
    EXPECT_GT(found.value().lowest_cosine, 0.99);
    EXPECT_LE(found.value().lowest_cosine, found.value().mean_cosine);
    EXPECT_TRUE(found.value().rule == "percentile" || found.value().rule == "squares");
  }
}

TEST(ChoosePrecision, TakesTheFastestThatKeepsItsFeatures) {
  const Network network = small_vgg();
  const auto backbone = backbone_of(network);
  const auto inputs = inputs_of(network, 4);
  ChoiceOptions options;
  options.calibration = calibrate_backbone(*backbone, inputs, {}).value().calibration;
  const auto choice = choose_precision(*backbone, inputs, options);
  ASSERT_TRUE(choice.ok()) << choice.error().message();
  ASSERT_EQ(choice.value().tried.size(), 3U);
  for (std::size_t i = 0; i < choice.value().chosen; ++i) {
    EXPECT_LT(choice.value().tried[i].lowest_cosine, kKeptCosine);
  }
  EXPECT_GE(choice.value().best().lowest_cosine, kKeptCosine);
}

TEST(ChoosePrecision, RefusesEightBitsThatLoseTheFeatures) {
  const Network network = small_vgg();
  const auto backbone = backbone_of(network);
  const auto inputs = inputs_of(network, 2);
  ChoiceOptions options{.allowed = {Precision::kInt8}};
  options.calibration = calibrate_backbone(*backbone, inputs, {}).value().calibration;
  for (auto& [layer, limit] : options.calibration.limits) {
    limit /= 1000;  // everything saturates
  }
  const auto refused = choose_precision(*backbone, inputs, options);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("no allowed arithmetic keeps the features"),
            std::string::npos);
  options.allowed.push_back(Precision::kF32);
  const auto chosen = choose_precision(*backbone, inputs, options);
  ASSERT_TRUE(chosen.ok());
  EXPECT_EQ(chosen.value().best().precision, Precision::kF32);
}

TEST(EngineBackbone, FeaturesOfEachArithmeticHaveACacheOfTheirOwn) {
  const Network network = small_vgg();
  const auto f32 = backbone_of(network);
  const auto bf16 = backbone_of(network, {.precision = Precision::kBf16});
  const auto planned = backbone_of(network, {.plan = Plan{.otherwise = Way::kF32Nhwc}});
  EXPECT_EQ(f32->info().digest, bf16->info().digest);
  EXPECT_EQ(f32->info().features_digest(), "digest");
  EXPECT_NE(bf16->info().features_digest(), "digest");
  EXPECT_NE(planned->info().features_digest(), bf16->info().features_digest());
}

}  // namespace
}  // namespace kface
