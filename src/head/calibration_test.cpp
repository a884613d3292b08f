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
  const auto head = fit_calibrated(data.features, data.identities, identity_layer(2), {0.999, 0});
  ASSERT_TRUE(head.ok()) << head.error().message();
  // W = diag(0.01, 0.16): the ratio of the two directions' gains is 0.4 / 0.1.
  EXPECT_NEAR(head.value().weight[0] / head.value().weight[3], 4.0, 0.5);
  EXPECT_NEAR(head.value().weight[1] / head.value().weight[0], 0.0, 0.1);
}

TEST(Calibrated, FullShrinkageIsCentred) {
  const auto data = scatter_along_y();
  const auto calibrated = fit_calibrated(data.features, data.identities, identity_layer(2), {0, 0});
  const auto centred = fit_centred(data.features, identity_layer(2));
  const auto a = embed(calibrated.value(), data.features);
  const auto b = embed(centred.value(), data.features);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(distance(a, 2, i, i + 7), distance(b, 2, i, i + 7), 1e-5);
  }
}

// The definition in plain loops, for two dimensions: C by hand, its root by Denman and Beavers.
TEST(Calibrated, IsTheInverseRootOfTheShrunkCovariances) {
  const auto data = scatter_along_y();
  const std::size_t n = data.identities.size();
  double sw[3] = {};
  double st[3] = {};
  double mean[2] = {};
  for (std::size_t p = 0; p < n; p += 5) {
    double own[2] = {};
    for (std::size_t i = p; i < p + 5; ++i) {
      own[0] += data.features[2 * i] / 5.0;
      own[1] += data.features[2 * i + 1] / 5.0;
    }
    mean[0] += own[0] / 40;
    mean[1] += own[1] / 40;
    for (std::size_t i = p; i < p + 5; ++i) {
      const double x = data.features[2 * i] - own[0];
      const double y = data.features[2 * i + 1] - own[1];
      sw[0] += x * x;
      sw[1] += x * y;
      sw[2] += y * y;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double x = data.features[2 * i] - mean[0];
    const double y = data.features[2 * i + 1] - mean[1];
    st[0] += x * x;
    st[1] += x * y;
    st[2] += y * y;
  }
  const double w = 0.3 * 2 / (sw[0] + sw[2]);
  const double t = 0.2 * 2 / (st[0] + st[2]);
  const double c[3] = {w * sw[0] + t * st[0] + 0.5, w * sw[1] + t * st[1],
                       w * sw[2] + t * st[2] + 0.5};
  const auto head = fit_calibrated(data.features, data.identities, identity_layer(2), {0.3, 0.2});
  ASSERT_TRUE(head.ok());
  // T C T = I, T symmetric.
  const auto& weight = head.value().weight;
  const double a = weight[0];
  const double b = weight[1];
  const double d = weight[3];
  EXPECT_NEAR(weight[2], b, 1e-6);
  EXPECT_NEAR(a * (a * c[0] + b * c[1]) + b * (a * c[1] + b * c[2]), 1, 1e-5);
  EXPECT_NEAR(b * (a * c[0] + b * c[1]) + d * (a * c[1] + b * c[2]), 0, 1e-5);
  EXPECT_NEAR(b * (b * c[0] + d * c[1]) + d * (b * c[1] + d * c[2]), 1, 1e-5);
  EXPECT_NEAR(head.value().bias[0], -(mean[0] * a + mean[1] * b), 1e-5);
}

// With more dimensions than directions looked at, nothing is lost while the images span fewer.
TEST(Calibrated, GivesTheSameDistancesInASpaceOfManyDimensions) {
  const auto data = scatter_along_y();
  constexpr std::size_t kWide = Population::kMaxDirections + 100;
  Head wide{.d = 2, .m = kWide, .weight = std::vector<float>(2 * kWide), .bias = {}};
  wide.bias.resize(kWide);
  for (std::size_t j = 0; j < kWide; ++j) {  // two orthonormal rows
    const double half = 1 / std::sqrt(kWide / 2.0);
    wide.weight[(j % 2) * kWide + j] = static_cast<float>(half);
  }
  // N(S) = S m / trace(S): in kWide dimensions the same S is kWide / 2 times larger beside the
  // sphere, so the sphere is given as much more.
  const Shrinkage few{0.1, 0.1};
  const double scale = kWide / 2.0;
  const double sum = 0.2 / scale + 0.8;
  const Shrinkage many{0.1 / scale / sum, 0.1 / scale / sum};
  const auto narrow = fit_calibrated(data.features, data.identities, identity_layer(2), few);
  const auto broad = fit_calibrated(data.features, data.identities, wide, many);
  ASSERT_TRUE(broad.ok()) << broad.error().message();
  const auto a = embed(narrow.value(), data.features);
  const auto b = embed(broad.value(), data.features);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_NEAR(distance(a, 2, i, i + 7), distance(b, kWide, i, i + 7), 2e-4) << i;
  }
}

TEST(Calibrated, SaysWhatIsMissing) {
  const Head layer = identity_layer(2);
  const auto alone =
      fit_calibrated(std::vector<float>{1, 2, 3, 4}, std::vector<std::uint32_t>{0, 1}, layer, {});
  ASSERT_FALSE(alone.ok());
  EXPECT_NE(alone.error().message().find("nobody has two images"), std::string::npos);
  const auto equal = fit_calibrated(std::vector<float>{1, 2, 1, 2, 5, 5},
                                    std::vector<std::uint32_t>{0, 0, 1}, layer, {});
  ASSERT_FALSE(equal.ok());
  EXPECT_NE(equal.error().message().find("all images of each person are equal"), std::string::npos);
  EXPECT_FALSE(fit_centred(std::vector<float>{1, 2}, layer).ok());
}

}  // namespace
}  // namespace kface
