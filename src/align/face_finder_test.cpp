#include "align/face_finder.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kface {
namespace {

constexpr int kChip = 150;
constexpr double kPadding = 0.25;

// A face of dlib's proportions, turned in the plane and larger than the chip's.
Landmarks5 turned_face() {
  Landmarks5 face = mean_landmarks(kChip, kPadding);
  for (Point& point : face) {
    const float x = point.x * 1.7F;
    const float y = point.y * 1.7F;
    point = {std::round(0.94F * x - 0.34F * y + 160), std::round(0.34F * x + 0.94F * y + 60)};
  }
  return face;
}

// Centre of what is bright.
Point brightest(const Image& image) {
  double sum = 0;
  double x_sum = 0;
  double y_sum = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double level = image.pixels[image.offset(x, y)];
      sum += level;
      x_sum += level * x;
      y_sum += level * y;
    }
  }
  return {static_cast<float>(x_sum / sum), static_cast<float>(y_sum / sum)};
}

TEST(LandmarksOnChip, AreWhereTheChipShowsThem) {
  const Landmarks5 face = turned_face();
  const Landmarks5 on_chip = FaceFinder::landmarks_on_chip(face, kChip, kPadding);
  for (std::size_t i = 0; i < face.size(); ++i) {
    Image photo{500, 500, {}};
    photo.pixels.assign(photo.offset(0, photo.height), 0);
    for (int y = -3; y <= 3; ++y) {
      for (int x = -3; x <= 3; ++x) {
        const auto at =
            photo.offset(static_cast<int>(face[i].x) + x, static_cast<int>(face[i].y) + y);
        photo.pixels[at] = 255;
      }
    }
    const Point seen = brightest(FaceFinder::cut_chip(photo, face, kChip, kPadding));
    EXPECT_NEAR(on_chip[i].x, seen.x, 0.6) << "landmark " << i;
    EXPECT_NEAR(on_chip[i].y, seen.y, 0.6) << "landmark " << i;
  }
}

TEST(LandmarksOnChip, OfAFaceOfMeanProportionsAreThoseOfTheMeanFace) {
  const Landmarks5 on_chip = FaceFinder::landmarks_on_chip(turned_face(), kChip, kPadding);
  const Landmarks5 mean = mean_landmarks(kChip, kPadding);
  for (std::size_t i = 0; i < mean.size(); ++i) {
    EXPECT_NEAR(on_chip[i].x, mean[i].x, 1) << "landmark " << i;
    EXPECT_NEAR(on_chip[i].y, mean[i].y, 1) << "landmark " << i;
  }
}

}  // namespace
}  // namespace kface
