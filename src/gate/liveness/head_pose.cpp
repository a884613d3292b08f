#include "gate/liveness/head_pose.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>

#include "gate/liveness/generic_face.h"

namespace kface {
namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
constexpr std::size_t kLeftEye = 36;   // first landmark of the eye
constexpr std::size_t kRightEye = 42;  // the same
constexpr std::size_t kLeftCorner = 36;
constexpr std::size_t kRightCorner = 45;

double distance(const Point& a, const Point& b) {
  return std::hypot(double{a.x} - double{b.x}, double{a.y} - double{b.y});
}

double aspect_ratio(const Landmarks68& p, std::size_t first) {
  const double width = distance(p[first], p[first + 3]);
  const double heights =
      distance(p[first + 1], p[first + 5]) + distance(p[first + 2], p[first + 4]);
  const double ratio = heights / (2 * width);
  return width > 0 && std::isfinite(ratio) ? ratio : 0;
}

double clamped_asin_degrees(double sine) {
  return std::asin(std::clamp(sine, -1.0, 1.0)) * kDegrees;
}

}  // namespace

std::optional<HeadPose> head_pose(const Landmarks68& landmarks) {
  const double dx = double{landmarks[kRightCorner].x} - double{landmarks[kLeftCorner].x};
  const double dy = double{landmarks[kRightCorner].y} - double{landmarks[kLeftCorner].y};
  const double roll = std::atan2(dy, dx);
  if (!(std::hypot(dx, dy) > 0) || !std::isfinite(roll)) {
    return std::nullopt;
  }
  const int rows = static_cast<int>(kRigidLandmarks.size());
  cv::Mat model(rows, 4, CV_64F);
  cv::Mat seen(rows, 2, CV_64F);
  for (int i = 0; i < rows; ++i) {
    const std::size_t at = kRigidLandmarks[static_cast<std::size_t>(i)];
    const Point3& m = generic_face()[at];
    const double x = double{landmarks[at].x} - double{landmarks[kLeftCorner].x};
    const double y = double{landmarks[at].y} - double{landmarks[kLeftCorner].y};
    if (!std::isfinite(x) || !std::isfinite(y)) {
      return std::nullopt;
    }
    model.at<double>(i, 0) = m.x;
    model.at<double>(i, 1) = m.y;
    model.at<double>(i, 2) = m.z;
    model.at<double>(i, 3) = 1;
    seen.at<double>(i, 0) = x * std::cos(roll) + y * std::sin(roll);
    seen.at<double>(i, 1) = y * std::cos(roll) - x * std::sin(roll);
  }
  cv::Mat solution;  // [4, 2]: P transposed, then t
  cv::solve(model, seen, solution, cv::DECOMP_QR);
  const auto p = [&solution](int row, int column) { return solution.at<double>(column, row); };
  cv::Mat singular;
  cv::SVD::compute(cv::Mat_<double>({2, 2}, {p(0, 0), p(0, 1), p(1, 0), p(1, 1)}), singular);
  HeadPose pose;
  pose.scale = singular.at<double>(0);
  if (!(pose.scale > 0)) {
    return std::nullopt;
  }
  pose.roll_degrees = roll * kDegrees;
  pose.yaw_degrees = clamped_asin_degrees(p(0, 2) / pose.scale);
  pose.pitch_degrees = clamped_asin_degrees(-p(1, 2) / pose.scale);
  return pose;
}

double eye_openness(const Landmarks68& landmarks) {
  const double left = aspect_ratio(landmarks, kLeftEye);
  const double right = aspect_ratio(landmarks, kRightEye);
  return left > 0 && right > 0 ? (left + right) / 2 : 0;
}

double eye_distance_px(const Landmarks68& landmarks) {
  return distance(landmarks[kLeftCorner], landmarks[kRightCorner]);
}

}  // namespace kface
