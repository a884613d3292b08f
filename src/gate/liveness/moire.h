// The grid of a screen, seen by a camera's grid: moire.
#pragma once

#include <memory>
#include <optional>

#include "gate/liveness/cue.h"
#include "gate/liveness/face_sample.h"

namespace kface {

// Not thread-safe. Memory: 0.2 MB.
class Moire {
 public:
  Moire();
  ~Moire();

  // Adds the power spectrum of the middle of the face, [128, 128] grey levels at the frame's own
  // resolution, under a Hann window. A face narrower than 128 pixels adds nothing.
  // Requires: a frame that is not empty. Cost: 1 ms.
  void add(const FaceSample& sample, const Image& frame);

  // The highest peak of the mean spectrum above its neighbourhood (power over the median of the 9 x
  // 9 around it without the 3 x 3), between 0.1 and 0.5 cycles a pixel and off the axes, where
  // JPEG's blocks and frames' edges lie. Nothing before 3 frames.
  std::optional<double> peak() const;

  // "moire": can only accuse. Score 0 if peak() is at least kMoirePeak; else unknown: most screens,
  // seen from a little farther or slightly out of focus, show none.
  Cue cue() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr double kMoirePeak = 50;

}  // namespace kface
