#include "gate/liveness/liveness.h"

#include <algorithm>
#include <cmath>

#include "gate/liveness/track_cues.h"

namespace kface {
namespace {

constexpr std::size_t kMaxSamples = 900;    // a minute at 15 frames a second
constexpr std::ptrdiff_t kForgotten = 300;  // at once, since those that stay are moved

bool all_finite(const Landmarks68& landmarks) {
  return std::all_of(landmarks.begin(), landmarks.end(), [](const Point& point) {
    return std::isfinite(point.x) && std::isfinite(point.y);
  });
}

}  // namespace

std::string_view liveness_verdict_name(LivenessVerdict verdict) {
  switch (verdict) {
    case LivenessVerdict::kLive:
      return "live";
    case LivenessVerdict::kAttack:
      return "attack";
    case LivenessVerdict::kUnknown:
      return "unknown";
  }
  KF_REQUIRE(false, static_cast<int>(verdict));
  return "";
}

void LivenessTrack::add(const FaceSample& sample, const Image& frame) {
  if ((!samples_.empty() && sample.time_ms <= samples_.back().time_ms) ||
      !all_finite(sample.landmarks)) {
    return;
  }
  samples_.push_back(sample);
  surroundings_.add(sample, frame);
  moire_.add(sample, frame);
  if (samples_.size() > kMaxSamples) {
    samples_.erase(samples_.begin(), samples_.begin() + kForgotten);
  }
}

std::vector<Cue> LivenessTrack::cues() const {
  return {parallax_cue(samples_), stillness_cue(samples_), surroundings_.cue(), moire_.cue()};
}

LivenessResult judge_liveness(std::vector<Cue> cues,
                              const std::optional<ChallengeState>& challenge) {
  LivenessResult result;
  result.cues = std::move(cues);
  for (const Cue& cue : result.cues) {
    if (cue.score && !(*cue.score > kCueAttack)) {
      result.verdict = LivenessVerdict::kAttack;
      result.reason = cue.name + ": " + cue.reason;
      return result;
    }
  }
  if (challenge && challenge->phase == ChallengePhase::kFailed) {
    result.verdict = challenge->failure == ChallengeFailure::kWrong ? LivenessVerdict::kAttack
                                                                    : LivenessVerdict::kUnknown;
    result.reason = "challenge: " + challenge->reason;
    return result;
  }
  if (challenge && challenge->phase != ChallengePhase::kPassed) {
    result.reason = "challenge: not finished" +
                    (challenge->reason.empty() ? std::string() : ", " + challenge->reason);
    return result;
  }
  const auto parallax = std::find_if(result.cues.begin(), result.cues.end(),
                                     [](const Cue& cue) { return cue.name == "parallax"; });
  if (parallax == result.cues.end()) {
    result.reason = "nothing was measured";
    return result;
  }
  result.reason = parallax->name + ": " + parallax->reason;
  if (parallax->score && *parallax->score >= kCueLive) {
    result.verdict = LivenessVerdict::kLive;
    result.reason = (challenge ? "challenge passed; " : "") + result.reason;
  }
  return result;
}

}  // namespace kface
