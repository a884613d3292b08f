#include "eval/distances.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kface::eval {

Bins::Bins(float lowest, float highest, std::size_t bins)
    : low_(lowest), width_(static_cast<double>(highest) - lowest), count_(bins) {
  KF_REQUIRE(bins >= 1, bins);
  KF_REQUIRE(lowest <= highest, lowest, highest);
  if (width_ == 0) {
    low_ -= 0.5;
    width_ = 1;
    count_ = 1;
  }
}

double Bins::edge(std::size_t k) const {
  return low_ + width_ * (static_cast<double>(k) / static_cast<double>(count_));
}

std::size_t Bins::index(float distance) const {
  const double position = (distance - low_) / width_ * static_cast<double>(count_);
  return std::min(count_ - 1, static_cast<std::size_t>(std::max(position, 0.0)));
}

double shared_area(std::span<const double> same, std::span<const double> different) {
  const double num_same = std::accumulate(same.begin(), same.end(), 0.0);
  const double num_different = std::accumulate(different.begin(), different.end(), 0.0);
  double area = 0;
  for (std::size_t k = 0; k < same.size(); ++k) {
    area += std::min(same[k] / num_same, different[k] / num_different);
  }
  return std::min(area, 1.0);  // rounding of the shares may exceed 1 by an ulp
}

bool too_few_to_say(double rate, std::size_t num_trials) {
  constexpr double kRuleOfThree = 3.0;
  const double expected = rate * static_cast<double>(num_trials);
  return expected < kRuleOfThree * (1 - 1e-12);  // 300 trials are enough for 0.01, inexact as it is
}

float middle(float a, float b) {
  const auto candidate = static_cast<float>(a + (static_cast<double>(b) - a) / 2);
  return candidate < b ? candidate : a;
}

double cross_entropy(const PairScore& score, float distance, bool same) {
  const double logit = score.weight * distance + score.bias;
  // Never exp of a large number: log(1 + e^-|x|) + max(x, 0) - x y.
  return std::log1p(std::exp(-std::fabs(logit))) + std::max(logit, 0.0) - (same ? logit : 0.0);
}

}  // namespace kface::eval
