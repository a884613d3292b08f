#include "gate/liveness/liveness.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "gate/liveness/painted_frame_for_test.h"
#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

std::vector<Cue> cues_with(std::optional<double> parallax, std::optional<double> stillness = {}) {
  return {{"parallax", parallax, "p"}, {"stillness", stillness, "s"}};
}

ChallengeState state_of(ChallengePhase phase, ChallengeFailure failure = ChallengeFailure::kNone) {
  return {phase, 0, failure, "why"};
}

TEST(JudgeLiveness, IsLiveForAHeadThatNothingAccuses) {
  EXPECT_EQ(judge_liveness(cues_with(1.0)).verdict, LivenessVerdict::kLive);
  EXPECT_EQ(judge_liveness(cues_with(kCueLive)).verdict, LivenessVerdict::kLive);
}

TEST(JudgeLiveness, IsAnAttackIfOneCueAccusesWhateverElseSpeaksForIt) {
  const auto result = judge_liveness(cues_with(1.0, 0.0), state_of(ChallengePhase::kPassed));
  EXPECT_EQ(result.verdict, LivenessVerdict::kAttack);
  EXPECT_EQ(result.reason, "stillness: s");
  EXPECT_EQ(judge_liveness(cues_with(kCueAttack)).verdict, LivenessVerdict::kAttack);
}

TEST(JudgeLiveness, IsUnknownWithoutEvidence) {
  EXPECT_EQ(judge_liveness({}).verdict, LivenessVerdict::kUnknown);
  EXPECT_EQ(judge_liveness(cues_with({})).verdict, LivenessVerdict::kUnknown);
  EXPECT_EQ(judge_liveness(cues_with(0.5)).verdict, LivenessVerdict::kUnknown);
  EXPECT_EQ(LivenessResult{}.verdict, LivenessVerdict::kUnknown);
}

TEST(JudgeLiveness, TakesAScoreThatIsNoNumberForAnAttack) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(judge_liveness(cues_with(nan)).verdict, LivenessVerdict::kAttack);
}

TEST(JudgeLiveness, WithAChallengeIsLiveOnlyIfThatWasPassedByAHead) {
  EXPECT_EQ(judge_liveness(cues_with(1.0), state_of(ChallengePhase::kPassed)).verdict,
            LivenessVerdict::kLive);
  EXPECT_EQ(judge_liveness(cues_with({}), state_of(ChallengePhase::kPassed)).verdict,
            LivenessVerdict::kUnknown);
  for (const auto phase :
       {ChallengePhase::kSettling, ChallengePhase::kAsking, ChallengePhase::kReturning}) {
    EXPECT_EQ(judge_liveness(cues_with(1.0), state_of(phase)).verdict, LivenessVerdict::kUnknown);
  }
  EXPECT_EQ(judge_liveness(cues_with(1.0),
                           state_of(ChallengePhase::kFailed, ChallengeFailure::kNoResponse))
                .verdict,
            LivenessVerdict::kUnknown);
  const auto wrong =
      judge_liveness(cues_with(1.0), state_of(ChallengePhase::kFailed, ChallengeFailure::kWrong));
  EXPECT_EQ(wrong.verdict, LivenessVerdict::kAttack);
  EXPECT_EQ(wrong.reason, "challenge: why");
}

// ---- Whole tracks ----

LivenessResult judged(double reach, int num_frames,
                      const std::function<SyntheticView(double)>& view_at) {
  Rng rng(21);
  LivenessTrack track;
  for (int i = 0; i < num_frames; ++i) {
    SyntheticView view = view_at(static_cast<double>(i) / num_frames);
    view.noise_px = 0.7;
    view.scale = 1;
    const FaceSample sample = synthetic_sample(view, 66 * i, rng);
    track.add(sample, painted_frame(sample, reach));
  }
  return judge_liveness(track.cues());
}

double swing(double way) { return std::sin(2 * std::numbers::pi * way); }

TEST(LivenessTrack, OfAHeadThatLooksAroundIsLive) {
  const auto result = judged(0.7, 75, [](double way) {
    return SyntheticView{.yaw_degrees = 28 * swing(way), .x = 320 + 15 * swing(way)};
  });
  EXPECT_EQ(result.verdict, LivenessVerdict::kLive) << result.reason;
  EXPECT_EQ(result.cues.size(), 4U);
}

TEST(LivenessTrack, OfAPictureTurnedInTheHandIsAnAttack) {
  const auto result = judged(2, 75, [](double way) {
    return SyntheticView{.yaw_degrees = 45 * swing(way), .flat = true};
  });
  EXPECT_EQ(result.verdict, LivenessVerdict::kAttack) << result.reason;
}

TEST(LivenessTrack, OfAPictureOnAStandIsAnAttack) {
  const auto result = judged(2, 75, [](double) { return SyntheticView{.flat = true}; });
  EXPECT_EQ(result.verdict, LivenessVerdict::kAttack) << result.reason;
  EXPECT_NE(result.reason.find("stillness"), std::string::npos) << result.reason;
}

TEST(LivenessTrack, OfAPictureMovedBeforeTheCameraIsAnAttack) {
  const auto result = judged(2, 75, [](double way) {
    return SyntheticView{.x = 320 + 60 * swing(way), .y = 240, .flat = true};
  });
  EXPECT_EQ(result.verdict, LivenessVerdict::kAttack) << result.reason;
  EXPECT_NE(result.reason.find("surroundings"), std::string::npos) << result.reason;
}

TEST(LivenessTrack, OfAPersonWhoOnlyLooksStraightIsUnknown) {
  const auto result = judged(0.7, 75, [](double way) {
    return SyntheticView{.yaw_degrees = 3 * swing(way), .x = 320 + 5 * swing(way)};
  });
  EXPECT_EQ(result.verdict, LivenessVerdict::kUnknown) << result.reason;
}

TEST(LivenessTrack, OfNothingIsUnknown) {
  EXPECT_EQ(judge_liveness(LivenessTrack().cues()).verdict, LivenessVerdict::kUnknown);
}

TEST(LivenessTrack, LeavesOutTimesThatDoNotAdvanceAndPointsThatAreNoNumbers) {
  Rng rng(2);
  LivenessTrack track;
  const FaceSample still = synthetic_sample({.flat = true}, 0, rng);
  const Image frame = painted_frame(still, 1);
  for (int i = 0; i < 40; ++i) {
    track.add(still, frame);  // time 0, forty times
    FaceSample bad = still;
    bad.time_ms = 1000 + 200 * i;
    bad.landmarks[3].x = std::numeric_limits<float>::quiet_NaN();
    track.add(bad, frame);
  }
  EXPECT_EQ(judge_liveness(track.cues()).verdict, LivenessVerdict::kUnknown);
}

TEST(LivenessTrack, ThatGoesOnForLongIsJudgedByItsEnd) {
  Rng rng(4);
  LivenessTrack track;
  const Image frame = painted_frame(synthetic_sample({}, 0, rng), 0.7);
  for (int i = 0; i < 2000; ++i) {
    const double yaw = i >= 1800 ? 28 * swing(i / 60.0) : 0;
    track.add(synthetic_sample({.yaw_degrees = yaw, .scale = 0.8}, 66 * i, rng), frame);
  }
  EXPECT_EQ(judge_liveness(track.cues()).verdict, LivenessVerdict::kLive);
}

}  // namespace
}  // namespace kface
