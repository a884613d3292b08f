// The gate itself: frames of a camera in, one decision for each person who walks up to it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "gate/access.h"
#include "gate/approach.h"
#include "gate/camera/frame_source.h"
#include "gate/face_reader.h"
#include "gate/live_check.h"

namespace kface {

struct CameraOptions {
  std::string source;         // open_frame_source()
  std::string gate = "gate";  // AccessRequest::gate
  Direction direction = Direction::kNone;
  ApproachOptions approach;  // min_quality is taken from the policy
  FrameSourceOptions frames;
  // A file is played at its own rate, as a camera would give it; false: every frame, as fast as
  // they can be worked on. A live source always comes at its own rate.
  bool paced = true;
  std::size_t plays = 1;            // how often a file is played
  double first_retry_ms = 500;      // after the source was lost; doubled each time,
  double longest_retry_ms = 30000;  // up to this
};

struct CameraState {
  std::string camera = "starting";  // "ok", "ended", or "lost: ... (next try in N s)"
  std::uint64_t frames = 0;         // worked on
  std::uint64_t dropped = 0;        // came while another one was worked on
  std::uint64_t reopened = 0;
  double fps = 0;  // worked on, in the last seconds
  // From a frame's arrival to the decision that it completed; of the last 1,000 decisions.
  std::vector<double> decision_ms = {};
  std::optional<Decision> last = {};
  std::string prompt = {};  // LiveCheck::prompt(), where liveness is required
};

// run() belongs to one thread; the rest is thread-safe.
class CameraLoop {
 public:
  struct Parts {
    AccessControl* access = nullptr;     // outlives the object
    std::unique_ptr<FaceReader> reader;  // its own, so that a service's requests never delay it
    ClockMs clock;                       // never goes back
    // How the source is opened; open_frame_source where it is empty.
    std::function<Result<std::unique_ptr<FrameSource>>()> open = {};
    // Called after each decision, by run()'s thread. May be empty.
    std::function<void(const Decision&)> on_decision = {};
    // Where the policy requires liveness; else null.
    std::unique_ptr<LiveCheck> live = {};
    // Called with each new prompt, by run()'s thread. May be empty.
    std::function<void(const std::string&)> on_prompt = {};
  };
  CameraLoop(CameraOptions options, Parts parts);
  ~CameraLoop();

  // Until the stop flag is set, or a file has ended. A live source that is lost is opened again,
  // with back-off; a file or device that cannot be opened at the start is an error.
  // Requires: a live check, if the policy requires liveness.
  // Errors: those of open_frame_source, for the first opening; kCorruption: a file's frame.
  Status run(const StopFlag& stop);

  CameraState state() const;
  // The last frame that was worked on, or nothing before the first.
  std::optional<Image> latest_picture() const;

 private:
  Status run_unpaced(FrameSource& source, const StopFlag& stop);
  Status run_newest(FrameSource& source, const StopFlag& stop);
  Status run_file(std::unique_ptr<FrameSource> source, const StopFlag& stop);
  void work(const Frame& frame, std::int64_t arrived_ms);
  void look_at(const Frame& frame, const FoundFace& face, std::int64_t arrived_ms);
  bool follow_liveness(const Frame& frame, const std::vector<FoundFace>& faces);
  void decide(const Frame& frame, const ApproachFrame& seen, std::int64_t arrived_ms);
  void refuse(Reason reason, std::int64_t arrived_ms);
  void after(const Decision& decision, std::int64_t arrived_ms);
  void publish(const Frame& frame);
  void set_camera(std::string text);
  void wait(double ms, const StopFlag& stop) const;

  const CameraOptions options_;
  Parts parts_;
  Approach approach_;
  AccessRequest request_;
  std::uint64_t live_number_ = 0;  // of the approach that the live check is of
  double shift_ms_ = 0;            // a file's earlier plays
  double last_time_ms_ = 0;
  mutable std::mutex mutex_;
  CameraState state_;
  std::deque<std::int64_t> recent_;  // when the last frames were worked on, ms
  std::optional<Image> latest_;
};

}  // namespace kface
