// The gate over HTTP, without the sockets: routes, roles, limits, answers. docs/service.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gallery/gallery.h"
#include "gate/access.h"
#include "gate/audit_log.h"
#include "gate/page.h"
#include "gate/service/http.h"
#include "gate/service/service_options.h"

namespace kface::service {

// The gate's camera, where this process has one.
struct CameraView {
  std::string state;  // "ok", "starting", "ended", or "lost: ..."
  double fps = 0;
  std::optional<Decision> last_decision = {};
};

struct ServiceParts {
  AccessControl* access = nullptr;  // outlives the service
  Gallery* gallery = nullptr;       // outlives the service
  AuditLog* audit = nullptr;        // outlives the service
  // search_audit and read_audit on the log's file.
  std::function<Result<std::vector<AuditRecord>>(const AuditQuery&, std::size_t limit)>
      search_events;
  std::function<Status(const AuditQuery&, const std::function<Status(const AuditRecord&)>& take)>
      read_events;
  std::string space;                // template_space(access->opened())
  std::string version;              // of the program
  std::function<UnixMs()> now;      // the clock
  std::function<double()> seconds;  // a steady clock, in seconds
  // Empty functions: no page, no camera.
  std::function<std::optional<PageFile>(std::string_view path)> page = {};
  std::function<std::optional<std::vector<std::uint8_t>>()> frame = {};  // JPEG
  std::function<std::optional<CameraView>()> camera = {};
  // One line for the service's own log: what callers are not told. May come from any thread.
  std::function<void(const std::string& line)> note = {};
};

// Requires: parts that are complete, but for what may be empty.
std::unique_ptr<HttpService> make_service(ServiceParts parts, const ServiceOptions& options);

}  // namespace kface::service
