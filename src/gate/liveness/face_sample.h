// One face in one frame of a video.
#pragma once

#include <cstdint>

#include "align/landmarks68.h"
#include "kface/image.h"

namespace kface {

struct FaceSample {
  std::int64_t time_ms = 0;  // of a clock that never goes back
  Box box;                   // the detector's, pixels of the frame
  Landmarks68 landmarks{};   // pixels of the frame
};

}  // namespace kface
