#include "align/simulate_frame.h"

#include <algorithm>
#include <cmath>

#include "kface/status.h"

namespace kface {
namespace {

constexpr double kNoseLength = 0.72;     // from the eyes to the base of the nose, average face
constexpr double kNoseProjection = 0.6;  // how far its tip is before the eyes
constexpr double kLargestCoordinate = 1e5;
constexpr double kSmallestUnitPx = 4;

cv::Point2d middle(const Point& a, const Point& b) {
  return {(static_cast<double>(a.x) + b.x) / 2, (static_cast<double>(a.y) + b.y) / 2};
}

}  // namespace

FaceFrame::FaceFrame(const Landmarks5& landmarks) {
  for (const Point& point : landmarks) {
    KF_REQUIRE(std::abs(point.x) <= kLargestCoordinate && std::abs(point.y) <= kLargestCoordinate,
               point.x, point.y);
  }
  const cv::Point2d right_eye = middle(landmarks[0], landmarks[1]);
  const cv::Point2d left_eye = middle(landmarks[2], landmarks[3]);
  right_ = right_eye - left_eye;
  unit_px_ = std::hypot(right_.x, right_.y);
  KF_REQUIRE(unit_px_ >= kSmallestUnitPx, unit_px_);
  origin_ = 0.5 * (right_eye + left_eye);
  down_ = {-right_.y, right_.x};
  const cv::Point2d nose = to_face({landmarks[4].x, landmarks[4].y});
  turn_ = std::clamp(nose.x / kNoseProjection, -0.6, 0.6);
  length_ = std::clamp(nose.y / kNoseLength, 0.8, 1.25);
}

}  // namespace kface
