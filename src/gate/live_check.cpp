#include "gate/live_check.h"

#include <utility>

namespace kface {
namespace {

constexpr std::size_t kRandomBytesPerStep = 8;

}  // namespace

LiveCheck::LiveCheck(std::shared_ptr<const Landmarks68Finder> landmarks,
                     const LiveCheckOptions& options, RandomFn random)
    : finder_(std::move(landmarks)), options_(options), random_(std::move(random)) {
  KF_REQUIRE(finder_ != nullptr && random_ != nullptr);
}

void LiveCheck::begin(double time_ms) {
  track_.emplace();
  started_ms_ = time_ms;
  done_ = false;
  liveness_.reset();
  challenge_.reset();
  if (options_.with_challenge) {
    const int steps = options_.challenge.steps;
    const auto bytes = random_(kRandomBytesPerStep * static_cast<std::size_t>(steps));
    challenge_.emplace(draw_challenge(bytes, steps), options_.challenge);
  }
}

void LiveCheck::saw(const Image& picture, const std::vector<FoundFace>& faces, double time_ms) {
  KF_REQUIRE(track_.has_value());
  if (done_) {
    return;
  }
  Observation seen;
  seen.time_ms = static_cast<std::int64_t>(time_ms);
  seen.num_faces = static_cast<int>(faces.size());
  seen.frame_width = picture.width;
  seen.frame_height = picture.height;
  if (faces.size() == 1) {
    seen.face.time_ms = seen.time_ms;
    seen.face.box = faces[0].box;
    seen.face.landmarks = finder_->find(picture, faces[0].box);
    track_->add(seen.face, picture);
  }
  if (challenge_) {
    const ChallengePhase phase = challenge_->add(seen).phase;
    if (phase == ChallengePhase::kPassed || phase == ChallengePhase::kFailed) {
      conclude(judge_liveness(track_->cues(), challenge_->state()));
    }
    return;
  }
  const LivenessResult result = judge_liveness(track_->cues());
  if (result.verdict != LivenessVerdict::kUnknown ||
      time_ms - started_ms_ > options_.passive_limit_ms) {
    conclude(result);
  }
}

void LiveCheck::conclude(const LivenessResult& result) {
  done_ = true;
  if (result.verdict != LivenessVerdict::kUnknown) {
    liveness_ = result.verdict == LivenessVerdict::kLive ? 1 : 0;
  }
}

std::string LiveCheck::prompt() const {
  if (!challenge_ || done_) {
    return "";
  }
  const ChallengeState& state = challenge_->state();
  if (state.phase == ChallengePhase::kAsking) {
    return std::string(challenge_step_name(challenge_->steps()[state.step]));
  }
  return "look";
}

}  // namespace kface
