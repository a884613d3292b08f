#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "gallery_arguments.h"
#include "gate/audit_log.h"
#include "gate/service/tokens.h"
#include "gate_clock.h"

namespace kface::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TokenArguments {
  GalleryArguments gallery;
  std::string name;
  std::string role = "gate";
  std::string expires;
  std::string id;
};

void print_json(const Json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

Json entry_json(const ServiceToken& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"role", service::role_name(token.role)},
          {"created_at", time_text(token.created_at)},
          {"expires_at", token.expires_at ? Json(time_text(*token.expires_at)) : Json(nullptr)}};
}

// Into the command line's own log: that of a running service has one writer.
Status log_token(const TokenArguments& arguments, const std::string& note) {
  const GalleryPaths paths = gallery_paths(arguments.gallery, kCommandLineAudit);
  KF_ASSIGN(const Keyring keys, Keyring::read(paths.key));
  KF_ASSIGN(const auto log, AuditLog::open(paths.audit, keys.derive("audit")));
  AuditEntry entry;
  entry.at = unix_now();
  entry.kind = "change";
  entry.actor = command_line_actor();
  entry.note = note;
  KF_ASSIGN([[maybe_unused]] const AuditHead head, log->append(entry));
  return {};
}

Status add_token(const Globals& globals, const TokenArguments& arguments) {
  std::optional<UnixMs> expires_at;
  if (!arguments.expires.empty()) {
    KF_ASSIGN(expires_at, time_option("--expires", arguments.expires));
  }
  const auto role = service::parse_role(arguments.role);
  if (!role || arguments.name.empty() || arguments.name.size() > 200) {
    return {ErrorCode::kInvalidArgument, "a token has a name of 1 to 200 bytes and a role"};
  }
  KF_ASSIGN(const auto gallery, open_gallery(arguments.gallery));
  KF_ASSIGN(const service::MadeToken made,
            service::add_service_token(*gallery, arguments.name, *role, expires_at, unix_now()));
  Status logged =
      log_token(arguments, "token " + made.entry.id + " added, role " + service::role_name(*role));
  if (!logged.ok()) {
    KF_TRY(gallery->remove_token(made.entry.id));  // a token that no log knows of must not exist
    return logged;
  }
  if (globals.json) {
    Json json{{"token", made.token}};
    json.update(entry_json(made.entry));
    print_json(json);
  } else {
    std::printf("%s\n", made.token.c_str());
    std::fprintf(stderr, "%s, role %s; the token is shown this once and kept nowhere\n",
                 made.entry.id.c_str(), arguments.role.c_str());
  }
  return {};
}

Status list_tokens(const Globals& globals, const TokenArguments& arguments) {
  KF_ASSIGN(const auto gallery, open_gallery(arguments.gallery));
  KF_ASSIGN(const std::vector<ServiceToken> tokens, gallery->tokens());
  Json json = Json::array();
  for (const ServiceToken& token : tokens) {
    json.push_back(entry_json(token));
    if (!globals.json) {
      std::printf("%s  %-8s  %s  %s\n", token.id.c_str(), service::role_name(token.role).c_str(),
                  token.expires_at ? time_text(*token.expires_at).c_str() : "-",
                  token.name.c_str());
    }
  }
  if (globals.json) {
    print_json({{"tokens", json}});
  }
  return {};
}

Status remove_token(const TokenArguments& arguments) {
  KF_ASSIGN(const auto gallery, open_gallery(arguments.gallery));
  KF_TRY(gallery->remove_token(arguments.id));
  return log_token(arguments, "token " + arguments.id + " removed");
}

int exit_code(const Status& status) { return status.ok() ? kSuccess : report_error(status); }

}  // namespace

void add_token_command(CLI::App& app, Globals& globals) {
  CLI::App* token = app.add_subcommand("token", "Who may use the service: add, list, remove");
  token->require_subcommand(1);
  token->footer(
      "Examples:\n"
      "  kface token add 'door 2' --role gate\n"
      "  kface token list\n"
      "'kface token COMMAND --help' tells more.");
  const auto arguments = std::make_shared<TokenArguments>();
  CLI::App* add = add_command(
      *token, globals, "add", "Make a token and show it, this once",
      "  kface token add 'door 2' --role gate\n"
      "  kface token add reception --role operator --expires 2027-01-01 > reception.token",
      [&globals, arguments] { return exit_code(add_token(globals, *arguments)); });
  add->add_option("NAME", arguments->name, "who or what uses it")->required();
  add->add_option("--role", arguments->role,
                  "gate: decisions; operator: also people, faces, events; admin: all of that, "
                  "forget, tokens; auditor: reads events and the audit log")
      ->check(CLI::IsMember({"gate", "operator", "admin", "auditor"}))
      ->capture_default_str();
  add->add_option("--expires", arguments->expires, "date or time from which on it is refused");
  CLI::App* list = add_command(
      *token, globals, "list", "List tokens, without the tokens themselves", "  kface token list",
      [&globals, arguments] { return exit_code(list_tokens(globals, *arguments)); });
  CLI::App* remove =
      add_command(*token, globals, "remove", "Take a token back; running services see it at once",
                  "  kface token remove k-abcdefghijklmnopqrstuvwxyz",
                  [arguments] { return exit_code(remove_token(*arguments)); });
  remove->add_option("ID", arguments->id, "id of the token, from kface token list")->required();
  for (CLI::App* command : {add, list, remove}) {
    add_gallery_arguments(*command, arguments->gallery);
  }
}

}  // namespace kface::cli
