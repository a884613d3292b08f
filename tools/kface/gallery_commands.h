// The subcommands of 'kface gallery'; each function declares one.
#pragma once

#include <string>

#include "cli.h"
#include "gallery_arguments.h"

namespace kface::cli {

void add_gallery_init_command(CLI::App& gallery, Globals& globals);
void add_gallery_info_command(CLI::App& gallery, Globals& globals);
void add_gallery_migrate_command(CLI::App& gallery, Globals& globals);
void add_gallery_rotate_key_command(CLI::App& gallery, Globals& globals);
void add_gallery_purge_command(CLI::App& gallery, Globals& globals);
void add_gallery_backup_command(CLI::App& gallery, Globals& globals);

struct OpenedGallery {
  GalleryPaths paths;
  Keyring keys;
  std::unique_ptr<Gallery> gallery;
};

// Errors: those of Keyring::read and Gallery::open.
Result<OpenedGallery> open_gallery_and_keys(const GalleryArguments& arguments);

bool is_postgres(const std::string& where);

// Adds a record of kind "change" to the command line's audit log.
Status log_change(const OpenedGallery& opened, const std::string& note);

}  // namespace kface::cli
