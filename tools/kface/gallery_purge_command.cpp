#include <cstdio>

#include "gallery_commands.h"
#include "gate/policy.h"
#include "gate_clock.h"

namespace kface::cli {
namespace {

constexpr UnixMs kDayMs = 24LL * 3600 * 1000;

struct PurgeArguments {
  GalleryArguments gallery;
  int days = GatePolicy{}.retention_days;
};

Result<std::size_t> purge(const PurgeArguments& arguments) {
  KF_ASSIGN(const OpenedGallery opened, open_gallery_and_keys(arguments.gallery));
  KF_ASSIGN(const std::size_t count,
            opened.gallery->purge_events(unix_now() - arguments.days * kDayMs));
  KF_TRY(log_change(opened, "details of " + std::to_string(count) + " events older than " +
                                std::to_string(arguments.days) + " days were removed"));
  return count;
}

int run_purge(const Globals& globals, const PurgeArguments& arguments) {
  const auto count = purge(arguments);
  if (!count.ok()) {
    return report_error(count.error());
  }
  std::printf(globals.json ? "{\"removed\": %zu, \"days\": %d}\n"
                           : "details of %zu events older than %d days were removed\n",
              count.value(), arguments.days);
  return kSuccess;
}

}  // namespace

void add_gallery_purge_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<PurgeArguments>();
  CLI::App* command = add_command(
      gallery, globals, "purge", "Remove details and photos of events after their retention period",
      "  kface gallery purge --home gate            once a day, by a timer; gates may run\n"
      "  kface gallery purge --home gate --days 7",
      [&globals, arguments] { return run_purge(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  command->add_option("--days", arguments->days, "how long they are kept, in days")
      ->check(CLI::Range(0, 3650))
      ->capture_default_str();
}

}  // namespace kface::cli
