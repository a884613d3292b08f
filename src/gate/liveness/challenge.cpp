#include "gate/liveness/challenge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "gate/liveness/head_pose.h"

namespace kface {
namespace {

constexpr std::size_t kMinSteps = 2;
constexpr std::size_t kMaxSteps = 8;
constexpr std::array<ChallengeStep, 3> kAllSteps = {ChallengeStep::kBlink, ChallengeStep::kTurnLeft,
                                                    ChallengeStep::kTurnRight};

// Reasons for all of these: docs/liveness.md.
constexpr std::int64_t kMaxGapMs = 500;    // without a face
constexpr std::int64_t kReactionMs = 250;  // faster than this answers nothing
constexpr std::int64_t kSettleMs = 600;
constexpr std::size_t kSettleFrames = 5;
constexpr double kMaxYaw = 20;          // degrees of the generic face, while settling
constexpr double kMaxPitch = 25;        // the same
constexpr double kMaxUnrest = 8;        // degrees of yaw within the settling time
constexpr double kMinOpenness = 0.15;   // of open eyes
constexpr double kFrontalDegrees = 10;  // from the baseline
constexpr double kBlinkPitchDegrees = 12;
constexpr double kClosed = 0.65;  // of the baseline's openness
constexpr double kOpen = 0.8;
constexpr std::int64_t kMaxBlinkMs = 1500;
constexpr int kTurnFrames = 3;    // in a row
constexpr double kMaxMove = 0.6;  // of the box's width, between two frames
constexpr double kMaxGrowth = 1.6;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool inside(const Box& box, int width, int height) {
  const double x = box.x + box.width / 2.0;
  const double y = box.y + box.height / 2.0;
  return box.width > 0 && box.height > 0 && x >= 0 && y >= 0 && x < width && y < height;
}

}  // namespace

std::string_view challenge_step_name(ChallengeStep step) {
  switch (step) {
    case ChallengeStep::kBlink:
      return "blink";
    case ChallengeStep::kTurnLeft:
      return "turn-left";
    case ChallengeStep::kTurnRight:
      return "turn-right";
  }
  KF_REQUIRE(false, static_cast<int>(step));
  return "";
}

Result<std::vector<ChallengeStep>> parse_challenge(const std::string& text) {
  std::vector<ChallengeStep> steps;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string word = text.substr(start, end - start);
    const auto known = std::find_if(kAllSteps.begin(), kAllSteps.end(), [&word](auto step) {
      return challenge_step_name(step) == word;
    });
    if (known == kAllSteps.end()) {
      return Status{ErrorCode::kInvalidArgument,
                    "challenge '" + text + "': '" + word +
                        "' is no step; blink, turn-left and turn-right are, with commas between"};
    }
    steps.push_back(*known);
    start = end + 1;
  }
  if (steps.size() < kMinSteps || steps.size() > kMaxSteps) {
    return Status{ErrorCode::kInvalidArgument, "challenge '" + text + "': has " +
                                                   std::to_string(steps.size()) +
                                                   " steps, 2 to 8 are expected"};
  }
  return steps;
}

std::vector<ChallengeStep> draw_challenge(std::span<const std::uint8_t> random, int num_steps) {
  const auto count = static_cast<std::size_t>(std::max(num_steps, 0));
  KF_REQUIRE(
      count >= kMinSteps && count <= kMaxSteps && random.size() >= count * sizeof(std::uint64_t),
      num_steps, random.size());
  std::vector<ChallengeStep> steps;
  std::size_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t number = 0;
    std::memcpy(&number, random.data() + i * sizeof(number), sizeof(number));
    // 2^64 is no multiple of 3; the bias is one in 10^19.
    last = i == 0 ? number % 3 : (last + 1 + number % 2) % 3;
    steps.push_back(kAllSteps[last]);
  }
  return steps;
}

Challenge::Challenge(std::vector<ChallengeStep> steps, const ChallengeOptions& options)
    : steps_(std::move(steps)), options_(options) {
  KF_REQUIRE(steps_.size() >= kMinSteps && steps_.size() <= kMaxSteps, steps_.size());
  KF_REQUIRE(options_.step_limit_ms > 0 && options_.settle_limit_ms > 0 &&
                 options_.turn_degrees > kFrontalDegrees && options_.min_eye_distance_px > 0,
             options_.step_limit_ms, options_.settle_limit_ms, options_.turn_degrees,
             options_.min_eye_distance_px);
  state_.reason = "no face yet";
}

bool Challenge::ended() const {
  return state_.phase == ChallengePhase::kPassed || state_.phase == ChallengePhase::kFailed;
}

void Challenge::fail(ChallengeFailure failure, const std::string& reason) {
  state_.phase = ChallengePhase::kFailed;
  state_.failure = failure;
  state_.reason = reason;
}

std::int64_t Challenge::time_left_ms() const {
  if (ended() || !last_time_ms_) {
    return ended() ? 0 : options_.settle_limit_ms;
  }
  const int limit =
      state_.phase == ChallengePhase::kSettling ? options_.settle_limit_ms : options_.step_limit_ms;
  return std::max<std::int64_t>(0, phase_start_ms_ + limit - *last_time_ms_);
}

const ChallengeState& Challenge::add(const Observation& seen) {
  if (ended()) {
    return state_;
  }
  if (!last_time_ms_) {
    phase_start_ms_ = seen.time_ms;
  } else if (seen.time_ms < *last_time_ms_) {
    fail(ChallengeFailure::kNoResponse, "the camera's time went back");
    return state_;
  }
  last_time_ms_ = seen.time_ms;
  const bool settling = state_.phase == ChallengePhase::kSettling;
  if (time_left_ms() == 0) {
    fail(ChallengeFailure::kNoResponse,
         settling ? "time is up before the face was fit: " + state_.reason
                  : "time is up: no " + std::string(challenge_step_name(steps_[state_.step])) +
                        (state_.phase == ChallengePhase::kReturning ? " and back" : ""));
    return state_;
  }
  if (!is_same_face(seen)) {
    return state_;
  }
  const auto pose = head_pose(seen.face.landmarks);
  if (!pose) {
    settling_.clear();
    return state_;
  }
  const Moment moment{seen.time_ms, pose->yaw_degrees, pose->pitch_degrees,
                      eye_openness(seen.face.landmarks)};
  if (!settling) {
    follow(moment);
  } else if (eye_distance_px(seen.face.landmarks) < options_.min_eye_distance_px) {
    settling_.clear();
    state_.reason = "the face is too small: come nearer";
  } else {
    settle(moment);
  }
  return state_;
}

// False if there is nothing to look at in this frame; may have failed then.
bool Challenge::is_same_face(const Observation& seen) {
  if (seen.num_faces > 1) {
    fail(ChallengeFailure::kWrong, "several faces before the camera");
    return false;
  }
  const bool settling = state_.phase == ChallengePhase::kSettling;
  const std::int64_t gap = last_seen_ms_ ? seen.time_ms - *last_seen_ms_ : 0;
  if (!settling && gap > kMaxGapMs) {
    fail(ChallengeFailure::kNoResponse, "the face was not seen for " + std::to_string(gap) +
                                            " ms, " + std::to_string(kMaxGapMs) + " are the most");
    return false;
  }
  if (gap > kMaxGapMs) {
    settling_.clear();
  }
  if (seen.num_faces < 1 || !inside(seen.face.box, seen.frame_width, seen.frame_height)) {
    settling_.clear();
    state_.reason = settling ? "no face in the picture" : state_.reason;
    return false;
  }
  const Box& now = seen.face.box;
  if (last_seen_ms_) {
    const double dx = now.x + now.width / 2.0 - last_box_.x - last_box_.width / 2.0;
    const double dy = now.y + now.height / 2.0 - last_box_.y - last_box_.height / 2.0;
    const double wide = std::max(now.width, last_box_.width);
    const bool jumped = std::hypot(dx, dy) > kMaxMove * wide ||
                        wide > kMaxGrowth * std::min(now.width, last_box_.width);
    if (jumped && !settling) {
      fail(ChallengeFailure::kWrong, "the face jumped, as if another took its place");
      return false;
    }
    if (jumped) {
      settling_.clear();
    }
  }
  last_box_ = now;
  last_seen_ms_ = seen.time_ms;
  return true;
}

void Challenge::settle(const Moment& moment) {
  if (std::abs(moment.yaw) > kMaxYaw || std::abs(moment.pitch) > kMaxPitch) {
    settling_.clear();
    state_.reason = "the face does not look at the camera";
    return;
  }
  if (moment.openness < kMinOpenness) {
    settling_.clear();
    state_.reason = "the eyes are not seen open";
    return;
  }
  settling_.push_back(moment);
  // A slow camera must not make a baseline of moments that are far apart.
  while (settling_.size() > kSettleFrames && moment.time_ms - settling_[1].time_ms >= kSettleMs) {
    settling_.pop_front();
  }
  const auto [lowest, highest] =
      std::minmax_element(settling_.begin(), settling_.end(),
                          [](const Moment& a, const Moment& b) { return a.yaw < b.yaw; });
  if (highest->yaw - lowest->yaw > kMaxUnrest) {
    settling_.erase(settling_.begin());
    state_.reason = "the head does not keep still";
    return;
  }
  state_.reason = "keep still";
  if (settling_.size() < kSettleFrames || moment.time_ms - settling_.front().time_ms < kSettleMs) {
    return;
  }
  const auto median_of = [this](double Moment::*field) {
    std::vector<double> values;
    for (const Moment& settled : settling_) {
      values.push_back(settled.*field);
    }
    return median(values);
  };
  baseline_ = {moment.time_ms, median_of(&Moment::yaw), median_of(&Moment::pitch),
               median_of(&Moment::openness)};
  ask(0);
}

void Challenge::ask(std::size_t step) {
  state_ = {ChallengePhase::kAsking, step, ChallengeFailure::kNone, ""};
  phase_start_ms_ = *last_time_ms_;
  turned_left_ = 0;
  turned_right_ = 0;
  eyes_open_ = false;
  eyes_closed_ms_.reset();
}

void Challenge::follow(const Moment& moment) {
  const double yaw_change = moment.yaw - baseline_.yaw;
  if (state_.phase == ChallengePhase::kReturning) {
    if (std::abs(yaw_change) <= kFrontalDegrees) {
      step_done();
    }
    return;
  }
  const bool turned = saw_turn(yaw_change);
  if (turned && moment.time_ms - phase_start_ms_ < kReactionMs) {
    fail(ChallengeFailure::kWrong, "turned sooner than anybody can answer");
    return;
  }
  const ChallengeStep asked = steps_[state_.step];
  if (turned) {
    // Left is the person's own, hence the viewer's right, hence positive.
    const ChallengeStep did = yaw_change > 0 ? ChallengeStep::kTurnLeft : ChallengeStep::kTurnRight;
    if (did != asked) {
      fail(ChallengeFailure::kWrong, "did " + std::string(challenge_step_name(did)) + " where " +
                                         std::string(challenge_step_name(asked)) + " was asked");
      return;
    }
    state_.phase = ChallengePhase::kReturning;
    return;
  }
  if (asked == ChallengeStep::kBlink) {
    follow_blink(moment, yaw_change);
  }
}

// True once the head has been turned for several frames in a row: one alone may be a mistake.
bool Challenge::saw_turn(double yaw_change) {
  turned_left_ = yaw_change >= options_.turn_degrees ? turned_left_ + 1 : 0;
  turned_right_ = yaw_change <= -options_.turn_degrees ? turned_right_ + 1 : 0;
  return turned_left_ >= kTurnFrames || turned_right_ >= kTurnFrames;
}

// Open, closed, open, with the head still: eyes look closed, too, on a head that nods.
void Challenge::follow_blink(const Moment& moment, double yaw_change) {
  const bool frontal = std::abs(yaw_change) <= kFrontalDegrees &&
                       std::abs(moment.pitch - baseline_.pitch) <= kBlinkPitchDegrees;
  if (!frontal || moment.time_ms - phase_start_ms_ < kReactionMs) {
    eyes_open_ = false;
    eyes_closed_ms_.reset();
    return;
  }
  const double openness = moment.openness / baseline_.openness;
  if (openness <= kClosed) {
    if (eyes_open_ && !eyes_closed_ms_) {
      eyes_closed_ms_ = moment.time_ms;
    }
    return;
  }
  if (openness < kOpen) {
    return;
  }
  if (eyes_closed_ms_ && moment.time_ms - *eyes_closed_ms_ <= kMaxBlinkMs) {
    step_done();
    return;
  }
  eyes_open_ = true;
  eyes_closed_ms_.reset();
}

void Challenge::step_done() {
  if (state_.step + 1 == steps_.size()) {
    state_.phase = ChallengePhase::kPassed;
  } else {
    ask(state_.step + 1);
  }
}

}  // namespace kface
