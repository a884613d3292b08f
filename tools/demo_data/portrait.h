// A face from any photo, put before a plain backdrop as in a studio.
#pragma once

#include "kface/image.h"

namespace kface {

inline constexpr int kPortraitWidth = 432;  // three quarters of K-FACE's middle and high resolution
inline constexpr int kPortraitHeight = 648;

struct Portrait {
  Image image;  // [kPortraitHeight, kPortraitWidth]
  Landmarks5 landmarks{};
};

// Scales and moves the photo (it is not rotated) until the eyes are where the studio has them.
// What lies beyond the photo's edge goes on as a blurred mirror image; away from the head
// everything fades into the backdrop.
//
// Requires: as simulate() does of photo and landmarks. Same arguments = same bytes. Thread-safe.
Portrait studio_portrait(const Image& photo, const Landmarks5& landmarks);

}  // namespace kface
