#include <cstdio>

#include "commands.h"
#include "gate_session.h"

namespace kface::cli {
namespace {

struct ForgetArguments {
  GalleryArguments gallery;
  std::string person;
};

Status forget(const ForgetArguments& arguments) {
  const GalleryPaths paths = gallery_paths(arguments.gallery, kCommandLineAudit);
  KF_ASSIGN(const Keyring keys, Keyring::read(paths.key));
  KF_ASSIGN(const auto gallery, Gallery::open(paths.gallery, keys, unix_now()));
  KF_ASSIGN(const auto audit, AuditLog::open(paths.audit, keys.derive("audit")));
  KF_TRY(gallery->forget_person(arguments.person));
  AuditEntry entry;
  entry.at = unix_now();
  entry.kind = "forget";
  entry.actor = command_line_actor();
  entry.person = arguments.person;
  KF_ASSIGN(const AuditHead head, audit->append(entry));
  static_cast<void>(head);
  return {};
}

int run_forget(const Globals& globals, const ForgetArguments& arguments) {
  if (const Status status = forget(arguments); !status.ok()) {
    return report_error(status);
  }
  std::printf(globals.json ? "{\"forgotten\": \"%s\"}\n"
                           : "%s is forgotten: person, templates, photos and details of events\n",
              arguments.person.c_str());
  return kSuccess;
}

}  // namespace

void add_forget_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<ForgetArguments>();
  CLI::App* command =
      add_command(app, globals, "forget", "Erase everything that a gallery holds of a person",
                  "  kface people --home gate 민수                 shows the id\n"
                  "  kface forget --home gate p-4k2...\n"
                  "Backups made before hold the person still; docs/privacy.md.",
                  [&globals, arguments] { return run_forget(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  command->add_option("PERSON", arguments->person, "id of the person (p-...)")->required();
}

}  // namespace kface::cli
