#include "gate/liveness/parallax.h"

#include <cmath>
#include <opencv2/core.hpp>

#include "gate/liveness/generic_face.h"
#include "gate/liveness/head_pose.h"

namespace kface {
namespace {

constexpr double kMinEyeDistance = 10;    // pixels
constexpr double kModelEyeDistance = 90;  // millimetres, generic_face
constexpr int kUnknowns = 10;
constexpr int kNumEquations = 2 * static_cast<int>(kRigidLandmarks.size());

struct Moved {
  double x = 0;
  double y = 0;
};

// In units of `unit` from the middle of the outer eye corners of `origin`.
Moved normalised(const Point& point, const Landmarks68& origin, double unit) {
  const double middle_x = (double{origin[36].x} + double{origin[45].x}) / 2;
  const double middle_y = (double{origin[36].y} + double{origin[45].y}) / 2;
  return {(double{point.x} - middle_x) / unit, (double{point.y} - middle_y) / unit};
}

// Unknowns: A row by row (0-3), t (4, 5), g (6, 7), e (8, 9).
void write_equations(cv::Mat& left, cv::Mat& right, int row, const Moved& p, const Moved& q,
                     double z) {
  for (int axis = 0; axis < 2; ++axis) {
    double* coefficient = left.ptr<double>(row + axis);
    const double target = axis == 0 ? q.x : q.y;
    coefficient[2 * axis] = p.x;
    coefficient[2 * axis + 1] = p.y;
    coefficient[4 + axis] = 1;
    coefficient[6] = -target * p.x;
    coefficient[7] = -target * p.y;
    coefficient[8 + axis] = z;
    right.at<double>(row + axis) = target;
  }
}

}  // namespace

std::optional<Parallax> fit_parallax(const Landmarks68& reference, const Landmarks68& now) {
  const double unit = eye_distance_px(reference);
  if (!(unit >= kMinEyeDistance) || !(eye_distance_px(now) >= kMinEyeDistance)) {
    return std::nullopt;
  }
  cv::Mat left = cv::Mat::zeros(kNumEquations, kUnknowns, CV_64F);
  cv::Mat right = cv::Mat::zeros(kNumEquations, 1, CV_64F);
  int row = 0;
  for (const std::size_t at : kRigidLandmarks) {
    const Moved p = normalised(reference[at], reference, unit);
    const Moved q = normalised(now[at], now, unit);
    if (!std::isfinite(p.x + p.y + q.x + q.y)) {
      return std::nullopt;
    }
    write_equations(left, right, row, p, q, generic_face()[at].z / kModelEyeDistance);
    row += 2;
  }
  cv::Mat solution;
  if (!cv::solve(left, right, solution, cv::DECOMP_SVD)) {
    return std::nullopt;
  }
  const auto value = [&solution](int i) { return solution.at<double>(i); };
  if (!(value(0) * value(3) - value(1) * value(2) > 0)) {
    return std::nullopt;  // no view of a face mirrors or flattens it
  }
  cv::Mat singular;
  cv::SVD::compute(cv::Mat_<double>({2, 2}, {value(0), value(1), value(2), value(3)}), singular);
  const double scale = singular.at<double>(0);
  const double squares = cv::norm(left * solution - right, cv::NORM_L2SQR);
  const cv::Mat covariance = (left.t() * left).inv(cv::DECOMP_SVD);
  const double variance = squares / (kNumEquations - kUnknowns);
  Parallax parallax;
  parallax.turn = std::hypot(value(8), value(9)) / scale;
  parallax.turn_error = std::sqrt(variance * covariance.at<double>(8, 8)) / scale;
  parallax.narrowing = singular.at<double>(1) / scale;
  parallax.residual = std::sqrt(squares / kNumEquations);
  return parallax;
}

}  // namespace kface
