#include "base/times.h"
#include "gate/service/handlers.h"

namespace kface::service {

Answer<HttpResponse> list_tokens(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const std::vector<ServiceToken> tokens, desk.parts.gallery->tokens());
  Json json{{"tokens", Json::array()}};
  for (const ServiceToken& token : tokens) {
    json["tokens"].push_back(token_json(token));
  }
  return json_response(json);
}

Answer<HttpResponse> create_token(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const Json json, parse_object(call.body, {"name", "role", "expires_at"}));
  const std::string name = json.contains("name") && json["name"].is_string()
                               ? json["name"].get<std::string>()
                               : std::string();
  if (name.empty() || name.size() > 200 || !is_plain_text(name)) {
    return bad_argument("name says who or what uses the token, in 1 to 200 bytes");
  }
  const auto role = json.contains("role") && json["role"].is_string()
                        ? parse_role(json["role"].get_ref<const std::string&>())
                        : std::nullopt;
  if (!role) {
    return bad_argument("role is one of: gate, operator, admin, auditor");
  }
  std::optional<UnixMs> expires_at;
  if (json.contains("expires_at") && !json["expires_at"].is_null()) {
    const auto at = json["expires_at"].is_string()
                        ? parse_time(json["expires_at"].get_ref<const std::string&>())
                        : parse_time(std::string_view());
    if (!at.ok() || at.value() <= call.now) {
      return bad_argument("expires_at is a time that lies ahead, such as 2026-11-25T20:10:00Z");
    }
    expires_at = at.value();
  }
  KF_ASSIGN(const MadeToken made,
            add_service_token(*desk.parts.gallery, name, *role, expires_at, call.now));
  const Status logged =
      log_change(desk, call, "token " + made.entry.id + " added, role " + role_name(*role));
  if (!logged.ok()) {
    // A token that the log does not know of must not exist.
    const Status removed = desk.parts.gallery->remove_token(made.entry.id);
    return unavailable(logged.message() + (removed.ok() ? "" : "; " + removed.message()));
  }
  desk.tokens.reload();
  Json answer{{"token", made.token}};
  answer.update(token_json(made.entry));
  return json_response(answer, 201);
}

Answer<HttpResponse> remove_token(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_TRY(desk.parts.gallery->remove_token(call.ids[0]));
  desk.tokens.reload();
  KF_TRY(log_change(desk, call, "token " + call.ids[0] + " removed"));
  return HttpResponse{.status = 204};
}

}  // namespace kface::service
