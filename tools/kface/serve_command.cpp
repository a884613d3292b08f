#include <poll.h>

#include <cstdio>
#include <thread>

#include "camera_arguments.h"
#include "commands.h"
#include "gate/service/http_server.h"
#include "gate_clock.h"
#include "gate_session.h"
#include "serve_parts.h"

namespace kface::cli {
namespace {

struct ServeArguments {
  GateArguments gate;
  DoorOptions doors;
  CameraArguments camera;
  service::ServiceOptions service;
};

// The camera's thread beside the service; it ends when the program is told to stop.
class CameraThread {
 public:
  CameraThread(CameraLoop* loop, const StopFlag& stop) {
    if (loop != nullptr) {
      thread_ = std::thread([loop, &stop] {
        const Status status = loop->run(stop);
        if (!status.ok() && status.code() != ErrorCode::kInterrupted) {
          std::fprintf(stderr, "kface: the camera: %s\n", status.message().c_str());
        }
      });
    }
  }
  ~CameraThread() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  CameraThread(const CameraThread&) = delete;
  CameraThread& operator=(const CameraThread&) = delete;

 private:
  std::thread thread_;
};

Status serve(Globals& globals, const ServeArguments& arguments) {
  constexpr int kLookMs = 200;
  GateSessionOptions options;
  options.readers = static_cast<unsigned>(arguments.service.workers);
  options.doors = arguments.doors;
  const std::string& gate = arguments.camera.options.gate;
  options.gate = gate;
  KF_ASSIGN(const auto session, open_gate_session(globals, arguments.gate, std::move(options)));
  std::unique_ptr<CameraLoop> camera;
  if (!arguments.camera.options.source.empty()) {
    KF_ASSIGN(camera, make_camera_loop(globals, *session, arguments.camera, {}));
  }
  const auto audit = gallery_paths(arguments.gate.gallery).audit;
  const auto service =
      service::make_service(service_parts(*session, camera.get(), audit), arguments.service);
  KF_ASSIGN(const auto server, service::HttpServer::start(arguments.service, *service));
  const CameraThread camera_thread(camera.get(), globals.stop);
  Status logged =
      log_moment(*session->audit, "start", gate, "service with model " + session->opened.name);
  std::printf(globals.json ? "{\"url\":\"%s\"}\n" : "kface: serving on %s\n",
              server->url().c_str());
  std::fflush(stdout);
  while (logged.ok() && !globals.stop.requested()) {
    ::poll(nullptr, 0, kLookMs);
  }
  globals.stop.request();
  server->stop();
  return logged.ok() ? log_moment(*session->audit, "stop", gate, "service") : logged;
}

int run_serve(Globals& globals, const ServeArguments& arguments) {
  const Status status = serve(globals, arguments);
  return status.ok() ? kSuccess : report_error(status);
}

}  // namespace

void add_serve_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command = add_command(
      app, globals, "serve",
      "Serve the gate over HTTP: API, page, metrics; with a camera, its door",
      "  kface serve -m staff.kface --home gate\n"
      "  kface serve -m staff.kface --listen 0.0.0.0:8443 --tls-cert gate.crt --tls-key gate.key\n"
      "  kface serve -m staff.kface --home gate --camera /dev/video0 --mqtt mqtt://127.0.0.1:1883",
      [&globals, arguments] { return run_serve(globals, *arguments); });
  add_gate_arguments(*command, arguments->gate);
  service::visit_service_options(arguments->service, OptionAdder(*command));
  add_camera_arguments(*command, arguments->camera, false);
  visit_door_options(arguments->doors, OptionAdder(*command));
}

}  // namespace kface::cli
