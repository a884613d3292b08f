#include <cstdio>
#include <nlohmann/json.hpp>

#include "gallery_commands.h"
#include "gate_clock.h"

namespace kface::cli {
namespace {

struct RotateArguments {
  GalleryArguments gallery;
  std::string only;  // one step of the three
};

struct Rotated {
  std::string key;
  std::size_t num_rows = 0;
  std::size_t num_keys = 0;
};

Result<Rotated> rotate(const RotateArguments& arguments) {
  const auto does = [&](const char* step) {
    return arguments.only.empty() || arguments.only == step;
  };
  const GalleryPaths paths = gallery_paths(arguments.gallery);
  KF_ASSIGN(const Keyring before, Keyring::read(paths.key));
  // Several keys: a rotation was interrupted, or goes step by step.
  if (does("add") && (before.size() == 1 || !arguments.only.empty())) {
    KF_TRY(Keyring::add_key(paths.key));
  }
  KF_ASSIGN(const OpenedGallery opened, open_gallery_and_keys(arguments.gallery));
  Rotated rotated;
  // Also before the drop: a row that only an old key opens would be lost.
  if (does("reseal") || does("drop")) {
    KF_ASSIGN(rotated.num_rows, opened.gallery->reseal());
  }
  if (does("drop") && opened.keys.size() > 1) {
    KF_TRY(Keyring::drop_old_keys(paths.key));
  }
  KF_TRY(opened.keys.refresh());
  rotated.key = opened.keys.newest_id();
  rotated.num_keys = opened.keys.size();
  KF_TRY(log_change(opened, "key " + rotated.key + " seals the gallery, " +
                                std::to_string(rotated.num_rows) + " rows were sealed anew"));
  return rotated;
}

int run_rotate(const Globals& globals, const RotateArguments& arguments) {
  const auto rotated = rotate(arguments);
  if (!rotated.ok()) {
    return report_error(rotated.error());
  }
  const Rotated& result = rotated.value();
  if (globals.json) {
    const nlohmann::ordered_json json{
        {"key", result.key}, {"rows", result.num_rows}, {"keys", result.num_keys}};
    std::printf("%s\n", json.dump(2).c_str());
    return kSuccess;
  }
  std::printf("key %s seals the gallery; %s sealed anew, %s in the file\n", result.key.c_str(),
              count_of(result.num_rows, "row", "rows").c_str(),
              count_of(result.num_keys, "key", "keys").c_str());
  std::printf("keep the older key file as long as backups made before are kept\n");
  return kSuccess;
}

}  // namespace

void add_gallery_rotate_key_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<RotateArguments>();
  CLI::App* command = add_command(
      gallery, globals, "rotate-key",
      "Seal everything with a new key, while gates run that read the same key file",
      "  kface gallery rotate-key --home gate      all at once; interrupted, it goes on\n"
      "Gates with copies of the key file (other machines, a systemd credential), in steps:\n"
      "  kface gallery rotate-key --only add       then copy the file, start the services again\n"
      "  kface gallery rotate-key --only reseal    everything is sealed anew\n"
      "  kface gallery rotate-key --only drop      then copy the file again",
      [&globals, arguments] { return run_rotate(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  command->add_option("--only", arguments->only, "one step: add, reseal, drop")
      ->check(CLI::IsMember({"add", "reseal", "drop"}));
}

}  // namespace kface::cli
