#include "base/times.h"
#include "gate/service/desk.h"

namespace kface::service {

// What failed here is for the log: the note may hold a path.
bool has_note_for_callers(const Decision& decision) {
  return decision.reason != Reason::kStorage && decision.reason != Reason::kFault &&
         decision.reason != Reason::kTimeout && decision.reason != Reason::kModelMismatch;
}

Json told_decision(const Decision& decision) {
  Json json = decision_json(decision);
  if (!has_note_for_callers(decision)) {
    json["note"] = nullptr;
  }
  return json;
}

Json token_json(const ServiceToken& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"role", role_name(token.role)},
          {"created_at", time_text(token.created_at)},
          {"expires_at", optional_time(token.expires_at)}};
}

Status log_change(Desk& desk, const Call& call, const std::string& note) {
  AuditEntry entry;
  entry.at = call.now;
  entry.kind = "change";
  entry.actor = call.actor;
  entry.note = note;
  const auto appended = desk.parts.audit->append(entry);
  return appended.ok() ? Status() : appended.error();
}

}  // namespace kface::service
