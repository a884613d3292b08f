// Frames with a face that is only texture: what is beside it is what matters.
#pragma once

#include <cstdint>

#include "gate/liveness/face_sample.h"

namespace kface {

inline constexpr int kPaintedWidth = 640;
inline constexpr int kPaintedHeight = 480;

// Random grey blocks of 8 pixels, the same for the same place and seed.
inline std::uint8_t painted_texture(int x, int y, std::uint32_t seed) {
  std::uint32_t h = seed + static_cast<std::uint32_t>((x + 4096) / 8) * 73856093U +
                    static_cast<std::uint32_t>((y + 4096) / 8) * 19349663U;
  h = (h ^ (h >> 15U)) * 2246822519U;
  h = (h ^ (h >> 13U)) * 3266489917U;
  return static_cast<std::uint8_t>(40 + (h >> 16U) % 160);
}

// A wall, and before it a piece of `reach` box widths either side of the face's centre that moves
// with the face: 0.7 is a head with its hair, 2 a photo in a hand.
inline Image painted_frame(const FaceSample& sample, double reach) {
  Image frame{kPaintedWidth, kPaintedHeight, {}};
  frame.pixels.resize(frame.offset(0, kPaintedHeight));
  const int centre_x = sample.box.x + sample.box.width / 2;
  const int centre_y = sample.box.y + sample.box.height / 2;
  const double half = reach * sample.box.width;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const int dx = x - centre_x;
      const int dy = y - centre_y;
      const bool piece = dx > -half && dx < half && dy > -half && dy < half;
      const std::uint8_t level = piece ? painted_texture(dx, dy, 2) : painted_texture(x, y, 1);
      for (std::size_t c = 0; c < 3; ++c) {
        frame.pixels[frame.offset(x, y) + c] = level;
      }
    }
  }
  return frame;
}

}  // namespace kface
