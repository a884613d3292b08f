#include <cmath>

#include "base/times.h"
#include "gate/service/faces_json.h"
#include "gate/service/handlers.h"
#include "verify/template.h"

namespace kface::service {
namespace {

// Where template_weight() begins to take off for each of them.
constexpr float kSmallFacePx = 80;
constexpr float kDark = 60;
constexpr float kGlare = 195;
constexpr float kBlurred = 20;
constexpr float kTurnedDegrees = 20;

Json advice_for(const Quality& quality) {
  Json advice = Json::array();
  const auto add = [&](bool needed, const char* what) {
    if (needed) {
      advice.push_back(what);
    }
  };
  add(quality.face_size_px < kSmallFacePx, "move_closer");
  add(quality.brightness < kDark, "more_light");
  add(quality.brightness > kGlare, "less_light");
  add(std::abs(quality.yaw_degrees) > kTurnedDegrees ||
          std::abs(quality.roll_degrees) > kTurnedDegrees,
      "look_straight");
  add(quality.sharpness < kBlurred, "hold_still");
  return advice;
}

}  // namespace

Json enrolled_json(Gallery& gallery, const EnrolledFace& face) {
  Json json{{"id", face.template_id},
            {"quality", quality_json(face.quality)},
            {"quality_score", face.quality_score},
            {"looks_like", nullptr}};
  if (face.looks_like) {
    const auto other = gallery.person(*face.looks_like);
    json["looks_like"] = {{"person", *face.looks_like},
                          {"name", other.ok() ? Json(other.value().name) : Json(nullptr)}};
  }
  return json;
}

Answer<HttpResponse> list_faces(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const Person person, desk.parts.gallery->person(call.ids[0]));
  KF_ASSIGN(const std::vector<FaceTemplate> faces, desk.parts.gallery->templates_of(person.id));
  Json json{{"faces", Json::array()}};
  for (const FaceTemplate& face : faces) {
    json["faces"].push_back({{"id", face.id},
                             {"created_at", time_text(face.created_at)},
                             {"quality", quality_json(face.quality)},
                             {"quality_score", template_weight(face.quality)},
                             {"model", face.space},
                             {"has_photo", face.has_photo}});
  }
  return json_response(json);
}

Answer<HttpResponse> create_face(Desk& desk, Call& call) {
  KF_ASSIGN(const std::vector<std::uint8_t> photo, take_photo(desk, call));
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const Person person, desk.parts.gallery->person(call.ids[0]));
  const auto face = desk.parts.access->add_face(person.id, photo, call.actor);
  if (!face.ok()) {
    return photo_fault(face.error());
  }
  return json_response(enrolled_json(*desk.parts.gallery, face.value()), 201);
}

Answer<HttpResponse> remove_face(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_TRY(desk.parts.access->remove_face(call.ids[0], call.actor));
  return HttpResponse{.status = 204};
}

Answer<HttpResponse> check_face(Desk& desk, Call& call) {
  const double start = desk.parts.seconds();
  KF_ASSIGN(const std::vector<std::uint8_t> photo, take_photo(desk, call));
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  const auto face = desk.parts.access->read_face(photo, AccessControl::ReadFor::kDoor);
  if (!face.ok()) {
    return photo_fault(face.error());
  }
  const Box& box = face.value().box;
  const double score = template_weight(face.value().quality);
  return json_response(
      {{"box", {{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}}},
       {"quality", quality_json(face.value().quality)},
       {"quality_score", score},
       {"good", score >= desk.parts.access->policy().min_enrol_quality},
       {"advice", advice_for(face.value().quality)},
       {"time_ms", (desk.parts.seconds() - start) * 1000}});
}

}  // namespace kface::service
