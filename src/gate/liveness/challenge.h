// A person is asked to move in an order that nobody knew before: blink, turn left, turn right.
//
// A photo cannot turn, a recorded video turns at the wrong time. docs/liveness.md says what passes
// all the same.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/liveness/challenge_options.h"
#include "gate/liveness/face_sample.h"
#include "kface/status.h"

namespace kface {

enum class ChallengeStep { kBlink, kTurnLeft, kTurnRight };  // left and right are the person's own

// "blink", "turn-left", "turn-right".
std::string_view challenge_step_name(ChallengeStep step);

// The steps of a text such as "blink,turn-left,turn-right".
// Errors: kInvalidArgument: an unknown word, or fewer than 2 or more than 8 steps.
Result<std::vector<ChallengeStep>> parse_challenge(const std::string& text);

// Steps drawn from `random`: the first of three kinds, each further one of the two kinds that the
// one before it is not, so that there is at least one turn: 3 x 2^(n-1) orders, 12 for 3 steps, all
// equally likely.
// Requires: 2 <= num_steps <= 8; 8 random bytes a step, nobody else's and used once.
std::vector<ChallengeStep> draw_challenge(std::span<const std::uint8_t> random, int num_steps);

// What the camera saw in one frame.
struct Observation {
  std::int64_t time_ms = 0;  // of a clock that never goes back
  int num_faces = 0;         // found in the frame
  int frame_width = 0;       // pixels
  int frame_height = 0;
  FaceSample face = {};  // if num_faces is 1; its own time is not looked at
};

enum class ChallengePhase {
  kSettling,   // waits for one face, near, frontal, eyes open
  kAsking,     // `step` is asked
  kReturning,  // `step` was done; waits until the face looks at the camera again
  kPassed,
  kFailed,
};

enum class ChallengeFailure {
  kNone,
  kNoResponse,  // time is up, or the face went away: says nothing of what it was
  kWrong,       // moved otherwise than asked, or another face came: as an attack does
};

struct ChallengeState {
  ChallengePhase phase = ChallengePhase::kSettling;
  std::size_t step = 0;  // index of the step asked
  ChallengeFailure failure = ChallengeFailure::kNone;
  std::string reason;  // of a failure; while settling what is missing, for the person to read
};

// Not thread-safe. Reads no clock: time passes by observations, and a gate that gets no frames must
// end the challenge itself. Once passed or failed, it stays so.
class Challenge {
 public:
  // Requires: 2 to 8 steps, options in their ranges.
  Challenge(std::vector<ChallengeStep> steps, const ChallengeOptions& options);

  // The next frame, faces or none.
  //
  // Ensures: kPassed only if one face settled and, from then on, was seen without a gap above 0.5 s
  //          and without a jump, and did every step in order, each within its limit, nothing before
  //          0.25 s after it was asked, and no other turn. Anything else, also a second face in one
  //          frame or a time that goes back, is kFailed.
  // Cost:    microseconds.
  const ChallengeState& add(const Observation& seen);

  const ChallengeState& state() const { return state_; }
  const std::vector<ChallengeStep>& steps() const { return steps_; }
  // Milliseconds left for what is asked at the last observation's time; 0 once passed or failed.
  std::int64_t time_left_ms() const;

 private:
  struct Moment {  // what a frame says, in numbers
    std::int64_t time_ms = 0;
    double yaw = 0;  // degrees
    double pitch = 0;
    double openness = 0;  // eye aspect ratio
  };

  bool ended() const;
  void fail(ChallengeFailure failure, const std::string& reason);
  bool is_same_face(const Observation& seen);
  void settle(const Moment& moment);
  void ask(std::size_t step);
  void follow(const Moment& moment);
  bool saw_turn(double yaw_change);
  void follow_blink(const Moment& moment, double yaw_change);
  void step_done();

  std::vector<ChallengeStep> steps_;
  ChallengeOptions options_;
  ChallengeState state_;
  std::optional<std::int64_t> last_time_ms_;
  std::optional<std::int64_t> last_seen_ms_;
  std::int64_t phase_start_ms_ = 0;
  Box last_box_;
  std::deque<Moment> settling_;  // the frontal moments without interruption
  Moment baseline_;              // medians while settling
  int turned_left_ = 0;          // frames in a row
  int turned_right_ = 0;
  bool eyes_open_ = false;  // seen since the step was asked
  std::optional<std::int64_t> eyes_closed_ms_;
};

}  // namespace kface
