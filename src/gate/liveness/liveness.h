// Is it a person before the camera? From passive cues over a track, and from a challenge.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/liveness/challenge.h"
#include "gate/liveness/cue.h"
#include "gate/liveness/face_sample.h"
#include "gate/liveness/moire.h"
#include "gate/liveness/surroundings.h"

namespace kface {

enum class LivenessVerdict { kLive, kAttack, kUnknown };

std::string_view liveness_verdict_name(LivenessVerdict verdict);  // "live", "attack", "unknown"

struct LivenessResult {
  LivenessVerdict verdict = LivenessVerdict::kUnknown;
  std::string reason;     // one sentence: what decided
  std::vector<Cue> cues;  // parallax, stillness, surroundings, moire
};

// One face followed through a video. Not thread-safe; one for each approach to the gate.
// Of a long track, the last 600 to 900 samples count for parallax and stillness.
// Memory: 0.6 MB of landmarks at most, and what Surroundings and Moire hold; it does not grow.
class LivenessTrack {
 public:
  // The next frame, with the one face of the track in it. A sample whose time is not after the last
  // one's, or whose landmarks are not all finite, is left out.
  // Requires: a frame that is not empty. Cost: 1 to 2 ms at 640 x 480.
  void add(const FaceSample& sample, const Image& frame);

  // The four cues. Cost: some milliseconds.
  std::vector<Cue> cues() const;

 private:
  std::vector<FaceSample> samples_;  // the last 600 to 900
  Surroundings surroundings_;
  Moire moire_;
};

// Without a challenge:
//   attack   if any cue accuses (score <= kCueAttack);
//   live     if none does and the parallax is a head's (score >= kCueLive);
//   unknown  else.
// With one, of which `challenge` is the last state:
//   attack   if any cue accuses, or the challenge failed as kWrong;
//   live     if none does, it was passed, and the parallax is a head's;
//   unknown  else: not finished, no response in time, parallax not clear.
// A gate that requires liveness takes unknown for not live.
LivenessResult judge_liveness(std::vector<Cue> cues,
                              const std::optional<ChallengeState>& challenge = {});

}  // namespace kface
