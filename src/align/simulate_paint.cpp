#include "align/simulate_paint.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace kface {
namespace {

constexpr int kCurveSteps = 8;          // points between two control points
constexpr int kRoundedSteps = 72;       // points of a rounded box
constexpr double kLargestSigmaPx = 64;  // of soft edges; a face that needs more is no photo's
constexpr int kSubpixels = 4;           // edges are smoothed over kSubpixels^2 samples a pixel

cv::Rect area_of(const FaceFrame& frame, const std::vector<Contour>& contours, double margin_px,
                 cv::Size photo) {
  double left = photo.width;
  double top = photo.height;
  double right = 0;
  double bottom = 0;
  for (const Contour& contour : contours) {
    for (const cv::Point2d& point : contour) {
      const cv::Point2d at = frame.to_photo(point);
      left = std::min(left, at.x);
      right = std::max(right, at.x);
      top = std::min(top, at.y);
      bottom = std::max(bottom, at.y);
    }
  }
  const auto clip = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  const cv::Point first(clip(std::floor(left - margin_px), photo.width),
                        clip(std::floor(top - margin_px), photo.height));
  const cv::Point last(clip(std::ceil(right + margin_px) + 1, photo.width),
                       clip(std::ceil(bottom + margin_px) + 1, photo.height));
  return {first.x, first.y, std::max(0, last.x - first.x), std::max(0, last.y - first.y)};
}

// How much of each pixel of the area lies inside, 0..1.
cv::Mat1f coverage_of(const FaceFrame& frame, const std::vector<Contour>& contours, cv::Rect area,
                      double softness) {
  cv::Mat1b fine(area.height * kSubpixels, area.width * kSubpixels, std::uint8_t{0});
  std::vector<std::vector<cv::Point>> polygons;
  for (const Contour& contour : contours) {
    auto& polygon = polygons.emplace_back();
    for (const cv::Point2d& point : contour) {
      const cv::Point2d at = frame.to_photo(point) - cv::Point2d(area.tl());
      polygon.emplace_back(static_cast<int>(std::lround((at.x + 0.5) * kSubpixels)),
                           static_cast<int>(std::lround((at.y + 0.5) * kSubpixels)));
    }
  }
  cv::fillPoly(fine, polygons, cv::Scalar(255));
  cv::Mat1b coarse;
  cv::resize(fine, coarse, area.size(), 0, 0, cv::INTER_AREA);
  cv::Mat1f coverage;
  coarse.convertTo(coverage, CV_32F, 1.0 / 255);
  const double sigma_px = std::min(softness * frame.unit_px(), kLargestSigmaPx);
  if (sigma_px > 0) {
    cv::GaussianBlur(coverage, coverage, cv::Size(), sigma_px, sigma_px, cv::BORDER_REPLICATE);
  }
  return coverage;
}

}  // namespace

Contour smooth_contour(const Contour& points) {
  Contour curve;
  const std::size_t count = points.size();
  for (std::size_t i = 0; i < count; ++i) {
    const cv::Point2d& before = points[(i + count - 1) % count];
    const cv::Point2d& from = points[i];
    const cv::Point2d& to = points[(i + 1) % count];
    const cv::Point2d& after = points[(i + 2) % count];
    for (int step = 0; step < kCurveSteps; ++step) {
      const double t = static_cast<double>(step) / kCurveSteps;
      curve.push_back(0.5 * (2 * from + t * (to - before) +
                             t * t * (2 * before - 5 * from + 4 * to - after) +
                             t * t * t * (3 * from - before - 3 * to + after)));
    }
  }
  return curve;
}

Contour mirrored_contour(const Contour& right_half) {
  Contour contour = right_half;
  for (auto point = right_half.rbegin(); point != right_half.rend(); ++point) {
    if (point->x != 0) {
      contour.emplace_back(-point->x, point->y);
    }
  }
  return contour;
}

Contour rounded_contour(const RoundedBox& box) {
  Contour contour;
  for (int step = 0; step < kRoundedSteps; ++step) {
    const double angle = 2 * std::numbers::pi * step / kRoundedSteps;
    const double x =
        std::copysign(std::pow(std::abs(std::cos(angle)), 2 / box.exponent), std::cos(angle));
    const double y =
        std::copysign(std::pow(std::abs(std::sin(angle)), 2 / box.exponent), std::sin(angle));
    const double narrowing = 1 - box.taper * (y + 1) / 2;
    contour.push_back(box.center +
                      cv::Point2d(x * box.half_width * narrowing, y * box.half_height));
  }
  return contour;
}

Contour bar_contour(cv::Point2d from, cv::Point2d to, double thickness) {
  const cv::Point2d along = to - from;
  const double length = std::max(std::hypot(along.x, along.y), 1e-9);
  const cv::Point2d across = cv::Point2d(-along.y, along.x) * (thickness / 2 / length);
  return {from + across, to + across, to - across, from - across};
}

void paint_shape(cv::Mat3b& photo, const FaceFrame& frame, const std::vector<Contour>& contours,
                 double softness, const PaintAt& paint) {
  const double margin_px = 3 * std::min(softness * frame.unit_px(), kLargestSigmaPx);
  const cv::Rect area = area_of(frame, contours, margin_px, photo.size());
  if (area.empty()) {
    return;
  }
  const cv::Mat1f coverage = coverage_of(frame, contours, area, softness);
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      const float inside = coverage(y, x);
      if (inside <= 0) {
        continue;
      }
      const Paint what = paint(frame.to_face(cv::Point2d(x + area.x, y + area.y)));
      cv::Vec3b& pixel = photo(y + area.y, x + area.x);
      const float share = inside * what.opacity;
      for (int c = 0; c < 3; ++c) {
        pixel[c] = cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel[c]) * (1 - share) +
                                                   what.color[c] * share);
      }
    }
  }
}

void paint_shadow(cv::Mat3b& photo, const FaceFrame& frame, const std::vector<Contour>& contours,
                  double softness, double darkness) {
  Paint shadow{{0, 0, 0}, static_cast<float>(darkness)};
  paint_shape(photo, frame, contours, softness, [&](cv::Point2d) { return shadow; });
}

}  // namespace kface
