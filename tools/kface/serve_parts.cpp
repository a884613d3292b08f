#include "serve_parts.h"

#include <cstdio>

#include "align/encode_jpeg.h"
#include "gate/page.h"
#include "gate_clock.h"

namespace kface::cli {

service::ServiceParts service_parts(const GateSession& session, const CameraLoop* camera,
                                    const std::filesystem::path& audit) {
  constexpr int kJpegQuality = 80;
  constexpr double kMsPerSecond = 1000;
  service::ServiceParts parts;
  parts.access = session.access.get();
  parts.gallery = session.gallery.get();
  parts.audit = session.audit.get();
  parts.search_events = [audit](const AuditQuery& query, std::size_t limit) {
    return search_audit(audit, query, limit);
  };
  parts.read_events = [audit](const AuditQuery& query, const auto& take) {
    return read_audit(audit, query, take);
  };
  parts.space = template_space(session.opened);
  parts.version = KFACE_VERSION;
  parts.now = unix_now;
  parts.seconds = [] { return static_cast<double>(steady_now_ms()) / kMsPerSecond; };
  parts.page = page_file;
  parts.note = [](const std::string& line) { std::fprintf(stderr, "kface: %s\n", line.c_str()); };
  if (camera != nullptr) {
    parts.frame = [camera]() -> std::optional<std::vector<std::uint8_t>> {
      const auto picture = camera->latest_picture();
      return picture ? std::optional(encode_jpeg(*picture, kJpegQuality)) : std::nullopt;
    };
    parts.camera = [camera]() -> std::optional<service::CameraView> {
      const CameraState state = camera->state();
      return service::CameraView{
          .state = state.camera, .fps = state.fps, .last_decision = state.last};
    };
  }
  return parts;
}

}  // namespace kface::cli
