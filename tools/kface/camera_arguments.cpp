#include "camera_arguments.h"

#include <utility>

namespace kface::cli {

void add_camera_arguments(CLI::App& command, CameraArguments& arguments, bool required) {
  CameraOptions& options = arguments.options;
  command
      .add_option("--camera", options.source,
                  "V4L2 device, RTSP or HTTP address, video file, or folder of images")
      ->required(required);
  command.add_option("--gate", options.gate, "name of this gate, in records and messages")
      ->capture_default_str();
  command.add_option("--direction", arguments.direction, "which way people pass here")
      ->check(CLI::IsMember({"entry", "exit"}));
  command.add_option("--frames", options.approach.frames, "good frames that a decision is made on")
      ->check(CLI::Range(1, 30))
      ->capture_default_str();
  command
      .add_option("--settle-ms", options.approach.settle_ms,
                  "decide after this long, on the good frames that there are")
      ->check(CLI::Range(0, 60000))
      ->capture_default_str();
  command
      .add_option("--retry-ms", options.approach.retry_ms,
                  "look again at somebody who was not let in after this long; 0: never")
      ->check(CLI::Range(0, 600000))
      ->capture_default_str();
  command.add_option("--width", options.frames.width, "width asked of a device, in pixels");
  command.add_option("--height", options.frames.height, "height asked of a device, in pixels");
  command.add_flag("--every-frame", arguments.unpaced,
                   "a file is not played as a camera would, but worked on frame by frame");
}

Result<std::unique_ptr<CameraLoop>> make_camera_loop(
    const Globals& globals, const GateSession& session, const CameraArguments& arguments,
    std::function<void(const Decision&)> on_decision) {
  CameraOptions options = arguments.options;
  options.paced = !arguments.unpaced;
  options.direction = arguments.direction == "entry"  ? Direction::kEntry
                      : arguments.direction == "exit" ? Direction::kExit
                                                      : Direction::kNone;
  CameraLoop::Parts parts;
  parts.access = session.access.get();
  parts.clock = steady_now_ms;
  parts.on_decision = std::move(on_decision);
  KF_ASSIGN(parts.reader, FaceReader::create(session.opened, models_folder(globals)));
  return std::make_unique<CameraLoop>(std::move(options), std::move(parts));
}

}  // namespace kface::cli
