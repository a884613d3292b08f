#include "gate_session.h"

#include <utility>

namespace kface::cli {

void add_gate_arguments(CLI::App& command, GateArguments& arguments) {
  add_model_arguments(command, arguments.model);
  add_precision_argument(command, arguments.precision);
  add_gallery_arguments(command, arguments.gallery);
  add_audit_argument(command, arguments.gallery);
  visit_gate_options(arguments.policy, OptionAdder(command));
}

Result<std::unique_ptr<GateSession>> open_gate_session(const Globals& globals,
                                                       const GateArguments& arguments,
                                                       GateSessionOptions options) {
  const GalleryPaths paths = gallery_paths(arguments.gallery, options.audit_name);
  auto session = std::make_unique<GateSession>();
  KF_ASSIGN(const Keyring keys, Keyring::read(paths.key));
  KF_ASSIGN(session->opened,
            open_model(globals, arguments.model, parse_precision(arguments.precision)));
  KF_ASSIGN(session->gallery, Gallery::open(paths.gallery, keys, unix_now()));
  KF_ASSIGN(session->audit, AuditLog::open(paths.audit, keys.derive("audit")));
  if (options.doors) {
    KF_ASSIGN(session->doors, make_doors(*options.doors, options.gate,
                                         [log = session->audit.get()] { return log->head(); }));
  }
  AccessControl::Parts parts;
  parts.opened = &session->opened;
  parts.models = models_folder(globals);
  parts.gallery = session->gallery.get();
  parts.audit = session->audit.get();
  for (const auto& door : session->doors) {
    parts.doors.push_back(door.get());
  }
  parts.now = unix_now;
  parts.local_time = local_time;
  parts.readers = options.readers;
  parts.allow_foreign_templates = options.allow_foreign_templates;
  KF_ASSIGN(session->access, AccessControl::create(std::move(parts), arguments.policy));
  return session;
}

Status log_moment(AuditLog& audit, const std::string& kind, const std::string& gate,
                  const std::string& note) {
  AuditEntry entry;
  entry.at = unix_now();
  entry.kind = kind;
  entry.gate = gate;
  entry.actor = command_line_actor();
  entry.note = note;
  const auto appended = audit.append(entry);
  return appended.ok() ? Status() : appended.error();
}

}  // namespace kface::cli
