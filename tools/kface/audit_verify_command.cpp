#include <cstdio>
#include <nlohmann/json.hpp>

#include "audit_commands.h"
#include "gate/audit_anchor.h"

namespace kface::cli {
namespace {

struct VerifyArguments {
  AuditArguments log;
  std::string anchor;
};

Result<AuditCheck> check(const VerifyArguments& arguments) {
  std::optional<AuditHead> anchor;
  if (!arguments.anchor.empty()) {
    KF_ASSIGN(anchor, parse_anchor(arguments.anchor));
  }
  KF_ASSIGN(const SecretKey key, audit_key(arguments.log));
  return verify_audit(audit_path(arguments.log), key, anchor);
}

void print_check(const std::string& path, const AuditCheck& check, bool json) {
  if (json) {
    nlohmann::ordered_json object{{"log", path},
                                  {"records", check.num_records},
                                  {"head", anchor_text(check.head)},
                                  {"fault", nullptr},
                                  {"unfinished_bytes", check.unfinished_bytes}};
    if (!check.fault.empty()) {
      object["fault"] = check.fault;
    }
    std::printf(
        "%s\n",
        object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
    return;
  }
  if (check.fault.empty()) {
    std::printf("%s: whole, %s\n%s\n", path.c_str(),
                count_of(check.num_records, "record", "records").c_str(),
                anchor_text(check.head).c_str());
  }
  if (check.unfinished_bytes > 0) {
    std::printf(
        "%s after the last record: being written right now, or left by a crash; the next start "
        "of the gate puts them aside\n",
        count_of(check.unfinished_bytes, "byte", "bytes").c_str());
  }
}

int run_audit_verify(const Globals& globals, const VerifyArguments& arguments) {
  const auto checked = check(arguments);
  if (!checked.ok()) {
    return report_error(checked.error());
  }
  const std::string path = audit_path(arguments.log).string();
  print_check(path, checked.value(), globals.json);
  if (checked.value().fault.empty()) {
    return kSuccess;
  }
  return report_error(
      {ErrorCode::kCorruption, path + ": " + checked.value().fault + "; " +
                                   count_of(checked.value().num_records, "record", "records") +
                                   " before it hold"});
}

}  // namespace

void add_audit_verify_command(CLI::App& audit, Globals& globals) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = add_command(
      audit, globals, "verify",
      "Is the audit log whole? Says which record is the first that is not",
      "  kface audit verify\n"
      "  kface audit verify --anchor 42:5e0c...   and record 42 is the one of that day\n"
      "Exit code 1 if it is not whole.",
      [&globals, arguments] { return run_audit_verify(globals, *arguments); });
  add_audit_arguments(*command, arguments->log);
  add_audit_key_argument(*command, arguments->log);
  command->add_option("--anchor", arguments->anchor,
                      "SEQUENCE:CHAIN that 'kface audit head' printed once");
}

}  // namespace kface::cli
