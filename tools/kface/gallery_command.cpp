#include "commands.h"
#include "gallery_commands.h"
#include "gate/audit_log.h"
#include "gate_clock.h"

namespace kface::cli {

Result<OpenedGallery> open_gallery_and_keys(const GalleryArguments& arguments) {
  const GalleryPaths paths = gallery_paths(arguments, kCommandLineAudit);
  KF_ASSIGN(Keyring keys, Keyring::read(paths.key));
  KF_ASSIGN(auto gallery, Gallery::open(paths.gallery, keys, unix_now()));
  return OpenedGallery{paths, std::move(keys), std::move(gallery)};
}

bool is_postgres(const std::string& where) { return where.find("://") != std::string::npos; }

Status log_change(const OpenedGallery& opened, const std::string& note) {
  KF_ASSIGN(const auto log, AuditLog::open(opened.paths.audit, opened.keys.derive("audit")));
  AuditEntry entry;
  entry.at = unix_now();
  entry.kind = "change";
  entry.actor = command_line_actor();
  entry.note = note;
  return log->append(entry).error();
}

void add_gallery_command(CLI::App& app, Globals& globals) {
  CLI::App* gallery = app.add_subcommand(
      "gallery", "The enrolled people: init, info, migrate, rotate-key, purge, backup");
  gallery->require_subcommand(1);
  gallery->footer(
      "Examples:\n"
      "  kface gallery init --home gate\n"
      "  kface gallery info --home gate\n"
      "'kface gallery COMMAND --help' tells more.");
  add_gallery_init_command(*gallery, globals);
  add_gallery_info_command(*gallery, globals);
  add_gallery_migrate_command(*gallery, globals);
  add_gallery_rotate_key_command(*gallery, globals);
  add_gallery_purge_command(*gallery, globals);
  add_gallery_backup_command(*gallery, globals);
}

}  // namespace kface::cli
