#include "gate/direction.h"
#include "gate/service/handlers.h"

namespace kface::service {
namespace {

constexpr std::size_t kLongestField = 64;

Answer<AccessRequest> access_request(const Call& call) {
  AccessRequest request;
  request.actor = call.actor;
  KF_ASSIGN(const std::string gate, text_parameter(call, "gate", kLongestField));
  if (!gate.empty()) {
    request.gate = gate;
  }
  KF_ASSIGN(const std::string direction,
            word_parameter(call, "direction", {"entry", "exit", "none"}));
  request.direction = direction_of(direction);
  KF_ASSIGN(request.vehicle, text_parameter(call, "vehicle", kLongestField));
  // A door opens for those who ask for it, never by default.
  KF_ASSIGN(const std::string open, word_parameter(call, "open", {"true", "false"}));
  request.open_door = open == "true";
  return request;
}

Reason reason_of(const Status& status) {
  const std::string code = photo_fault(status).code;
  if (code == "face_not_found") {
    return Reason::kNoFace;
  }
  if (code == "several_faces") {
    return Reason::kSeveralFaces;
  }
  if (code == "poor_quality") {
    return Reason::kPoorQuality;
  }
  if (code == "model_mismatch") {
    return Reason::kModelMismatch;
  }
  if (status.code() == ErrorCode::kInterrupted) {
    return Reason::kTimeout;
  }
  return status.code() == ErrorCode::kIo ? Reason::kStorage : Reason::kFault;
}

// A decision that is no answer to the question: the photo or this gate is at fault.
std::optional<Fault> fault_of_decision(const Decision& decision) {
  Fault fault;
  switch (decision.reason) {
    case Reason::kNoFace:
      fault = photo_fault({ErrorCode::kNotFound, "no face"});
      break;
    case Reason::kSeveralFaces:
      fault = photo_fault({ErrorCode::kInvalidArgument, "2 faces"});
      break;
    case Reason::kPoorQuality:
      fault = photo_fault({ErrorCode::kInvalidArgument, "poor quality"});
      break;
    case Reason::kModelMismatch:
      fault = fault_of({ErrorCode::kMismatch, decision.note});
      break;
    case Reason::kStorage:
      fault = unavailable(decision.note);
      break;
    case Reason::kTimeout:
      fault = photo_fault({ErrorCode::kInterrupted, decision.note});
      break;
    case Reason::kFault:
      fault = photo_fault({ErrorCode::kOk, decision.note});  // 422 where the photo is damaged
      break;
    default:
      return std::nullopt;
  }
  fault.details["decision"] = told_decision(decision);
  return fault;
}

void count(Desk& desk, const Decision& decision) {
  desk.metrics.decided(verdict_name(decision.verdict), reason_name(decision.reason));
  if (!has_note_for_callers(decision) && desk.parts.note) {
    desk.parts.note("decision " + decision.event + ": " + decision.note);
  }
}

}  // namespace

Answer<HttpResponse> verify_photo(Desk& desk, Call& call) {
  KF_ASSIGN(const std::vector<std::uint8_t> photo, take_photo(desk, call));
  KF_ASSIGN([[maybe_unused]] const bool known,
            only_parameters(call, {"person", "card", "vehicle", "gate", "direction", "open"}));
  KF_ASSIGN(AccessRequest request, access_request(call));
  KF_ASSIGN(request.claimed_person, id_parameter(call, "person", 'p'));
  KF_ASSIGN(request.claimed_card, text_parameter(call, "card", kLongestField));
  const bool by_vehicle = request.claimed_person.empty() && request.claimed_card.empty();
  request.claimed_vehicle = by_vehicle ? request.vehicle : "";
  if (!request.claimed_person.empty() && !request.claimed_card.empty()) {
    return bad_argument("person and card are given; say one of them");
  }
  if (by_vehicle && request.claimed_vehicle.empty()) {
    return bad_argument("say who it should be: person, card or vehicle");
  }
  const Decision decision = desk.parts.access->decide_photo(photo, request);
  count(desk, decision);
  if (auto fault = fault_of_decision(decision)) {
    return *std::move(fault);
  }
  return json_response(told_decision(decision));
}

Answer<HttpResponse> identify_photo(Desk& desk, Call& call) {
  const double start = desk.parts.seconds();
  const auto elapsed_ms = [&] { return (desk.parts.seconds() - start) * 1000; };
  KF_ASSIGN(const std::vector<std::uint8_t> photo, take_photo(desk, call));
  KF_ASSIGN([[maybe_unused]] const bool known,
            only_parameters(call, {"limit", "gate", "direction", "vehicle", "open"}));
  KF_ASSIGN(const AccessRequest request, access_request(call));
  KF_ASSIGN(const std::uint64_t limit, number_parameter(call, "limit", 5, 1, 100));
  AccessControl& access = *desk.parts.access;
  const auto face = access.read_face(photo, AccessControl::ReadFor::kDoor);
  if (!face.ok()) {
    const Reason reason = reason_of(face.error());
    const Decision denied = access.deny(reason, request, elapsed_ms());
    count(desk, denied);
    Fault fault = photo_fault(face.error());
    fault.details["decision"] = told_decision(denied);
    return fault;
  }
  const Decision decision = access.decide_face(face.value(), photo, request, elapsed_ms());
  count(desk, decision);
  if (auto fault = fault_of_decision(decision)) {
    return *std::move(fault);
  }
  Json json{{"decision", told_decision(decision)}, {"matches", Json::array()}};
  KF_ASSIGN(const std::vector<AccessControl::Match> matches,
            access.search(face.value().embedding, limit, decision.threshold));
  for (const AccessControl::Match& match : matches) {
    const auto person = desk.parts.gallery->person(match.person);
    if (person.ok()) {  // forgotten just now: no match
      json["matches"].push_back(
          {{"person", match.person}, {"name", person.value().name}, {"distance", match.distance}});
    }
  }
  return json_response(json);
}

}  // namespace kface::service
