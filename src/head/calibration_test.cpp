#include "head/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace kface {
namespace {

Head identity_layer(std::size_t d) {
  Head head{.d = d, .m = d, .weight = std::vector<float>(d * d), .bias = std::vector<float>(d)};
  for (std::size_t i = 0; i < d; ++i) {
    head.weight[i * d + i] = 1;
  }
  return head;
}

float distance(const std::vector<float>& rows, std::size_t m, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t j = 0; j < m; ++j) {
    const double difference = rows[a * m + j] - rows[b * m + j];
    sum += difference * difference;
  }
  return static_cast<float>(std::sqrt(sum));
}

TEST(Centred, SubtractsTheMeanAndDividesByTheLength) {
  const std::vector<float> features = {10, 0, 14, 0, 12, 4};  // mean (12, 4/3)
  const auto head = fit_centred(features, identity_layer(2));
  ASSERT_TRUE(head.ok());
  const auto e = embed(head.value(), features);
  const double length = std::hypot(2.0, 4.0 / 3);
  EXPECT_NEAR(e[0], -2 / length, 1e-6);
  EXPECT_NEAR(e[1], -4.0 / 3 / length, 1e-6);
  EXPECT_NEAR(e[4], 0, 1e-6);
  EXPECT_NEAR(e[5], 1, 1e-6);
}

TEST(Centred, GoesThroughTheLastLayer) {
  Head layer = identity_layer(2);
  layer.weight = {0, 1, 1, 0};  // swaps
  layer.bias = {5, 7};          // leaves with the mean
  const auto head = fit_centred(std::vector<float>{1, 2, 3, 8}, layer);
  const auto e = embed(head.value(), std::vector<float>{3, 8});
  EXPECT_NEAR(e[0], 3 / std::hypot(3.0, 1.0), 1e-6);
  EXPECT_NEAR(e[1], 1 / std::hypot(3.0, 1.0), 1e-6);
}

// People differ along x; images of one person scatter along y four times as much.
struct Scattered {
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
};

Scattered scatter_along_y() {
  Scattered data;
  Rng rng(4);
  for (std::uint32_t person = 0; person < 40; ++person) {
    const double x = rng.normal();
    const double y = rng.normal();
    for (int image = 0; image < 5; ++image) {
      data.identities.push_back(person);
      data.features.push_back(static_cast<float>(x + 0.1 * rng.normal()));
      data.features.push_back(static_cast<float>(y + 0.4 * rng.normal()));
    }
  }
  return data;
}

TEST(Calibrated, DampsTheDirectionInWhichOnePersonsImagesScatter) {
  const auto data = scatter_along_y();
  const auto head = fit_calibrated(data.features, data.identities, identity_layer(2), 0.0);
  ASSERT_TRUE(head.ok()) << head.error().message();
  // W = diag(0.01, 0.16): the ratio of the two directions' gains is 0.4 / 0.1.
  EXPECT_NEAR(head.value().weight[0] / head.value().weight[3], 4.0, 0.5);
  EXPECT_NEAR(head.value().weight[1] / head.value().weight[0], 0.0, 0.1);
}

TEST(Calibrated, FullShrinkageIsCentred) {
  const auto data = scatter_along_y();
  const auto calibrated = fit_calibrated(data.features, data.identities, identity_layer(2), 1.0);
  const auto centred = fit_centred(data.features, identity_layer(2));
  const auto a = embed(calibrated.value(), data.features);
  const auto b = embed(centred.value(), data.features);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(distance(a, 2, i, i + 7), distance(b, 2, i, i + 7), 1e-5);
  }
}

TEST(Calibrated, SaysWhatIsMissing) {
  const Head layer = identity_layer(2);
  const auto alone =
      fit_calibrated(std::vector<float>{1, 2, 3, 4}, std::vector<std::uint32_t>{0, 1}, layer, 0.9);
  ASSERT_FALSE(alone.ok());
  EXPECT_NE(alone.error().message().find("nobody has two images"), std::string::npos);
  const auto singular = fit_calibrated(std::vector<float>{1, 2, 3, 4, 5, 5},
                                       std::vector<std::uint32_t>{0, 0, 1}, layer, 0.0);
  ASSERT_FALSE(singular.ok());
  EXPECT_NE(singular.error().message().find("cannot be inverted"), std::string::npos);
  EXPECT_FALSE(fit_centred(std::vector<float>{1, 2}, layer).ok());
}

}  // namespace
}  // namespace kface
