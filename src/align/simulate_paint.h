// Shapes in face units, painted onto a photo with smooth edges.
#pragma once

#include <functional>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "align/simulate_frame.h"

namespace kface {

using Contour = std::vector<cv::Point2d>;  // closed, in face units

// A closed curve through all points (Catmull-Rom).
Contour smooth_contour(const Contour& points);

// The other half of a symmetric contour is added: points from top to bottom at the viewer's right,
// then their mirror images from bottom to top.
Contour mirrored_contour(const Contour& right_half);

// |x / half_width|^exponent + |y / half_height|^exponent = 1. Exponent 2 is an ellipse, larger is
// nearer to a rectangle; the bottom is narrower than the top by the fraction `taper`.
struct RoundedBox {
  cv::Point2d center;
  double half_width = 1;
  double half_height = 1;
  double exponent = 2;
  double taper = 0;
};
Contour rounded_contour(const RoundedBox& box);

// A straight bar with square ends.
Contour bar_contour(cv::Point2d from, cv::Point2d to, double thickness);

// What a shape looks like at a point of the face: colour 0..255 RGB, and how much of it (0..1).
struct Paint {
  cv::Vec3f color;
  float opacity = 1;
};
using PaintAt = std::function<Paint(cv::Point2d face)>;

// Paints the inside of the contours (even-odd: a contour in a contour is a hole). `softness` is the
// sigma, in face units, that the edge is blurred with. What lies outside the photo is left out.
void paint_shape(cv::Mat3b& photo, const FaceFrame& frame, const std::vector<Contour>& contours,
                 double softness, const PaintAt& paint);

// Darkens the inside of the contours by the given fraction: a shadow on the skin.
void paint_shadow(cv::Mat3b& photo, const FaceFrame& frame, const std::vector<Contour>& contours,
                  double softness, double darkness);

}  // namespace kface
