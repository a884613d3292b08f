// 68 landmarks of a face in a photo: eyes, brows, nose, mouth and the contour of the jaw.
#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "kface/image.h"
#include "kface/status.h"

namespace kface {

// In the order of iBUG 300-W, counted from 0; "left" and "right" are the viewer's. Whole pixels of
// the photo; may lie beyond its edges.
//   0-16   contour of the face, from the left temple over the chin (8) to the right temple
//   17-21, 22-26   left and right brow, each from left to right
//   27-30  bridge of the nose, downwards (30: its tip);  31-35  its base, left to right
//   36-41  left eye: left corner, upper lid (37, 38), right corner, lower lid (40, 41)
//   42-47  right eye, the same (left corner 42, right corner 45)
//   48-59  outer lips, clockwise from the left corner (54: the right);  60-67  inner lips, the same
using Landmarks68 = std::array<Point, 68>;

// dlib's shape_predictor_68_face_landmarks. Thread-safe; one object for all threads: it takes
// 100 MB.
class Landmarks68Finder {
 public:
  // While an object for this folder lives, that one is given; its file is not read again.
  // Errors: kNotFound, kCorruption: the file is missing (says `run make setup`) or unreadable.
  // Cost: about 0.5 s the first time.
  static Result<std::shared_ptr<const Landmarks68Finder>> create(
      const std::filesystem::path& models);
  ~Landmarks68Finder();

  // `face`: a box as dlib's detectors give it (FoundFace::box, box_of_landmarks). Points are given
  // for any box, face or not. Deterministic.
  // Requires: a photo that is not empty, a box of at least one pixel. Cost: about 1 ms.
  Landmarks68 find(const Image& photo, const Box& face) const;

 private:
  struct Impl;
  explicit Landmarks68Finder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
