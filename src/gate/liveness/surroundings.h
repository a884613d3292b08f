// Does what is beside the face move as one piece with it, as on a photo that is held in a hand?
#pragma once

#include <memory>

#include "gate/liveness/cue.h"
#include "gate/liveness/face_sample.h"

namespace kface {

// For cameras that are mounted: one that moves itself makes everything move alike.
//
// Not thread-safe. Memory: at most 24 grey pictures of 320 pixels' long side.
class Surroundings {
 public:
  Surroundings();
  ~Surroundings();

  // Frames in order of time, with the face in each. Keeps few of them, spread over the track.
  // Requires: a frame that is not empty. Cost: shrinking the frame, where it is kept.
  void add(const FaceSample& sample, const Image& frame);

  // "surroundings". Looked at: what lies 0.9 to 1.4 widths of the face's box beside its centre, at
  // the height of the face, and above it, beyond short hair. From the first picture kept to each
  // other one, and from the middle one, each such piece that has texture is searched for where it
  // was and where it would be if it moved as the face did (the affine map of the rigid landmarks);
  // a vote counts where both places are at least 6 pixels apart and one matches clearly better
  // (normalised correlation, by 0.2, and at least 0.6). Score: the share of pieces that stayed;
  // unknown with fewer than 4 votes. A phone or a mask that is smaller than that escapes.
  Cue cue() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
