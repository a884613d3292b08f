#include "audit_commands.h"
#include "gallery/keyring.h"
#include "gallery_arguments.h"
#include "gate_clock.h"

namespace kface::cli {
namespace {

GalleryPaths paths_of(const AuditArguments& arguments) {
  GalleryArguments gallery;
  gallery.home = arguments.home;
  gallery.key = arguments.key;
  gallery.audit = arguments.log;
  return gallery_paths(gallery);
}

}  // namespace

void add_audit_arguments(CLI::App& command, AuditArguments& arguments) {
  command.add_option("--home", arguments.home,
                     "the gate's folder (default: $KFACE_GATE_HOME, else /var/lib/kface)");
  command.add_option("--audit", arguments.log, "audit log (default: audit.log of the home)");
}

void add_audit_key_argument(CLI::App& command, AuditArguments& arguments) {
  command.add_option("--key", arguments.key,
                     "key file (default: $CREDENTIALS_DIRECTORY/kface-key if it is there, else "
                     "key of the home)");
}

std::filesystem::path audit_path(const AuditArguments& arguments) {
  return paths_of(arguments).audit;
}

Result<SecretKey> audit_key(const AuditArguments& arguments) {
  KF_ASSIGN(const Keyring keyring, Keyring::read(paths_of(arguments).key));
  return keyring.derive("audit");
}

void add_audit_query_arguments(CLI::App& command, AuditQueryArguments& arguments) {
  command.add_option("--from", arguments.from,
                     "first moment: 2026-11-25, 2026-11-25T20:09 (UTC), ...T20:09+09:00");
  command.add_option("--until", arguments.until, "moment before which they end, likewise");
  AuditQuery& query = arguments.query;
  command.add_option("--kind", query.kind, "decision, door, enrolment, change, forget, ...");
  command.add_option("--person", query.person, "id of a person, p-...");
  command.add_option("--verdict", query.verdict, "what was decided")
      ->check(CLI::IsMember({"granted", "denied", "not sure"}));
  command.add_option("--gate", query.gate, "which door");
  command.add_option("--event", query.event, "id of an event, e-...");
  command.add_option("--direction", query.direction, "which way")
      ->check(CLI::IsMember({"entry", "exit"}));
}

Result<AuditQuery> to_query(const AuditQueryArguments& arguments) {
  AuditQuery query = arguments.query;
  if (!arguments.from.empty()) {
    KF_ASSIGN(query.from, time_option("--from", arguments.from));
  }
  if (!arguments.until.empty()) {
    KF_ASSIGN(query.until, time_option("--until", arguments.until));
  }
  return query;
}

}  // namespace kface::cli
