#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "kface/metrics.h"

namespace kface {
namespace {

double normal_below(double deviate) { return std::erfc(-deviate / std::numbers::sqrt2) / 2; }

double normal_density(double deviate) {
  return std::exp(-deviate * deviate / 2) / std::sqrt(2 * std::numbers::pi);
}

// How far along the drawn curve a point lies: to the right and downwards, so it never decreases.
double position(const DetPoint& point) {
  return probit(point.false_accept_rate) - probit(point.false_reject_rate);
}

}  // namespace

double probit(double rate) {
  KF_REQUIRE(rate >= 0 && rate <= 1, rate);
  if (rate > 0.5) {
    return -probit(1 - rate);
  }
  if (rate == 0) {
    return -std::numeric_limits<double>::infinity();
  }
  // Newton on the logarithm, which is concave, from below the root: it rises to it without
  // overshooting, and ends when rounding stops it. P(X < -x) <= exp(-x^2 / 2) / 2 gives the start.
  double deviate = -std::sqrt(-2 * std::log(2 * rate));
  while (true) {
    const double below = normal_below(deviate);
    const double step = std::log(rate / below) * below / normal_density(deviate);
    const double next = deviate + step;
    if (!(next > deviate)) {
      return deviate;
    }
    deviate = next;
  }
}

std::vector<DetPoint> det_curve(std::span<const RocPoint> roc, std::size_t max_points) {
  KF_REQUIRE(max_points >= 2, max_points);
  std::vector<DetPoint> curve;
  for (const RocPoint& point : roc) {
    const DetPoint det{point.threshold, point.false_accept_rate, 1 - point.true_accept_rate};
    if (det.false_accept_rate > 0 && det.false_accept_rate < 1 && det.false_reject_rate > 0 &&
        det.false_reject_rate < 1) {
      curve.push_back(det);
    }
  }
  if (curve.size() <= max_points) {
    return curve;
  }
  std::vector<DetPoint> thinned;
  const double begin = position(curve.front());
  const double step = (position(curve.back()) - begin) / static_cast<double>(max_points - 1);
  for (const DetPoint& point : curve) {
    if (position(point) >= begin + step * static_cast<double>(thinned.size())) {
      thinned.push_back(point);
    }
  }
  // Rounding must not lose the end.
  if (thinned.size() < max_points && thinned.back().threshold != curve.back().threshold) {
    thinned.push_back(curve.back());
  }
  return thinned;
}

}  // namespace kface
