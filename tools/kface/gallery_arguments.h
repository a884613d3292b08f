// Where a gallery, its key and its logs are; shared by every command of the gate.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cli.h"
#include "gallery/gallery.h"

namespace kface::cli {

// As given; empty: the usual place.
struct GalleryArguments {
  std::string home;     // $KFACE_GATE_HOME, else /var/lib/kface
  std::string gallery;  // gallery.db of the home; or postgresql://...
  std::string key;      // $CREDENTIALS_DIRECTORY/kface-key if it is there, else key of the home
  std::string audit;    // of the home, named by the command
};

struct GalleryPaths {
  std::filesystem::path home;
  std::string gallery;
  std::filesystem::path key;
  std::filesystem::path audit;
};

// An audit log has one writer. What the command line does goes into a log of its own, so that it
// can be done while a gate runs.
inline constexpr char kGateAudit[] = "audit.log";
inline constexpr char kCommandLineAudit[] = "audit-cli.log";

// Declares --home, --gallery, --key; add_audit_argument also --audit.
void add_gallery_arguments(CLI::App& command, GalleryArguments& arguments);
void add_audit_argument(CLI::App& command, GalleryArguments& arguments);

// `audit_name`: the log's name in the home, where --audit was not given.
GalleryPaths gallery_paths(const GalleryArguments& arguments,
                           const std::string& audit_name = kGateAudit);

// Errors: those of Keyring::read and Gallery::open.
Result<std::unique_ptr<Gallery>> open_gallery(const GalleryArguments& arguments);

}  // namespace kface::cli
