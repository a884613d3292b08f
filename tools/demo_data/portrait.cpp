#include "portrait.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "align/simulate_frame.h"

namespace kface {
namespace {

constexpr double kEyeDistancePx = 70;
constexpr double kEyesX = kPortraitWidth / 2.0;
constexpr double kEyesY = 196;

// The oval that is taken from the photo, in face units.
constexpr double kOvalCenterY = 0.40;
constexpr double kOvalHalfWidth = 1.70;
constexpr double kOvalHalfHeight = 2.15;
constexpr double kFadeFrom = 0.78;  // fraction of the way to its edge
constexpr double kFadeTo = 1.10;

constexpr double kBeyondFadePx = 34;  // the photo's edge fades over this
constexpr double kBeyondBlurPx = 3;

float smooth_step(double from, double to, double value) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return static_cast<float>(t * t * (3 - 2 * t));
}

struct Placed {
  cv::Mat3b picture;  // [kPortraitHeight, kPortraitWidth]
  cv::Mat1f beyond;   // how far outside the photo, pixels
};

// The photo scaled and moved; mirrored beyond its edge, so that there is something to fade from.
Placed place(const cv::Mat& photo, double scale, cv::Point2d shift) {
  cv::Mat scaled;
  cv::resize(photo, scaled, cv::Size(), scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  const cv::Matx23d move(1, 0, shift.x, 0, 1, shift.y);
  const cv::Size size(kPortraitWidth, kPortraitHeight);
  Placed placed;
  cv::Mat1b outside;
  cv::warpAffine(scaled, placed.picture, move, size, cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
  cv::warpAffine(cv::Mat1b(scaled.size(), std::uint8_t{0}), outside, move, size, cv::INTER_NEAREST,
                 cv::BORDER_CONSTANT, cv::Scalar(255));
  cv::distanceTransform(outside, placed.beyond, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  cv::Mat3b soft;
  cv::GaussianBlur(placed.picture, soft, cv::Size(), kBeyondBlurPx);
  soft.copyTo(placed.picture, outside);
  return placed;
}

// A grey wall, a little darker at the bottom and towards the corners.
cv::Vec3f backdrop(double x, double y) {
  const double down = y / kPortraitHeight;
  const double aside = (x - kEyesX) / kPortraitWidth;
  const double level = 186 - 30 * down - 40 * aside * aside;
  return {static_cast<float>(level * 0.97), static_cast<float>(level),
          static_cast<float>(level * 1.02)};
}

}  // namespace

Portrait studio_portrait(const Image& photo, const Landmarks5& landmarks) {
  const FaceFrame frame(landmarks);
  const double scale = kEyeDistancePx / frame.unit_px();
  const cv::Point2d eyes = frame.to_photo({0, 0});
  const cv::Point2d shift(kEyesX - eyes.x * scale, kEyesY - eyes.y * scale);
  const cv::Mat source(photo.height, photo.width, CV_8UC3,
                       const_cast<std::uint8_t*>(photo.pixels.data()));
  const Placed placed = place(source, scale, shift);

  Portrait portrait;
  portrait.image.width = kPortraitWidth;
  portrait.image.height = kPortraitHeight;
  portrait.image.pixels.resize(portrait.image.offset(0, kPortraitHeight));
  for (int y = 0; y < kPortraitHeight; ++y) {
    for (int x = 0; x < kPortraitWidth; ++x) {
      const double across = (x - kEyesX) / kEyeDistancePx / kOvalHalfWidth;
      const double along = ((y - kEyesY) / kEyeDistancePx - kOvalCenterY) / kOvalHalfHeight;
      const float head = (1 - smooth_step(kFadeFrom, kFadeTo, std::hypot(across, along))) *
                         (1 - smooth_step(0, kBeyondFadePx, placed.beyond(y, x)));
      const cv::Vec3f color = cv::Vec3f(placed.picture(y, x)) * head + backdrop(x, y) * (1 - head);
      std::uint8_t* pixel = &portrait.image.pixels[portrait.image.offset(x, y)];
      for (int c = 0; c < 3; ++c) {
        pixel[c] = cv::saturate_cast<std::uint8_t>(color[c]);
      }
    }
  }
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    portrait.landmarks[i] = {static_cast<float>(landmarks[i].x * scale + shift.x),
                             static_cast<float>(landmarks[i].y * scale + shift.y)};
  }
  return portrait;
}

}  // namespace kface
