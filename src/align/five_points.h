// The five points of a face on its chip, by dlib's predictor of 68 landmarks.
#pragma once

#include <filesystem>
#include <memory>

#include "align/landmarks68.h"
#include "align/similarity.h"
#include "kface/image.h"
#include "kface/status.h"

namespace kface {

// Thread-safe; one object for all threads. The 100 MB model is shared with all who use it
// (align/landmarks68.h).
class FivePointFinder {
 public:
  // Errors: kNotFound, kCorruption: shape_predictor_68_face_landmarks.dat is missing (says `run
  // make setup`) or unreadable. Cost: about 0.5 s the first
  // time.
  static Result<std::shared_ptr<const FivePointFinder>> create(const std::filesystem::path& models);

  // Eyes are the means of their six landmarks. Nothing is searched: a chip says where its face is.
  // Requires: a chip that is square and not empty, cut by dlib's five points with `padding`
  // (align/aligner.h); elsewhere the result is meaningless. Cost: about 1 ms.
  FivePoints find(const Image& chip, double padding) const;

 private:
  explicit FivePointFinder(std::shared_ptr<const Landmarks68Finder> landmarks);
  std::shared_ptr<const Landmarks68Finder> landmarks_;
};

}  // namespace kface
