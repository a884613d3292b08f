#include "nn/calibrate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kface {
namespace {

constexpr double kWithin = 0.9999;

}  // namespace

std::string limit_rule_name(LimitRule rule) {
  return rule == LimitRule::kPercentile ? "percentile" : "squares";
}

void ValueStatistics::Histogram::add(std::span<const float> values) {
  float most = 0;
  for (const float value : values) {
    most = std::max(most, std::fabs(value));
    negative = negative || value < 0;
  }
  if (counts.empty()) {
    counts.resize(kBins);
    width = 0;
  }
  if (width == 0) {
    width = most / static_cast<float>(kBins) * 1.0001F;  // the largest lies in the last bin
  }
  while (most >= width * static_cast<float>(kBins) && width > 0) {
    for (std::size_t i = 0; i < kBins; ++i) {
      counts[i] = i < kBins / 2 ? counts[2 * i] + counts[2 * i + 1] : 0;
    }
    width *= 2;
  }
  const float scale = width > 0 ? 1 / width : 0;
  for (const float value : values) {
    const auto bin = static_cast<std::size_t>(std::fabs(value) * scale);
    ++counts[std::min(bin, kBins - 1)];
  }
}

void ValueStatistics::observe(Engine& engine, std::span<const float> input) {
  KF_REQUIRE(input.size() == engine.input().size(), input.size(), engine.input().size());
  std::copy(input.begin(), input.end(), engine.input().begin());
  engine.run();
  engine.visit_values([this](const std::string& name, std::span<const float> values) {
    histograms_[name].add(values);
  });
}

float ValueStatistics::percentile_limit(const Histogram& histogram) {
  const double total = std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0);
  double within = 0;
  for (std::size_t i = 0; i < Histogram::kBins; ++i) {
    within += static_cast<double>(histogram.counts[i]);
    if (within >= kWithin * total) {
      return static_cast<float>(i + 1) * histogram.width;
    }
  }
  return static_cast<float>(Histogram::kBins) * histogram.width;
}

float ValueStatistics::squares_limit(const Histogram& histogram) {
  constexpr std::size_t kStep = 32;  // limits tried: multiples of this many bins
  // Rounding to steps of s errs by s^2 / 12 on average, saturating by the distance to the limit.
  const double steps = histogram.negative ? 127 : 255;
  double least = std::numeric_limits<double>::infinity();
  std::size_t best = Histogram::kBins;
  for (std::size_t limit = kStep; limit <= Histogram::kBins; limit += kStep) {
    const double step = static_cast<double>(limit) / steps;
    double error = 0;
    for (std::size_t i = 0; i < Histogram::kBins; ++i) {
      const double centre = static_cast<double>(i) + 0.5;
      const double beyond = std::max(0.0, centre - static_cast<double>(limit));
      const double each = beyond > 0 ? beyond * beyond : step * step / 12;
      error += each * static_cast<double>(histogram.counts[i]);
    }
    // Zero is kept exactly, however wide the steps are; it costs nothing.
    error -= step * step / 12 * static_cast<double>(histogram.counts[0]);
    if (error < least) {
      least = error;
      best = limit;
    }
  }
  return static_cast<float>(best) * histogram.width;
}

Result<Calibration> ValueStatistics::limits(LimitRule rule) const {
  if (histograms_.empty()) {
    return Status{ErrorCode::kInvalidArgument, "calibration: no image was observed"};
  }
  Calibration calibration;
  for (const auto& [name, histogram] : histograms_) {
    const float limit =
        rule == LimitRule::kPercentile ? percentile_limit(histogram) : squares_limit(histogram);
    if (!std::isfinite(limit) || limit <= 0) {
      return Status{ErrorCode::kInvalidArgument, "calibration: the values of '" + name +
                                                     "' are 0 on every image; these are not "
                                                     "faces, or not this network's weights"};
    }
    calibration.limits[name] = limit;
  }
  return calibration;
}

}  // namespace kface
