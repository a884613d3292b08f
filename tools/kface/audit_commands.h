// The subcommands of 'kface audit'; each function declares one.
#pragma once

#include <filesystem>
#include <string>

#include "cli.h"
#include "gate/audit_log.h"

namespace kface::cli {

void add_audit_verify_command(CLI::App& audit, Globals& globals);
void add_audit_head_command(CLI::App& audit, Globals& globals);
void add_audit_show_command(CLI::App& audit, Globals& globals);
void add_audit_export_command(CLI::App& audit, Globals& globals);

// Where the log and its key are, as given.
struct AuditArguments {
  std::string home;
  std::string log;
  std::string key;
};

// Declares --home and --audit; add_audit_key_argument also --key.
void add_audit_arguments(CLI::App& command, AuditArguments& arguments);
void add_audit_key_argument(CLI::App& command, AuditArguments& arguments);

// --audit, else audit.log in --home, $KFACE_GATE_HOME or /var/lib/kface.
std::filesystem::path audit_path(const AuditArguments& arguments);
// The log's key, derived from the keyring in --key, else $CREDENTIALS_DIRECTORY/kface-key if it is
// there, else the file "key" of the home.
Result<SecretKey> audit_key(const AuditArguments& arguments);

// Which records, as given.
struct AuditQueryArguments {
  std::string from;
  std::string until;
  AuditQuery query;
};

// Declares --from, --until, --kind, --person, --verdict, --gate, --event and --direction.
void add_audit_query_arguments(CLI::App& command, AuditQueryArguments& arguments);
// Errors: kInvalidArgument: a moment that is none.
Result<AuditQuery> to_query(const AuditQueryArguments& arguments);

}  // namespace kface::cli
