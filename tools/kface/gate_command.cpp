#include <cstdio>

#include "camera_arguments.h"
#include "commands.h"
#include "gate_output.h"
#include "gate_session.h"

namespace kface::cli {
namespace {

struct GateCommandArguments {
  GateArguments gate;
  DoorOptions doors;
  CameraArguments camera;
};

Status run_loop(const Globals& globals, const GateCommandArguments& arguments) {
  GateSessionOptions options;
  options.doors = arguments.doors;
  options.gate = arguments.camera.options.gate;
  KF_ASSIGN(const auto session, open_gate_session(globals, arguments.gate, std::move(options)));
  const std::string& gate = arguments.camera.options.gate;
  print_gate_start(*session->access, arguments.camera.options, globals.json);
  CameraListener listener;
  listener.on_decision = [&](const Decision& decision) {
    print_decision(decision, gate, globals.json);
    std::fflush(stdout);
  };
  listener.on_prompt = [&](const std::string& prompt) {
    print_prompt(prompt, gate, globals.json);
    std::fflush(stdout);
  };
  KF_ASSIGN(const auto loop,
            make_camera_loop(globals, *session, arguments.camera, std::move(listener)));
  KF_TRY(log_moment(*session->audit, "start", gate, "gate with model " + session->opened.name));
  Status status = loop->run(globals.stop);
  KF_TRY(log_moment(*session->audit, "stop", gate, status.message()));
  print_gate_end(loop->state(), globals.json);
  return status;
}

int run_gate(const Globals& globals, const GateCommandArguments& arguments) {
  const Status status = run_loop(globals, arguments);
  return status.ok() ? kSuccess : report_error(status);
}

}  // namespace

void add_gate_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<GateCommandArguments>();
  CLI::App* command = add_command(
      app, globals, "gate", "Watch a camera and let people of a gallery in",
      "  kface gate -m staff.kface --home gate --camera /dev/video0 --door-command ./open.sh\n"
      "  kface gate -m staff.kface --home gate --camera rtsp://10.0.0.7/stream \\\n"
      "             --mqtt mqtt://127.0.0.1:1883 --direction entry --anti-passback\n"
      "  kface gate -m staff.kface --home gate --camera walk.avi --json       a recorded video",
      [&globals, arguments] { return run_gate(globals, *arguments); });
  add_gate_arguments(*command, arguments->gate);
  add_camera_arguments(*command, arguments->camera, true);
  visit_door_options(arguments->doors, OptionAdder(*command));
}

}  // namespace kface::cli
