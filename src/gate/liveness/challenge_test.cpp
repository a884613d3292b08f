#include "gate/liveness/challenge.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

constexpr auto kBlink = ChallengeStep::kBlink;
constexpr auto kLeft = ChallengeStep::kTurnLeft;
constexpr auto kRight = ChallengeStep::kTurnRight;
constexpr int kFrameMs = 66;  // 15 frames a second

// Somebody before a camera, in front of whom a challenge runs.
class Scene {
 public:
  explicit Scene(std::vector<ChallengeStep> steps, ChallengeOptions options = {})
      : challenge(std::move(steps), options) {
    view.noise_px = 0.7;
  }

  void frame() {
    time_ms += kFrameMs;
    Observation seen{.time_ms = time_ms,
                     .num_faces = 1,
                     .frame_width = 640,
                     .frame_height = 480,
                     .face = synthetic_sample(view, time_ms, rng_)};
    challenge.add(seen);
  }
  void wait(int ms) {
    for (int t = 0; t < ms; t += kFrameMs) {
      frame();
    }
  }
  // Evenly over half a second.
  void turn_to(double yaw) {
    const double from = view.yaw_degrees;
    for (int i = 1; i <= 8; ++i) {
      view.yaw_degrees = from + (yaw - from) * i / 8;
      frame();
    }
    wait(4 * kFrameMs);
  }
  void blink(double open = 0, int ms = 130) {
    view.open = open;
    wait(ms);
    view.open = 1;
    wait(100);
  }
  void nobody(int ms) {
    for (int t = 0; t < ms; t += kFrameMs) {
      time_ms += kFrameMs;
      challenge.add({.time_ms = time_ms, .num_faces = 0, .frame_width = 640, .frame_height = 480});
    }
  }
  // The person's own left is the viewer's right.
  void answer(ChallengeStep step) {
    wait(500);
    switch (step) {
      case kBlink:
        blink();
        break;
      case kLeft:
        turn_to(28);
        turn_to(0);
        break;
      case kRight:
        turn_to(-28);
        turn_to(0);
        break;
    }
  }
  void settle() { wait(1500); }

  const ChallengeState& state() const { return challenge.state(); }

  Challenge challenge;
  SyntheticView view;
  std::int64_t time_ms = 5000;

 private:
  Rng rng_{7};
};

void expect_failed(const Scene& scene, ChallengeFailure failure, const std::string& reason) {
  EXPECT_EQ(scene.state().phase, ChallengePhase::kFailed);
  EXPECT_EQ(scene.state().failure, failure);
  EXPECT_NE(scene.state().reason.find(reason), std::string::npos) << scene.state().reason;
  EXPECT_EQ(scene.challenge.time_left_ms(), 0);
}

TEST(Challenge, IsPassedByDoingEveryStepInItsOrder) {
  for (const auto& steps : {std::vector{kBlink, kLeft, kRight}, std::vector{kRight, kBlink, kLeft},
                            std::vector{kLeft, kRight, kLeft, kBlink}}) {
    Scene scene(steps);
    scene.settle();
    ASSERT_EQ(scene.state().phase, ChallengePhase::kAsking) << scene.state().reason;
    for (const ChallengeStep step : steps) {
      EXPECT_NE(scene.state().phase, ChallengePhase::kPassed);
      scene.answer(step);
    }
    EXPECT_EQ(scene.state().phase, ChallengePhase::kPassed) << scene.state().reason;
    scene.nobody(5000);
    EXPECT_EQ(scene.state().phase, ChallengePhase::kPassed) << "it stays passed";
  }
}

TEST(Challenge, AFirstLookIsNotPassedYet) {
  EXPECT_EQ(Scene({kBlink, kLeft}).state().phase, ChallengePhase::kSettling);
}

TEST(Challenge, FailsWhereAnotherTurnIsDoneThanAsked) {
  Scene scene({kLeft, kBlink});
  scene.settle();
  scene.answer(kRight);
  expect_failed(scene, ChallengeFailure::kWrong, "did turn-right where turn-left was asked");
  scene.answer(kLeft);
  scene.answer(kBlink);
  EXPECT_EQ(scene.state().phase, ChallengePhase::kFailed) << "it stays failed";
}

TEST(Challenge, FailsWhereATurnIsDoneInsteadOfABlink) {
  Scene scene({kBlink, kLeft});
  scene.settle();
  scene.answer(kLeft);
  expect_failed(scene, ChallengeFailure::kWrong, "did turn-left where blink was asked");
}

TEST(Challenge, FailsInEveryOrderButTheOneAsked) {
  const std::vector<std::vector<ChallengeStep>> orders = {
      {kBlink, kLeft, kRight}, {kBlink, kRight, kLeft}, {kLeft, kBlink, kRight},
      {kLeft, kRight, kBlink}, {kRight, kBlink, kLeft}, {kRight, kLeft, kBlink}};
  for (const auto& asked : orders) {
    for (const auto& done : orders) {
      Scene scene(asked);
      scene.settle();
      for (const ChallengeStep step : done) {
        scene.answer(step);
      }
      EXPECT_EQ(scene.state().phase == ChallengePhase::kPassed, asked == done);
    }
  }
}

TEST(Challenge, FailsWhenTheTimeForAStepIsUp) {
  Scene scene({kBlink, kLeft}, {.step_limit_ms = 3000});
  scene.settle();
  EXPECT_GT(scene.challenge.time_left_ms(), 0);
  scene.wait(3200);
  expect_failed(scene, ChallengeFailure::kNoResponse, "time is up: no blink");
}

TEST(Challenge, FailsWhenTheHeadDoesNotComeBackInTime) {
  Scene scene({kLeft, kBlink}, {.step_limit_ms = 3000});
  scene.settle();
  scene.wait(500);
  scene.turn_to(28);
  EXPECT_EQ(scene.state().phase, ChallengePhase::kReturning);
  scene.wait(3200);
  expect_failed(scene, ChallengeFailure::kNoResponse, "time is up: no turn-left and back");
}

TEST(Challenge, FailsWhenNobodyFitComesInTime) {
  Scene scene({kBlink, kLeft}, {.settle_limit_ms = 2000});
  scene.nobody(2200);
  expect_failed(scene, ChallengeFailure::kNoResponse,
                "time is up before the face was fit: no face in the picture");
}

TEST(Challenge, SaysWhatIsMissingBeforeItBegins) {
  const std::map<std::string, SyntheticView> cases = {
      {"come nearer", {.scale = 0.5}},
      {"does not look at the camera", {.yaw_degrees = 35}},
      {"eyes are not seen open", {.open = 0}}};
  for (const auto& [text, view] : cases) {
    Scene scene({kBlink, kLeft});
    scene.view = view;
    scene.settle();
    EXPECT_EQ(scene.state().phase, ChallengePhase::kSettling);
    EXPECT_NE(scene.state().reason.find(text), std::string::npos) << scene.state().reason;
  }
  Scene restless({kBlink, kLeft});
  for (int i = 0; i < 10; ++i) {
    restless.view.yaw_degrees = i % 2 == 0 ? -12 : 12;
    restless.wait(150);
  }
  EXPECT_EQ(restless.state().phase, ChallengePhase::kSettling);
}

TEST(Challenge, FailsWhenTheFaceIsAwayTooLong) {
  Scene scene({kBlink, kLeft});
  scene.settle();
  scene.nobody(300);
  scene.frame();
  EXPECT_EQ(scene.state().phase, ChallengePhase::kAsking) << "a moment is forgiven";
  scene.nobody(700);
  expect_failed(scene, ChallengeFailure::kNoResponse, "the face was not seen for");
}

TEST(Challenge, FailsWhenTheCameraPausesTooLong) {
  Scene scene({kBlink, kLeft});
  scene.settle();
  scene.time_ms += 1000;
  scene.frame();
  expect_failed(scene, ChallengeFailure::kNoResponse, "the face was not seen for");
}

TEST(Challenge, FailsWhenTheFaceJumps) {
  Scene moved({kBlink, kLeft});
  moved.settle();
  moved.view.x = 120;
  moved.frame();
  expect_failed(moved, ChallengeFailure::kWrong, "the face jumped");
  Scene grown({kBlink, kLeft});
  grown.settle();
  grown.view.scale *= 1.8;
  grown.frame();
  expect_failed(grown, ChallengeFailure::kWrong, "the face jumped");
}

TEST(Challenge, FailsWhenASecondFaceComes) {
  Scene scene({kBlink, kLeft});
  scene.settle();
  scene.challenge.add(
      {.time_ms = scene.time_ms + 1, .num_faces = 2, .frame_width = 640, .frame_height = 480});
  expect_failed(scene, ChallengeFailure::kWrong, "several faces");
}

TEST(Challenge, FailsWhenTheTimeGoesBack) {
  Scene scene({kBlink, kLeft});
  scene.settle();
  scene.time_ms -= 1000;
  scene.frame();
  expect_failed(scene, ChallengeFailure::kNoResponse, "time went back");
}

TEST(Challenge, FailsWhenATurnComesSoonerThanAnybodyCanAnswer) {
  Scene scene({kLeft, kBlink});
  while (scene.state().phase == ChallengePhase::kSettling) {
    scene.frame();
  }
  scene.view.yaw_degrees = 28;
  scene.wait(4 * kFrameMs);
  expect_failed(scene, ChallengeFailure::kWrong, "sooner than anybody can answer");
}

TEST(Challenge, DoesNotCountABlinkThatIsNone) {
  Scene early({kBlink, kLeft});
  while (early.state().phase == ChallengePhase::kSettling) {
    early.frame();
  }
  early.blink(0, 100);  // over before the reaction time is
  EXPECT_EQ(early.state().step, 0U);
  Scene half({kBlink, kLeft});
  half.settle();
  half.wait(500);
  half.blink(0.8);
  EXPECT_EQ(half.state().step, 0U);
  Scene asleep({kBlink, kLeft});
  asleep.settle();
  asleep.wait(500);
  asleep.blink(0, 2000);
  EXPECT_EQ(asleep.state().step, 0U);
  asleep.blink();
  EXPECT_EQ(asleep.state().step, 1U) << "a right one still counts";
}

TEST(Challenge, AFlatPictureThatIsTurnedFarDoesNotPass) {
  for (const double tilt : {25.0, 40.0}) {
    Scene scene({kLeft, kRight});
    scene.view.flat = true;
    scene.settle();
    scene.wait(500);
    scene.turn_to(tilt);
    scene.turn_to(0);
    scene.turn_to(-tilt);
    scene.turn_to(0);
    EXPECT_EQ(scene.state().phase, ChallengePhase::kAsking);
    EXPECT_EQ(scene.state().step, 0U);
  }
}

TEST(Challenge, LandmarksThatAreNoFaceDoNotPassAndDoNoHarm) {
  Scene scene({kBlink, kLeft});
  Observation seen{.time_ms = 0, .num_faces = 1, .frame_width = 640, .frame_height = 480};
  for (int i = 0; i < 40; ++i) {
    seen.time_ms += kFrameMs;
    seen.face.box = {100, 100, 200, 200};
    seen.face.landmarks.fill({i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : 100.0F, 5});
    scene.challenge.add(seen);
  }
  EXPECT_EQ(scene.state().phase, ChallengePhase::kSettling);
}

TEST(Challenge, RequiresStepsAndOptions) {
  EXPECT_THROW(Challenge({kBlink}, {}), ContractViolation);
  EXPECT_THROW(Challenge({kBlink, kLeft}, {.step_limit_ms = 0}), ContractViolation);
}

TEST(DrawChallenge, DrawsEachOfTheTwelveOrdersAboutEquallyOften) {
  Rng rng(3);
  std::map<std::vector<ChallengeStep>, int> count;
  constexpr int kDraws = 12000;
  for (int i = 0; i < kDraws; ++i) {
    std::vector<std::uint8_t> random(24);
    for (auto& byte : random) {
      byte = static_cast<std::uint8_t>(rng.below(256));
    }
    const auto steps = draw_challenge(random, 3);
    EXPECT_NE(steps[0], steps[1]);
    EXPECT_NE(steps[1], steps[2]);
    ++count[steps];
  }
  EXPECT_EQ(count.size(), 12U);
  for (const auto& [steps, times] : count) {
    EXPECT_NEAR(times, kDraws / 12, 150);  // 5 standard deviations
  }
}

TEST(DrawChallenge, RequiresEnoughRandomBytes) {
  const std::vector<std::uint8_t> few(23);
  EXPECT_THROW(draw_challenge(few, 3), ContractViolation);
  EXPECT_THROW(draw_challenge(few, 1), ContractViolation);
}

TEST(ParseChallenge, ReadsWhatTheNamesSay) {
  const auto steps = parse_challenge("turn-right,blink,turn-left");
  ASSERT_TRUE(steps.ok());
  EXPECT_EQ(steps.value(), (std::vector{kRight, kBlink, kLeft}));
}

TEST(ParseChallenge, RefusesUnknownWordsAndWrongCounts) {
  for (const std::string text : {"blink,nod", "", "blink,", "blink"}) {
    const auto steps = parse_challenge(text);
    ASSERT_FALSE(steps.ok()) << text;
    EXPECT_EQ(steps.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(steps.error().message().find("challenge '" + text + "': "), std::string::npos);
  }
}

}  // namespace
}  // namespace kface
