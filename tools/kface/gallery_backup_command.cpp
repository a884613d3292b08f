#include <cstdio>
#include <nlohmann/json.hpp>

#include "gallery/sqlite_database.h"
#include "gallery_commands.h"

namespace kface::cli {
namespace {

struct BackupArguments {
  GalleryArguments gallery;
  std::string to;
};

Status back_up(const BackupArguments& arguments) {
  const GalleryPaths paths = gallery_paths(arguments.gallery);
  if (is_postgres(paths.gallery)) {
    return {ErrorCode::kInvalidArgument,
            "a gallery in PostgreSQL is backed up by its own program: pg_dump --schema=kface "
            "--format=custom --file=" +
                arguments.to + " URL; rows in it are sealed"};
  }
  return backup_sqlite(paths.gallery, arguments.to);
}

int run_backup(const Globals& globals, const BackupArguments& arguments) {
  if (const Status status = back_up(arguments); !status.ok()) {
    return report_error(status);
  }
  if (globals.json) {
    std::printf("%s\n", nlohmann::ordered_json{{"backup", arguments.to}}.dump(2).c_str());
    return kSuccess;
  }
  std::printf(
      "%s: written; it opens with the key file of today, which is not in it. Who is forgotten "
      "later "
      "is in it still: docs/privacy.md\n",
      arguments.to.c_str());
  return kSuccess;
}

}  // namespace

void add_gallery_backup_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<BackupArguments>();
  CLI::App* command =
      add_command(gallery, globals, "backup", "Copy the gallery while gates use it",
                  "  kface gallery backup --home gate gallery-2026-11-25.db\n"
                  "To restore: stop the gates, copy it over gallery.db, remove gallery.db-wal and "
                  "gallery.db-shm.",
                  [&globals, arguments] { return run_backup(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  command->add_option("TO", arguments->to, "file to write; must not exist")->required();
}

}  // namespace kface::cli
