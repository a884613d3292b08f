// What the service is made of: the session's parts, the camera's view, the page, the clocks.
#pragma once

#include <filesystem>

#include "gate/camera_loop.h"
#include "gate/service/service.h"
#include "gate_session.h"

namespace kface::cli {

// `camera` may be null; both outlive the service. `audit`: the log's file. What callers are not
// told goes to stderr.
service::ServiceParts service_parts(const GateSession& session, const CameraLoop* camera,
                                    const std::filesystem::path& audit);

}  // namespace kface::cli
