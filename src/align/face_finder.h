// dlib's detectors, landmark predictor and chips. The only place where dlib's headers are included.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "align/face_geometry.h"
#include "kface/image.h"
#include "kface/status.h"

namespace kface {

struct FaceSearch {
  std::vector<FoundFace> faces;  // plausible ones only; empty if none
  std::string detector;          // hog, hog-upsampled or cnn; what found them
  std::string tried;             // for the message when there are none
};

// Not thread-safe: one object a thread (they share nothing). Deterministic.
class FaceFinder {
 public:
  // Errors: kNotFound, kCorruption, as Aligner::create.
  static Result<std::unique_ptr<FaceFinder>> create(const std::filesystem::path& models);
  ~FaceFinder();

  // In this order, until one finds a plausible face: dlib's frontal HOG detector on the photo; on
  // the photo with a margin, enlarged twofold; the CNN detector on the photo with a margin. Photos
  // are shrunk for the search, never for the landmarks.
  // Requires: a photo that is not empty.
  FaceSearch find(const Image& photo);

  // The HOG detector alone, for video: a frame without a face costs as little as one with it. A
  // photo whose longer side has less than 400 pixels is searched once more, enlarged twofold.
  // Requires: a photo that is not empty. Cost: one search, growing with the photo's area.
  FaceSearch find_frontal(const Image& photo);

  // dlib's chip: get_face_chip_details(landmarks, size, padding), extract_image_chip. Black where
  // the chip reaches beyond the photo. [size, size]
  static Image cut_chip(const Image& photo, const Landmarks5& landmarks, int size, double padding);

  // Where cut_chip puts the landmarks of the photo, in pixels of the chip.
  // Requires: landmarks that do not coincide.
  static Landmarks5 landmarks_on_chip(const Landmarks5& landmarks, int size, double padding);

 private:
  struct Impl;
  explicit FaceFinder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
