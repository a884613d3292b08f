#include "camera_arguments.h"

#include <algorithm>
#include <random>
#include <utility>

#include "gate/direction.h"

namespace kface::cli {
namespace {

// The system's random bytes, for challenges that nobody can know before.
std::vector<std::uint8_t> random_bytes(std::size_t count) {
  std::random_device device;
  std::vector<std::uint8_t> bytes(count);
  std::generate(bytes.begin(), bytes.end(),
                [&] { return static_cast<std::uint8_t>(device() & 0xFFU); });
  return bytes;
}

}  // namespace

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
  command.add_option("--plays", options.plays, "how often a file is played")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_flag("--passive-liveness", arguments.passive,
                   "with --require-liveness: no challenge, only what the face shows by itself");
  visit_challenge_options(arguments.live.challenge, OptionAdder(command));
  command.add_flag("--every-frame", arguments.unpaced,
                   "a file is not played as a camera would, but worked on frame by frame");
}

Result<std::unique_ptr<CameraLoop>> make_camera_loop(const Globals& globals,
                                                     const GateSession& session,
                                                     const CameraArguments& arguments,
                                                     CameraListener listener) {
  CameraOptions options = arguments.options;
  options.paced = !arguments.unpaced;
  options.direction = direction_of(arguments.direction);
  CameraLoop::Parts parts;
  parts.access = session.access.get();
  parts.clock = steady_now_ms;
  parts.on_decision = std::move(listener.on_decision);
  parts.on_prompt = std::move(listener.on_prompt);
  if (session.access->policy().require_liveness) {
    KF_ASSIGN(auto landmarks, Landmarks68Finder::create(models_folder(globals)));
    LiveCheckOptions live = arguments.live;
    live.with_challenge = !arguments.passive;
    parts.live = std::make_unique<LiveCheck>(std::move(landmarks), live, random_bytes);
  }
  KF_ASSIGN(parts.reader, FaceReader::create(session.opened, models_folder(globals)));
  return std::make_unique<CameraLoop>(std::move(options), std::move(parts));
}

}  // namespace kface::cli
