// Liveness of one approach, frame by frame: what the camera loop asks before it lets anybody in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "align/face_geometry.h"
#include "align/landmarks68.h"
#include "gate/liveness/liveness.h"
#include "kface/image.h"

namespace kface {

struct LiveCheckOptions {
  ChallengeOptions challenge;
  bool with_challenge = true;      // false: what the face shows by itself
  double passive_limit_ms = 5000;  // without a challenge: then it is unknown
};

// Not thread-safe.
class LiveCheck {
 public:
  // `random`: so many random bytes, nobody else's, for the order of the challenge.
  using RandomFn = std::function<std::vector<std::uint8_t>(std::size_t count)>;
  LiveCheck(std::shared_ptr<const Landmarks68Finder> landmarks, const LiveCheckOptions& options,
            RandomFn random);

  // A new approach: all that was seen is forgotten, another challenge is drawn.
  void begin(double time_ms);

  // The next frame with the faces found in it. Requires: begin().
  void saw(const Image& picture, const std::vector<FoundFace>& faces, double time_ms);

  // Is there an answer? Then `liveness`: 1 live, 0 an attack, none where it stayed unknown.
  bool done() const { return done_; }
  std::optional<double> liveness() const { return liveness_; }
  // What the person should do now: "look", "blink", "turn-left", "turn-right"; empty: nothing.
  std::string prompt() const;

 private:
  void conclude(const LivenessResult& result);

  const std::shared_ptr<const Landmarks68Finder> finder_;
  const LiveCheckOptions options_;
  const RandomFn random_;
  std::optional<LivenessTrack> track_;
  std::optional<Challenge> challenge_;
  double started_ms_ = 0;
  bool done_ = false;
  std::optional<double> liveness_;
};

}  // namespace kface
