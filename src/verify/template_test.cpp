#include "verify/template.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kface/status.h"

namespace kface {
namespace {

constexpr Quality kGood = {
    .face_size_px = 200, .sharpness = 80, .brightness = 120, .yaw_degrees = 0, .roll_degrees = 0};

Head head_of(std::size_t m, bool l2_normalize) {
  Head head;
  head.m = m;
  head.l2_normalize = l2_normalize;
  return head;
}

TEST(TemplateWeight, IsTheProductOfItsFourFactors) {
  // Worked by hand: full size, 80 / 100 sharp, frontal, well lit.
  EXPECT_NEAR(template_weight(kGood), 0.8, 1e-12);
  Quality worse = kGood;
  worse.face_size_px = 50;  // 0.5
  worse.sharpness = 20;     // 0.5
  worse.yaw_degrees = -60;  // cos^2 = 0.25
  worse.brightness = 225;   // 30 / 60
  EXPECT_NEAR(template_weight(worse), 0.5 * 0.5 * 0.25 * 0.5, 1e-6);
}

TEST(TemplateWeight, NeverFallsAsAQualityGetsBetter) {
  const auto ascending = [](const auto& change, std::initializer_list<float> values) {
    double last = 0;
    for (const float value : values) {
      Quality quality = kGood;
      change(quality, value);
      const double weight = template_weight(quality);
      EXPECT_GE(weight, last) << value;
      last = weight;
    }
    EXPECT_GT(last, 0.5);
  };
  ascending([](Quality& q, float v) { q.face_size_px = v; }, {0, 10, 40, 99, 100, 5000});
  ascending([](Quality& q, float v) { q.sharpness = v; }, {-1, 0, 5, 20, 100, 1e6F});
  ascending([](Quality& q, float v) { q.yaw_degrees = v; }, {-120, -89, -60, -10, 0});
  ascending([](Quality& q, float v) { q.yaw_degrees = v; }, {180, 90, 45, 20, 0});
  ascending([](Quality& q, float v) { q.brightness = v; }, {0, 10, 50, 60, 120});
  ascending([](Quality& q, float v) { q.brightness = v; }, {255, 240, 200, 130});
}

TEST(TemplateWeight, IsPositiveAndFiniteWhateverTheQuality) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  for (const float value : {nan, infinite, -infinite, 0.0F, -1.0F}) {
    const double weight = template_weight({value, value, value, value, value});
    EXPECT_TRUE(std::isfinite(weight)) << value;
    EXPECT_GT(weight, 0) << value;
    EXPECT_LT(weight, 0.06) << value;
  }
}

TEST(PoolEmbeddings, IsTheWeightedMean) {
  const std::vector<float> rows = {1, 0, 5, 4};
  const std::vector<double> weights = {3, 1};
  EXPECT_EQ(pool_embeddings(head_of(2, false), rows, weights), (std::vector<float>{2, 1}));
}

TEST(PoolEmbeddings, NormalisesWhereTheHeadDoes) {
  const std::vector<float> rows = {1, 0, 0, 1};
  const std::vector<double> weights = {3, 4};
  const auto pooled = pool_embeddings(head_of(2, true), rows, weights);
  EXPECT_NEAR(pooled[0], 0.6F, 1e-6);
  EXPECT_NEAR(pooled[1], 0.8F, 1e-6);
}

TEST(PoolEmbeddings, OfOnePhotoIsItsEmbedding) {
  const std::vector<float> row = {0.25F, -3, 1e-6F};
  EXPECT_EQ(pool_embeddings(head_of(3, false), row, std::vector<double>{0.07}), row);
}

TEST(PoolEmbeddings, RefusesNoPhotosAndWeightsThatAreNone) {
  EXPECT_THROW(pool_embeddings(head_of(2, false), {}, {}), ContractViolation);
  const std::vector<float> rows = {1, 0};
  for (const double weight : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(pool_embeddings(head_of(2, false), rows, std::vector<double>{weight}),
                 ContractViolation);
  }
}

TEST(PoolWeights, AreEqualForTheMeanAndTheQualitysOtherwise) {
  Quality turned = kGood;
  turned.yaw_degrees = 50;
  const std::vector<Quality> qualities = {kGood, turned};
  EXPECT_EQ(pool_weights(PoolWeighting::kMean, qualities), (std::vector<double>{1, 1}));
  const auto weights = pool_weights(PoolWeighting::kQuality, qualities);
  EXPECT_EQ(weights[0], template_weight(kGood));
  EXPECT_LT(weights[1], weights[0]);
}

}  // namespace
}  // namespace kface
