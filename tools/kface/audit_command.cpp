#include <cstdio>
#include <nlohmann/json.hpp>

#include "audit_commands.h"
#include "commands.h"
#include "gate/audit_anchor.h"

namespace kface::cli {
namespace {

int run_audit_head(const Globals& globals, const AuditArguments& arguments) {
  const auto key = audit_key(arguments);
  const auto head = key.ok() ? read_audit_head(audit_path(arguments), key.value())
                             : Result<AuditHead>(key.error());
  if (!head.ok()) {
    return report_error(head.error());
  }
  if (globals.json) {
    const nlohmann::ordered_json json{{"sequence", head.value().sequence},
                                      {"chain", head.value().chain}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("%s\n", anchor_text(head.value()).c_str());
  }
  return kSuccess;
}

}  // namespace

void add_audit_head_command(CLI::App& audit, Globals& globals) {
  const auto arguments = std::make_shared<AuditArguments>();
  CLI::App* command =
      add_command(audit, globals, "head",
                  "The log's end, to be kept elsewhere: nothing before it can be cut off",
                  "  kface audit head\n"
                  "  kface audit head | mail -s 'gate, today' auditor@example.com",
                  [&globals, arguments] { return run_audit_head(globals, *arguments); });
  add_audit_arguments(*command, *arguments);
  add_audit_key_argument(*command, *arguments);
}

void add_audit_command(CLI::App& app, Globals& globals) {
  CLI::App* audit =
      app.add_subcommand("audit", "What happened at the gate: verify, head, show, export");
  audit->require_subcommand(1);
  audit->footer(
      "Examples:\n"
      "  kface audit verify\n"
      "  kface audit show --verdict denied\n"
      "'kface audit COMMAND --help' tells more.");
  add_audit_verify_command(*audit, globals);
  add_audit_head_command(*audit, globals);
  add_audit_show_command(*audit, globals);
  add_audit_export_command(*audit, globals);
}

}  // namespace kface::cli
