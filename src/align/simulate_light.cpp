#include "align/simulate_light.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace kface {
namespace {

// The surface is computed on a coarse grid in face units and stretched over the photo: light
// changes slowly, and the cost does not depend on the photo.
constexpr int kCells = 20;  // a face unit
constexpr double kLeft = -3;
constexpr double kTop = -3;
constexpr int kWidth = 6 * kCells;
constexpr int kHeight = 7 * kCells;

constexpr double kAmbient = 0.10;    // light that comes from everywhere
constexpr double kWrap = 0.12;       // a large lamp also reaches what is turned a little away
constexpr double kSideBoost = 0.55;  // lux are measured towards the lamp, not the camera
constexpr double kWallLight = 0.40;  // what a wall far behind always gets
constexpr double kBrightest = 1.6;   // no gain beyond this: skin also reflects sideways
constexpr double kSoftness = 0.08;   // sigma of the light's edges in face units
constexpr double kShadowReach = 2;   // longest cast shadow that is looked for, in face units
constexpr int kShadowSteps = 24;

struct Bump {
  double x, y, sigma_x, sigma_y, height;
};

// The head is a smooth hill rather than a body with an outline: no real outline fits a model's,
// and light that stops beside it looks like a halo.
constexpr Bump kHead = {0, 0.30, 0.92, 1.25, 1.75};

constexpr std::array<Bump, 11> kFeatures = {{
    {0.00, 0.50, 0.13, 0.20, 0.26},    // tip of the nose
    {0.00, 0.15, 0.10, 0.25, 0.14},    // its bridge
    {-0.50, 0.02, 0.24, 0.15, -0.12},  // eye sockets
    {0.50, 0.02, 0.24, 0.15, -0.12},
    {0.00, -0.33, 0.60, 0.12, 0.05},  // brow
    {-0.62, 0.45, 0.25, 0.22, 0.06},  // cheeks
    {0.62, 0.45, 0.25, 0.22, 0.06},
    {0.00, 1.10, 0.26, 0.10, 0.07},  // lips
    {0.00, 1.32, 0.25, 0.06, -0.05},
    {0.00, 1.58, 0.22, 0.14, 0.07},   // chin
    {0.00, -0.70, 0.60, 0.30, 0.03},  // forehead
}};

double height_of(const Bump& bump, double x, double y) {
  const double dx = (x - bump.x) / bump.sigma_x;
  const double dy = (y - bump.y) / bump.sigma_y;
  return bump.height * std::exp(-0.5 * (dx * dx + dy * dy));
}

// Depth of the surface towards the camera.
double surface(double x, double y, const FaceFrame& frame) {
  const double along = y / frame.length();
  const double front = x - 0.4 * frame.turn();  // of a turned head the front moves one way,
  double depth = height_of(kHead, x + 0.3 * frame.turn(), along);  // the middle the other
  for (const Bump& bump : kFeatures) {
    depth += height_of(bump, front, along);
  }
  return depth;
}

cv::Mat1f surface_grid(const FaceFrame& frame) {
  cv::Mat1f depth(kHeight, kWidth);
  for (int row = 0; row < kHeight; ++row) {
    for (int column = 0; column < kWidth; ++column) {
      depth(row, column) = static_cast<float>(
          surface(kLeft + (column + 0.5) / kCells, kTop + (row + 0.5) / kCells, frame));
    }
  }
  cv::GaussianBlur(depth, depth, cv::Size(), 1.5);
  return depth;
}

// 1: the lamp is seen from here, 0: something is before it.
float lamp_seen(const cv::Mat1f& depth, int row, int column, const cv::Vec3d& lamp) {
  constexpr double kGrazing = 0.03;  // a cell does not shadow itself
  constexpr double kPenumbra = 0.2;
  double covered = 0;
  for (int step = 1; step <= kShadowSteps; ++step) {
    const double distance = kShadowReach * step / kShadowSteps;
    const int x = column + static_cast<int>(std::lround(lamp[0] * distance * kCells));
    const int y = row + static_cast<int>(std::lround(lamp[1] * distance * kCells));
    if (x < 0 || y < 0 || x >= kWidth || y >= kHeight) {
      break;
    }
    const double ray = depth(row, column) + lamp[2] * distance + kGrazing;
    covered = std::max(covered, (static_cast<double>(depth(y, x)) - ray) / kPenumbra);
  }
  return static_cast<float>(1 - std::clamp(covered, 0.0, 1.0));
}

cv::Mat1f gain_grid(const FaceFrame& frame, const cv::Vec3d& lamp) {
  const cv::Mat1f depth = surface_grid(frame);
  const double boost = 1 + kSideBoost * (1 - lamp[2] * lamp[2]);
  cv::Mat1f gain(kHeight, kWidth, 1.0F);
  for (int row = 1; row + 1 < kHeight; ++row) {
    for (int column = 1; column + 1 < kWidth; ++column) {
      const double slope_x = (depth(row, column + 1) - depth(row, column - 1)) * kCells / 2.0;
      const double slope_y = (depth(row + 1, column) - depth(row - 1, column)) * kCells / 2.0;
      const cv::Vec3d normal = cv::normalize(cv::Vec3d(-slope_x, -slope_y, 1));
      const double facing = std::max(0.0, (normal.dot(lamp) + kWrap) / (1 + kWrap));
      const double lit_face = boost * facing * lamp_seen(depth, row, column, lamp);
      // Where the head ends, so does its shading.
      const double head = std::clamp((depth(row, column) / kHead.height - 0.35) / 0.25, 0.0, 1.0);
      const double lit = head * lit_face + (1 - head) * std::max(kWallLight, lamp[2]);
      const double normal_z = head * normal[2] + (1 - head);
      // The photo shows this surface under a lamp at the camera already: only the change counts.
      const double before = kAmbient + (1 - kAmbient) * (normal_z + kWrap) / (1 + kWrap);
      const double after = kAmbient + (1 - kAmbient) * lit;
      gain(row, column) = static_cast<float>(std::min(after / before, kBrightest));
    }
  }
  cv::GaussianBlur(gain, gain, cv::Size(), kSoftness * kCells);
  return gain;
}

}  // namespace

cv::Mat1f relighting_gain(const FaceFrame& frame, cv::Size size, double azimuth_degrees,
                          double elevation_degrees) {
  constexpr double kRadians = std::numbers::pi / 180;
  const double azimuth = azimuth_degrees * kRadians;
  const double elevation = elevation_degrees * kRadians;
  const cv::Vec3d lamp(std::sin(azimuth) * std::cos(elevation), -std::sin(elevation),
                       std::cos(azimuth) * std::cos(elevation));
  const cv::Mat1f grid = gain_grid(frame, lamp);

  // Grid cells from pixels of the photo; beyond the grid its edge goes on.
  const cv::Point2d origin = frame.to_face({0, 0});
  const cv::Point2d across = frame.to_face({1, 0}) - origin;
  const cv::Point2d along = frame.to_face({0, 1}) - origin;
  const cv::Matx23d to_grid(across.x * kCells, along.x * kCells, (origin.x - kLeft) * kCells - 0.5,
                            across.y * kCells, along.y * kCells, (origin.y - kTop) * kCells - 0.5);
  cv::Mat1f gain;
  cv::warpAffine(grid, gain, to_grid, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  return gain;
}

}  // namespace kface
