#include "verify/template.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kface/status.h"

namespace kface {
namespace {

constexpr double kFullFaceSizePx = 100;
constexpr double kHalfSharpness = 20;
constexpr double kLightMargin = 60;  // grey levels
constexpr double kWhite = 255;
constexpr double kLowest = 0.05;

// `factor` in [kLowest, 1]; NaN is the worst.
double bounded(double factor) {
  return std::isnan(factor) ? kLowest : std::clamp(factor, kLowest, 1.0);
}

}  // namespace

double template_weight(const Quality& quality) {
  const double sharpness = std::max(0.0, static_cast<double>(quality.sharpness));
  const double yaw = static_cast<double>(quality.yaw_degrees) * std::numbers::pi / 180;
  const double brightness = quality.brightness;
  const double facing = std::abs(quality.yaw_degrees) < 90 ? std::cos(yaw) : 0;
  return bounded(quality.face_size_px / kFullFaceSizePx) *
         bounded(std::isfinite(sharpness) ? sharpness / (sharpness + kHalfSharpness) : 0) *
         bounded(facing * facing) *
         bounded(std::min(brightness, kWhite - brightness) / kLightMargin);
}

std::vector<double> pool_weights(PoolWeighting weighting, std::span<const Quality> qualities) {
  std::vector<double> weights(qualities.size(), 1.0);
  if (weighting == PoolWeighting::kQuality) {
    std::transform(qualities.begin(), qualities.end(), weights.begin(), template_weight);
  }
  return weights;
}

std::vector<float> pool_embeddings(const Head& head, std::span<const float> embeddings,
                                   std::span<const double> weights) {
  KF_REQUIRE(!weights.empty() && embeddings.size() == weights.size() * head.m, embeddings.size(),
             weights.size(), head.m);
  std::vector<double> sums(head.m);
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    KF_REQUIRE(std::isfinite(weights[i]) && weights[i] > 0, i, weights[i]);
    total += weights[i];
    for (std::size_t j = 0; j < head.m; ++j) {
      sums[j] += weights[i] * static_cast<double>(embeddings[i * head.m + j]);
    }
  }
  std::vector<float> pooled(head.m);
  std::transform(sums.begin(), sums.end(), pooled.begin(),
                 [&](double sum) { return static_cast<float>(sum / total); });
  if (head.l2_normalize) {
    l2_normalize_rows(pooled, head.m);
  }
  return pooled;
}

}  // namespace kface
