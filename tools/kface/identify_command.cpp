#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "gate_output.h"
#include "gate_session.h"

namespace kface::cli {
namespace {

struct IdentifyArguments {
  GateArguments gate;
  std::vector<std::string> photos;
  AccessRequest request;
};

int run_identify(const Globals& globals, const IdentifyArguments& arguments) {
  GateSessionOptions options;
  options.audit_name = kCommandLineAudit;
  const auto session = open_gate_session(globals, arguments.gate, std::move(options));
  if (!session.ok()) {
    return report_error(session.error());
  }
  AccessRequest request = arguments.request;
  request.gate = "cli";
  request.actor = command_line_actor();
  request.open_door = false;
  for (const std::string& path : arguments.photos) {
    const auto photo = read_file(path, arguments.gate.policy.max_photo_bytes);
    if (!photo.ok()) {
      return report_error(photo.error());
    }
    print_decision(session.value()->access->decide_photo(photo.value(), request), path,
                   globals.json);
  }
  return kSuccess;
}

}  // namespace

void add_identify_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<IdentifyArguments>();
  CLI::App* command = add_command(
      app, globals, "identify", "Who of a gallery is on a photo? Asks only, opens nothing; logged",
      "  kface identify -m staff.kface --home gate visitor.jpg\n"
      "  kface identify -m staff.kface --home gate --card 1234 visitor.jpg --json",
      [&globals, arguments] { return run_identify(globals, *arguments); });
  add_gate_arguments(*command, arguments->gate);
  auto* person = command->add_option("--person", arguments->request.claimed_person,
                                     "only: is it this person (1:1)?");
  auto* card = command->add_option("--card", arguments->request.claimed_card,
                                   "only: is it the owner of this card?");
  auto* vehicle = command->add_option("--vehicle", arguments->request.claimed_vehicle,
                                      "only: is it the driver with this number plate?");
  person->excludes(card)->excludes(vehicle);
  card->excludes(vehicle);
  command->add_option("PHOTO", arguments->photos, "photos, one decision for each")->required();
}

}  // namespace kface::cli
