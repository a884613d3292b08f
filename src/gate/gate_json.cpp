#include "gate/gate_json.h"

#include "base/times.h"
#include "verify/template.h"

namespace kface {

GateJson optional_number(const std::optional<double>& number) {
  return number ? GateJson(*number) : GateJson(nullptr);
}

GateJson optional_text(const std::string& text) {
  return text.empty() ? GateJson(nullptr) : GateJson(text);
}

GateJson optional_time(const std::optional<UnixMs>& at) {
  return at ? GateJson(time_text(*at)) : GateJson(nullptr);
}

GateJson quality_json(const Quality& quality) {
  return {{"face_size_px", quality.face_size_px},
          {"sharpness", quality.sharpness},
          {"brightness", quality.brightness},
          {"yaw_degrees", quality.yaw_degrees},
          {"roll_degrees", quality.roll_degrees}};
}

GateJson person_json(const Person& person) {
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

GateJson decision_json(const Decision& decision) {
  GateJson json{{"event", optional_text(decision.event)},
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
                {"note", optional_text(decision.note)}};
  if (decision.quality) {
    json["quality"] = quality_json(*decision.quality);
    json["quality_score"] = template_weight(*decision.quality);
  }
  return json;
}

}  // namespace kface
