// From a chip to a network's input. Part of a backbone's identity: what is written here goes into
// its digest, so that training and serving cannot differ.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "kface/image.h"

namespace kface {

struct Preprocess {
  int width = 0;  // of the network's input, pixels
  int height = 0;
  bool bgr = false;        // the network's first channel is blue
  bool letterbox = false;  // keep the chip's aspect and fill with black; else stretch
  // input = (pixel - mean[c]) * scale[c], pixel 0..255, c in the network's channel order
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> scale = {1, 1, 1};
};

// One line that names every field; equal texts mean equal inputs.
std::string describe(const Preprocess& preprocess);

// Writes the input, [3, height, width] (CHW). A chip of another size is resized bilinearly (pixel
// centres at half integers, as OpenCV's INTER_LINEAR).
//
// Requires: a chip that is not empty; input of that size. Thread-safe.
void preprocess_chip(const Preprocess& preprocess, const Image& chip, std::span<float> input);

}  // namespace kface
