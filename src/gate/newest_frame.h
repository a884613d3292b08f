// The newest frame of a source, taken by a thread of its own: work never falls behind the camera.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "base/parallel.h"
#include "gate/camera/frame_source.h"

namespace kface {

// Thread-safe. Refers to the source, which outlives it; nothing else may use the source meanwhile.
class NewestFrame {
 public:
  struct Taken {
    Frame frame;
    std::int64_t arrived_ms = 0;
    std::uint64_t dropped = 0;  // frames since the last one taken that nobody took
  };

  // Of a source that is not live, frames arrive when their times say.
  NewestFrame(FrameSource& source, ClockMs clock);
  ~NewestFrame();

  // Waits for a frame, at most `timeout_ms`; none then (`ended` is false) or at the end of a file
  // (`ended` is true). Errors: the source's, after the last good frame was taken.
  Result<std::optional<Taken>> take(int timeout_ms, bool& ended);

 private:
  void follow();

  FrameSource& source_;
  const ClockMs clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Taken> newest_;
  Status error_;
  bool ended_ = false;
  StopFlag stop_;
  std::thread thread_;
};

}  // namespace kface
