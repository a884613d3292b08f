#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "gallery_commands.h"
#include "gate_clock.h"

namespace kface::cli {
namespace {

namespace fs = std::filesystem;

struct Made {
  GalleryPaths paths;
  bool new_key = false;
};

Status make_home(const fs::path& home) {
  std::error_code error;
  if (fs::exists(home, error)) {
    return {};
  }
  KF_TRY(make_folder(home));
  fs::permissions(home, fs::perms::owner_all, error);
  return error ? Status{ErrorCode::kIo, home.string() + ": " + error.message()} : Status{};
}

Result<Made> init(const GalleryArguments& arguments) {
  Made made{gallery_paths(arguments)};
  KF_TRY(make_home(made.paths.home));
  std::error_code error;
  made.new_key = !fs::exists(made.paths.key, error);
  if (made.new_key && !is_postgres(made.paths.gallery) && fs::exists(made.paths.gallery, error)) {
    return Status{ErrorCode::kNotFound, made.paths.gallery + ": is there, but its key " +
                                            made.paths.key.string() +
                                            " is not; a new key would open nothing: restore the "
                                            "key, or move the gallery away"};
  }
  if (made.new_key) {
    KF_TRY(Keyring::create(made.paths.key));
  }
  KF_ASSIGN(const Keyring keys, Keyring::read(made.paths.key));
  const auto gallery = Gallery::open(made.paths.gallery, keys, unix_now());
  if (!gallery.ok()) {
    if (made.new_key) {
      fs::remove(made.paths.key, error);  // it has sealed nothing
    }
    return gallery.error();
  }
  return made;
}

int run_init(const Globals& globals, const GalleryArguments& arguments) {
  const auto made = init(arguments);
  if (!made.ok()) {
    return report_error(made.error());
  }
  const GalleryPaths& paths = made.value().paths;
  if (globals.json) {
    const nlohmann::ordered_json json{
        {"gallery", paths.gallery}, {"key", paths.key.string()}, {"new_key", made.value().new_key}};
    std::printf("%s\n", json.dump(2).c_str());
    return kSuccess;
  }
  std::printf("%s: ready\n%s: %s\n", paths.gallery.c_str(), paths.key.c_str(),
              made.value().new_key
                  ? "a new key; keep a copy in another place than the backups: without it the "
                    "gallery cannot be opened, with it anybody can"
                  : "the key that was there");
  return kSuccess;
}

}  // namespace

void add_gallery_init_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<GalleryArguments>();
  CLI::App* command =
      add_command(gallery, globals, "init", "Make the folder, the key and an empty gallery",
                  "  kface gallery init\n"
                  "  kface gallery init --home gate\n"
                  "  kface gallery init --gallery postgresql://kface@db/gate   and copy the key "
                  "file to the other gates",
                  [&globals, arguments] { return run_init(globals, *arguments); });
  add_gallery_arguments(*command, *arguments);
}

}  // namespace kface::cli
