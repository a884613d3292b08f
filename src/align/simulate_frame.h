// Coordinates on a face: origin between the eyes, one unit = the distance of the eyes' centres,
// x to the viewer's right, y down the face. An average frontal face has the base of its nose at
// y = 0.72, the chin at 1.75, the hair line at -0.8 and the ears at x = -1.15 and 1.15.
#pragma once

#include <opencv2/core/types.hpp>

#include "kface/image.h"

namespace kface {

class FaceFrame {
 public:
  explicit FaceFrame(const Landmarks5& landmarks);

  // Pixels of the photo from face units, and back.
  cv::Point2d to_photo(cv::Point2d face) const {
    return origin_ + face.x * right_ + face.y * down_;
  }
  cv::Point2d to_face(cv::Point2d photo) const {
    const cv::Point2d offset = photo - origin_;
    return {offset.dot(right_) / (unit_px_ * unit_px_), offset.dot(down_) / (unit_px_ * unit_px_)};
  }

  double unit_px() const { return unit_px_; }

  // -0.6 .. 0.6: how far the face is turned to the viewer's right, about the sine of the angle.
  double turn() const { return turn_; }

  // About 1: length of the face from the eyes to the base of the nose, relative to the average.
  double length() const { return length_; }

 private:
  cv::Point2d origin_;
  cv::Point2d right_;  // of length unit_px
  cv::Point2d down_;
  double unit_px_ = 1;
  double turn_ = 0;
  double length_ = 1;
};

}  // namespace kface
