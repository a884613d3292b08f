#include "gate/service/desk.h"
#include "gate/service/times.h"
#include "verify/template.h"

namespace kface::service {

Json optional_number(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json optional_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json optional_time(const std::optional<UnixMs>& at) {
  return at ? Json(time_text(*at)) : Json(nullptr);
}

Json quality_json(const Quality& quality) {
  return {{"face_size_px", quality.face_size_px},
          {"sharpness", quality.sharpness},
          {"brightness", quality.brightness},
          {"yaw_degrees", quality.yaw_degrees},
          {"roll_degrees", quality.roll_degrees}};
}

Json person_json(const Person& person) {
  return {{"id", person.id},
          {"name", person.name},
          {"groups", person.groups},
          {"card", optional_text(person.card)},
          {"vehicle", optional_text(person.vehicle)},
          {"valid_from", optional_time(person.valid_from)},
          {"valid_until", optional_time(person.valid_until)},
          {"consent_at", time_text(person.consent_at)},
          {"created_at", time_text(person.created_at)}};
}

// What failed here is for the log: the note may hold a path.
bool has_note_for_callers(const Decision& decision) {
  return decision.reason != Reason::kStorage && decision.reason != Reason::kFault &&
         decision.reason != Reason::kTimeout && decision.reason != Reason::kModelMismatch;
}

Json decision_json(const Decision& decision) {
  Json json{{"event", optional_text(decision.event)},
            {"verdict", verdict_name(decision.verdict)},
            {"reason", reason_name(decision.reason)},
            {"person", optional_text(decision.person)},
            {"name", optional_text(decision.name)},
            {"distance", optional_number(decision.distance)},
            {"threshold", decision.threshold},
            {"far", optional_number(decision.far)},
            {"far_gallery", optional_number(decision.far_gallery)},
            {"margin", optional_number(decision.margin)},
            {"quality", nullptr},
            {"quality_score", nullptr},
            {"liveness", optional_number(decision.liveness)},
            {"time_ms", decision.time_ms},
            {"note", optional_text(has_note_for_callers(decision) ? decision.note : "")}};
  if (decision.quality) {
    json["quality"] = quality_json(*decision.quality);
    json["quality_score"] = template_weight(*decision.quality);
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
