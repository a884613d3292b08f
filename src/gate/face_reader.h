// From a picture at the door to an embedding, fast: what one reader does for one picture.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "align/aligner.h"
#include "gate/access.h"
#include "kface/image.h"
#include "kface/status.h"
#include "verify/verifier.h"

namespace kface {

struct FacesInPicture {
  std::vector<FoundFace> faces;  // plausible ones
  // Index of the largest central one. Requires: not empty.
  std::size_t chosen = 0;
  // Others that could be meant: at least a quarter of the chosen one's area. Smaller ones are
  // people in the background.
  std::size_t rivals = 0;
};

// Not thread-safe: one a thread. Refers to the OpenedModel, which must outlive it.
class FaceReader {
 public:
  // Errors: those of Aligner::create, FaceFinder::create and Backbone::make_extractor.
  static Result<std::unique_ptr<FaceReader>> create(const OpenedModel& opened,
                                                    const std::filesystem::path& models,
                                                    unsigned threads = 1);
  ~FaceReader();

  // kFrontal for a door, kThorough for enrolment; Aligner::find.
  Result<FacesInPicture> find(const Image& picture, Aligner::Search search);

  // Errors: those of Aligner::align. Cost: a chip and a forward pass.
  Result<ReadFace> read(const Image& picture, const FoundFace& face);

 private:
  struct Impl;
  explicit FaceReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
