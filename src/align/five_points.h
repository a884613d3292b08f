// The five points of a face on its chip, by dlib's predictor of 68 landmarks.
#pragma once

#include <filesystem>
#include <memory>

#include "align/similarity.h"
#include "kface/image.h"
#include "kface/status.h"

namespace kface {

// Thread-safe; one object for all threads (it takes 100 MB).
class FivePointFinder {
 public:
  // Errors: kNotFound, kCorruption: shape_predictor_68_face_landmarks.dat is missing (says `run
  // make setup`) or unreadable. Cost: about 0.5 s.
  static Result<std::shared_ptr<const FivePointFinder>> create(const std::filesystem::path& models);
  ~FivePointFinder();

  // Eyes are the means of their six landmarks. Nothing is searched: a chip says where its face is.
  // Requires: a chip that is square and not empty, cut by dlib's five points with `padding`
  // (align/aligner.h); elsewhere the result is meaningless. Cost: about 1 ms.
  FivePoints find(const Image& chip, double padding) const;

 private:
  struct Impl;
  explicit FivePointFinder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
