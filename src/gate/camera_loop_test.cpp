#include "gate/camera_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "gate/access_for_test.h"

namespace kface {
namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A camera that gives so many frames of an empty hall, and is then unplugged.
class FrailCamera final : public FrameSource {
 public:
  explicit FrailCamera(int frames) : frames_(frames) {}
  Result<std::optional<Frame>> next() override {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (frames_-- <= 0) {
      return Status{ErrorCode::kIo, "unplugged"};
    }
    Frame frame;
    frame.image = {
        .width = 160, .height = 120, .pixels = std::vector<std::uint8_t>(160 * 120 * 3, 90)};
    frame.time_ms = now_ms();
    return std::optional(std::move(frame));
  }
  bool live() const override { return true; }

 private:
  int frames_;
};

class CameraLoopTest : public test::GateAccess {
 protected:
  // Waits for a state, at most ten seconds.
  template <typename Wanted>
  static bool comes(const CameraLoop& loop, const Wanted& wanted) {
    for (int i = 0; i < 1000; ++i) {
      if (wanted(loop.state())) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

TEST_F(CameraLoopTest, OpensALostCameraAgainAndSaysSoMeanwhile) {
  const auto access = AccessControl::create(parts(), lenient()).value();
  std::atomic<bool> plugged{true};
  std::atomic<bool> first{true};
  CameraOptions options;
  options.first_retry_ms = 20;
  options.longest_retry_ms = 50;
  CameraLoop::Parts loop_parts;
  loop_parts.access = access.get();
  loop_parts.reader = FaceReader::create(opened_, models()).value();
  loop_parts.clock = now_ms;
  loop_parts.open = [&]() -> Result<std::unique_ptr<FrameSource>> {
    if (!plugged) {
      return Status{ErrorCode::kIo, "no camera there"};
    }
    plugged = !first;  // its first life ends after three frames; then it is not there for a while
    return std::unique_ptr<FrameSource>(
        std::make_unique<FrailCamera>(first.exchange(false) ? 3 : 100000));
  };
  CameraLoop loop(options, std::move(loop_parts));
  StopFlag stop;
  std::thread thread([&] {
    const Status status = loop.run(stop);
    EXPECT_TRUE(status.ok()) << status.message();
  });
  EXPECT_TRUE(comes(loop, [](const CameraState& state) {
    return state.camera.find("no camera there (next try in 1 s)") != std::string::npos;
  }));
  plugged = true;
  EXPECT_TRUE(comes(loop, [](const CameraState& state) {
    return state.camera == "ok" && state.reopened == 1 && state.frames > 5;
  }));
  EXPECT_TRUE(loop.latest_picture().has_value());
  stop.request();
  thread.join();
  EXPECT_TRUE(records().empty());  // an empty hall is no event
}

TEST_F(CameraLoopTest, SaysAtOnceThatACameraWasNeverThere) {
  const auto access = AccessControl::create(parts(), lenient()).value();
  CameraOptions options;
  options.source = "/dev/no-such-video";
  CameraLoop::Parts loop_parts;
  loop_parts.access = access.get();
  loop_parts.reader = FaceReader::create(opened_, models()).value();
  loop_parts.clock = now_ms;
  CameraLoop loop(options, std::move(loop_parts));
  const StopFlag stop;
  const Status status = loop.run(stop);
  EXPECT_EQ(status.code(), ErrorCode::kNotFound);
  EXPECT_NE(status.message().find("/dev/no-such-video"), std::string::npos);
}

TEST_F(CameraLoopTest, RequiresALiveCheckWhereLivenessIsRequired) {
  GatePolicy policy = lenient();
  policy.require_liveness = true;
  const auto access = AccessControl::create(parts(), policy).value();
  CameraLoop::Parts loop_parts;
  loop_parts.access = access.get();
  loop_parts.reader = FaceReader::create(opened_, models()).value();
  loop_parts.clock = now_ms;
  CameraLoop loop({}, std::move(loop_parts));
  const StopFlag stop;
  EXPECT_THROW(static_cast<void>(loop.run(stop)), ContractViolation);
}

}  // namespace
}  // namespace kface
