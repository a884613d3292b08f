// Drawings of what people wear on the face.
#pragma once

#include <opencv2/core/mat.hpp>

#include "align/simulate.h"
#include "align/simulate_frame.h"
#include "base/rng.h"

namespace kface {

// Draws onto `photo` (8-bit RGB); the generator chooses colours.
void draw_accessory(cv::Mat3b& photo, const FaceFrame& frame, Accessory accessory, Rng& rng);

}  // namespace kface
