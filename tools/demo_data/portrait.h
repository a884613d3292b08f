// A face from any photo, put before a plain backdrop as in a studio.
#pragma once

#include "kface/image.h"

namespace kface {

inline constexpr int kPortraitWidth = 288;  // half of K-FACE's high resolution
inline constexpr int kPortraitHeight = 432;

struct Portrait {
  Image image;  // [kPortraitHeight, kPortraitWidth]
  Landmarks5 landmarks{};
};

// Scales and moves the photo (it is not rotated) until the eyes are where the studio has them.
// Away from the head, and beyond the photo's edge, everything fades into the backdrop.
//
// Requires: as simulate() does of photo and landmarks. Same arguments = same bytes. Thread-safe.
Portrait studio_portrait(const Image& photo, const Landmarks5& landmarks);

}  // namespace kface
