#include "nn/last_layer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/tanh.h"

namespace kface {
namespace {

Head two_by_two() {
  return {.d = 2,
          .m = 2,
          .weight = {1, 2, 3, 4},
          .bias = {0.5F, -0.5F},
          .activation = Activation::kLinear,
          .l2_normalize = false};
}

TEST(Embed, IsFeatureTimesWeightPlusBias) {
  const std::vector<float> features = {1, 1, 0, 2};
  EXPECT_EQ(embed(two_by_two(), features), (std::vector<float>{4.5F, 5.5F, 6.5F, 7.5F}));
}

TEST(Embed, AppliesTanhThenL2) {
  Head head = two_by_two();
  head.activation = Activation::kTanh;
  head.l2_normalize = true;
  const auto e = embed(head, std::vector<float>{0.1F, 0.0F});
  const double x = std::tanh(0.6);
  const double y = std::tanh(-0.3);
  EXPECT_NEAR(e[0], x / std::hypot(x, y), 1e-6);
  EXPECT_NEAR(e[1], y / std::hypot(x, y), 1e-6);
}

TEST(Embed, NoFeaturesNoEmbeddingsAndAWrongSizeIsTheCallersBug) {
  EXPECT_TRUE(embed(two_by_two(), {}).empty());
  EXPECT_THROW((void)embed(two_by_two(), std::vector<float>(3)), ContractViolation);
}

TEST(L2Normalize, KeepsAZeroRow) {
  std::vector<float> rows = {3, 4, 0, 0};
  l2_normalize_rows(rows, 2);
  EXPECT_EQ(rows, (std::vector<float>{0.6F, 0.8F, 0, 0}));
}

TEST(Sigmoid, DoesNotOverflow) {
  EXPECT_EQ(sigmoid(0), 0.5F);
  EXPECT_EQ(sigmoid(-1000), 0.0F);
  EXPECT_EQ(sigmoid(1000), 1.0F);
}

TEST(Tanh, IsWithinItsStatedErrorOverTheWholeRange) {
  std::vector<float> values;
  for (float x = -12; x <= 12; x += 0.00037F) {
    values.push_back(x);
  }
  const auto inputs = values;
  tanh_in_place(values.data(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], std::tanh(static_cast<double>(inputs[i])), 3e-7) << inputs[i];
    ASSERT_LE(std::fabs(values[i]), 1.0F);
  }
}

TEST(Tanh, DoesNotDependOnThePlaceInTheArrayAndKeepsNan) {
  for (std::size_t count = 1; count <= 40; ++count) {
    std::vector<float> values(count, 0.7311F);
    tanh_in_place(values.data(), count);
    for (const float value : values) {
      ASSERT_EQ(value, values.front()) << count;
    }
  }
  float nan = std::numeric_limits<float>::quiet_NaN();
  tanh_in_place(&nan, 1);
  EXPECT_TRUE(std::isnan(nan));
}

}  // namespace
}  // namespace kface
