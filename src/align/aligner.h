// From a photo to a chip: find the face, its five landmarks, cut an upright square, adjust colour.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "align/face_geometry.h"
#include "kface/image.h"
#include "kface/status.h"

namespace kface {

enum class ColorAdjust { kNone, kGrayWorld, kClahe };

struct AlignOptions {
  bool crop = true;       // false: the photo is already a face; it is only resized to a square chip
  int chip_size = 150;    // side of the chip in pixels, at least 1
  double padding = 0.25;  // room around the face, as dlib's chips have it; at least 0
  ColorAdjust color = ColorAdjust::kNone;  // see align/chip_adjust.h
};

struct AlignedFace {
  Image chip;  // [chip_size, chip_size]
  // Plausible faces found by the detector named in `detector`; 1 for known landmarks and with
  // crop = false, where nothing is searched.
  int num_faces = 0;
  std::string detector;  // see ImageRecord::detector
  Box box;  // the detector's; derived from known landmarks; the whole photo with crop = false
  Landmarks5 landmarks{};  // all zero with crop = false
  // Sharpness and brightness are the chip's, before the colour is adjusted. Yaw and roll:
  // align/face_geometry.h; 0 (unknown) with crop = false.
  Quality quality;
};

// Not thread-safe: one object a thread (they share nothing). Deterministic, as long as OpenBLAS
// runs with one thread in the CNN detector.
class Aligner {
 public:
  // Requires: options in their ranges. `models` is not looked at with crop = false.
  // Errors: kNotFound, kCorruption: a dlib model file that is missing (says `run make setup`) or
  // unreadable. Cost: about 0.6 s.
  static Result<std::unique_ptr<Aligner>> create(const std::filesystem::path& models,
                                                 const AlignOptions& options);
  ~Aligner();

  // The largest central face (align/face_geometry.h, choose_face) as a chip, as dlib cuts it.
  // With crop = false the whole photo, resized to a square without keeping its aspect.
  //
  // `known`: landmarks from a sidecar file, used instead of detection.
  // Requires: a photo that is not empty.
  // Errors: kInvalidArgument "no face found ..." with what was tried; "no face at the given
  //         landmarks: ..." if they are no upright face; "cannot be aligned ..." with a library's
  //         reason (out of memory).
  // Cost:   as FaceFinder::find: 5 to 200 ms where HOG finds a face, up to 2 s else.
  Result<AlignedFace> align(const Image& photo, const std::optional<Landmarks5>& known = {});

  // Where there are faces; align() with one's landmarks cuts it. kThorough tries all that align()
  // does; kFrontal the HOG detector alone, once more on the photo enlarged twofold where its longer
  // side has less than 400 pixels. With crop = false the whole photo is the one face, and its
  // landmarks are all zero.
  // Requires: a photo that is not empty. Errors: "cannot be aligned ...", as align().
  // Cost: kFrontal about 20 ms for 640x480; kThorough up to 2 s where there is no face.
  enum class Search { kFrontal, kThorough };
  Result<std::vector<FoundFace>> find(const Image& photo, Search search);

 private:
  struct Impl;
  explicit Aligner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
