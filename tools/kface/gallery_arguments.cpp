#include "gallery_arguments.h"

#include <cstdlib>

#include "gate_clock.h"

namespace kface::cli {
namespace {

constexpr const char* kUsualHome = "/var/lib/kface";

std::filesystem::path home_of(const GalleryArguments& arguments) {
  if (!arguments.home.empty()) {
    return arguments.home;
  }
  const char* home = std::getenv("KFACE_GATE_HOME");
  return home != nullptr && *home != '\0' ? home : kUsualHome;
}

std::filesystem::path key_of(const GalleryArguments& arguments) {
  if (!arguments.key.empty()) {
    return arguments.key;
  }
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); credentials != nullptr) {
    std::filesystem::path path = std::filesystem::path(credentials) / "kface-key";
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      return path;
    }
  }
  return home_of(arguments) / "key";
}

}  // namespace

void add_gallery_arguments(CLI::App& command, GalleryArguments& arguments) {
  command.add_option("--home", arguments.home,
                     "the gate's folder (default: $KFACE_GATE_HOME, else /var/lib/kface)");
  command.add_option("--gallery", arguments.gallery,
                     "SQLite file or postgresql://... (default: gallery.db of the home)");
  command.add_option("--key", arguments.key,
                     "key file (default: $CREDENTIALS_DIRECTORY/kface-key if it is there, else key "
                     "of the home)");
}

void add_audit_argument(CLI::App& command, GalleryArguments& arguments) {
  command.add_option("--audit", arguments.audit, "audit log (default: in the home)");
}

GalleryPaths gallery_paths(const GalleryArguments& arguments, const std::string& audit_name) {
  GalleryPaths paths;
  paths.home = home_of(arguments);
  paths.gallery =
      arguments.gallery.empty() ? (paths.home / "gallery.db").string() : arguments.gallery;
  paths.key = key_of(arguments);
  paths.audit =
      arguments.audit.empty() ? paths.home / audit_name : std::filesystem::path(arguments.audit);
  return paths;
}

Result<std::unique_ptr<Gallery>> open_gallery(const GalleryArguments& arguments) {
  const GalleryPaths paths = gallery_paths(arguments);
  KF_ASSIGN(Keyring keys, Keyring::read(paths.key));
  return Gallery::open(paths.gallery, std::move(keys), unix_now());
}

}  // namespace kface::cli
