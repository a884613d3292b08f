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
};

// Declares --camera and what belongs to it; `required`: there is nothing to do without a camera.
void add_camera_arguments(CLI::App& command, CameraArguments& arguments, bool required);

// Errors: those of FaceReader::create.
Result<std::unique_ptr<CameraLoop>> make_camera_loop(
    const Globals& globals, const GateSession& session, const CameraArguments& arguments,
    std::function<void(const Decision&)> on_decision);

}  // namespace kface::cli
