// A decoded picture in memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kface {

// 8-bit RGB picture. pixels[(y * width + x) * 3 + c], c = 0 red, 1 green, 2 blue; rows top to
// bottom, no padding. A grey photograph has three equal channels.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // [height, width, 3]

  bool empty() const { return pixels.empty(); }
  std::size_t offset(int x, int y) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(x)) *
           3;
  }
};

// In pixels of the source image, y down.
struct Point {
  float x = 0;
  float y = 0;
};

// Rectangle in pixels of the source image; may reach beyond its edges.
struct Box {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

// Order of the five landmarks, everywhere: as dlib's 5-point predictor gives them.
// "Right" and "left" are the viewer's: kEyeRightOuter has the largest x in an upright face.
//   0, 1: outer and inner corner of the eye at the viewer's right
//   2, 3: outer and inner corner of the eye at the viewer's left
//   4:    base of the nose
using Landmarks5 = std::array<Point, 5>;

// What a gate should know about a photo before it believes a distance.
struct Quality {
  float face_size_px = 0;  // side of the face box, in pixels of the source image
  float sharpness = 0;     // variance of the Laplacian of the grey chip; larger = sharper
  float brightness = 0;    // mean grey level of the chip, 0..255
  float yaw_degrees = 0;   // from the landmarks; 0 = frontal, + = towards the viewer's right
  float roll_degrees = 0;  // in-plane rotation, + = clockwise
};

}  // namespace kface
