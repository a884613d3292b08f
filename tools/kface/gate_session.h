// What every command of the gate opens: model, gallery, audit log, and what decides by them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli.h"
#include "gallery_arguments.h"
#include "gate/access.h"
#include "gate/doors.h"
#include "gate_clock.h"
#include "model_arguments.h"

namespace kface::cli {

struct GateArguments {
  ModelArguments model;
  std::string precision;
  GalleryArguments gallery;
  GatePolicy policy;
};

// Declares -m, --backbone, --precision, those of the gallery, and the policy's options.
void add_gate_arguments(CLI::App& command, GateArguments& arguments);

// Members are destroyed in the reverse order: what decides goes first.
struct GateSession {
  OpenedModel opened;
  std::unique_ptr<Gallery> gallery;
  std::unique_ptr<AuditLog> audit;
  std::vector<std::unique_ptr<Door>> doors;
  std::unique_ptr<AccessControl> access;
};

struct GateSessionOptions {
  // Name of the audit log in the gallery's folder, where --audit does not say: commands may run
  // beside a gate or service, and a log has one writer.
  std::string audit_name = kGateAudit;
  unsigned readers = 1;
  // Doors to make, and the gate whose they are; none: decisions are logged and answered alone.
  std::optional<DoorOptions> doors = {};
  std::string gate = {};
  bool allow_foreign_templates = false;
};

// Errors: those of open_model, Keyring::read, Gallery::open, AuditLog::open, AccessControl::create.
Result<std::unique_ptr<GateSession>> open_gate_session(const Globals& globals,
                                                       const GateArguments& arguments,
                                                       GateSessionOptions options);

// A record that is no decision: start, stop. Errors: the audit log's.
Status log_moment(AuditLog& audit, const std::string& kind, const std::string& gate,
                  const std::string& note);

}  // namespace kface::cli
