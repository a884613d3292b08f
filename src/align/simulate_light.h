// Light from one direction on a face, by a model of its surface.
#pragma once

#include <opencv2/core/mat.hpp>

#include "align/simulate_frame.h"

namespace kface {

// How much brighter (> 1) or darker each pixel gets, in linear light, when the lamp moves from the
// camera to the given direction. [size.height, size.width] float32.
cv::Mat1f relighting_gain(const FaceFrame& frame, cv::Size size, double azimuth_degrees,
                          double elevation_degrees);

}  // namespace kface
