// What the commands with a camera share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gate/camera_loop.h"
#include "gate_session.h"

namespace kface::cli {

struct CameraArguments {
  CameraOptions options;
  std::string direction;  // entry, exit or empty
  bool unpaced = false;
  LiveCheckOptions live;  // used where the policy requires liveness
  bool passive = false;   // without a challenge
};

// What happens at the camera, told by its thread. Either may be empty.
struct CameraListener {
  std::function<void(const Decision&)> on_decision = {};
  std::function<void(const std::string&)> on_prompt = {};
};

// Declares --camera and what belongs to it; `required`: there is nothing to do without a camera.
void add_camera_arguments(CLI::App& command, CameraArguments& arguments, bool required);

// Errors: those of FaceReader::create and Landmarks68Finder::create.
Result<std::unique_ptr<CameraLoop>> make_camera_loop(const Globals& globals,
                                                     const GateSession& session,
                                                     const CameraArguments& arguments,
                                                     CameraListener listener);

}  // namespace kface::cli
