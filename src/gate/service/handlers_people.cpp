#include <algorithm>

#include "base/times.h"
#include "gate/service/faces_json.h"
#include "gate/service/handlers.h"
#include "gate/service/time_fault.h"

namespace kface::service {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestField = 64;
constexpr std::size_t kMostGroups = 64;
constexpr std::size_t kMostPhotos = 8;
constexpr UnixMs kClockSkewMs = 60'000;

Answer<std::string> text_field(const Json& value, const std::string& name, std::size_t longest) {
  if (!value.is_string()) {
    return bad_argument(name + " is text");
  }
  std::string text = value.get<std::string>();
  if (text.size() > longest || !is_plain_text(text)) {
    return bad_argument(name + " has at most " + std::to_string(longest) +
                        " bytes and no control characters");
  }
  return text;
}

Answer<std::vector<std::string>> groups_field(const Json& value) {
  if (!value.is_array() || value.size() > kMostGroups) {
    return bad_argument("groups is a list of at most " + std::to_string(kMostGroups) + " names");
  }
  std::vector<std::string> groups;
  for (const Json& one : value) {
    KF_ASSIGN(std::string group, text_field(one, "a group", kLongestField));
    if (group.empty()) {
      return bad_argument("a group has no name");
    }
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

Answer<std::optional<UnixMs>> time_field(const Json& value, const std::string& name) {
  if (value.is_null()) {
    return std::optional<UnixMs>();
  }
  const auto at = value.is_string() ? parse_time(value.get_ref<const std::string&>())
                                    : parse_time(std::string_view());
  if (!at.ok()) {
    return bad_time(name);
  }
  return std::optional<UnixMs>(at.value());
}

Answer<bool> set_field(Person& person, const std::string& key, const Json& value) {
  if (key == "name") {
    KF_ASSIGN(person.name, text_field(value, key, kLongestName));
  } else if (key == "groups") {
    KF_ASSIGN(person.groups, groups_field(value));
  } else if (key == "card" || key == "vehicle") {
    std::string& field = key == "card" ? person.card : person.vehicle;
    KF_ASSIGN(field, value.is_null() ? Answer<std::string>(std::string())
                                     : text_field(value, key, kLongestField));
  } else if (key == "valid_from") {
    KF_ASSIGN(person.valid_from, time_field(value, key));
  } else if (key == "valid_until") {
    KF_ASSIGN(person.valid_until, time_field(value, key));
  } else if (key == "consent_at") {
    KF_ASSIGN(const std::optional<UnixMs> at, time_field(value, key));
    person.consent_at = at.value_or(0);
  }
  return true;
}

// Fields of `json` into `person`; what the gallery would refuse is refused here, with a reason.
Answer<bool> set_fields(Desk& desk, Person& person, const Json& json, UnixMs now) {
  for (const auto& [key, value] : json.items()) {
    KF_ASSIGN([[maybe_unused]] const bool set, set_field(person, key, value));
  }
  if (person.name.empty()) {
    return bad_argument("name is missing");
  }
  if (person.consent_at <= 0 || person.consent_at > now + kClockSkewMs) {
    return bad_argument("consent_at is missing, or lies ahead: when the person agreed");
  }
  if (person.valid_from && person.valid_until && *person.valid_from >= *person.valid_until) {
    return bad_argument("valid_from is not before valid_until");
  }
  const auto taken = [&](const std::optional<Person>& holder) {
    return holder && holder->id != person.id;
  };
  if (!person.card.empty()) {
    KF_ASSIGN(const std::optional<Person> holder,
              desk.parts.gallery->person_with_card(person.card));
    if (taken(holder)) {
      return Fault{.status = 409, .code = "conflict", .message = "the card is somebody else's"};
    }
  }
  if (!person.vehicle.empty()) {
    KF_ASSIGN(const std::optional<Person> holder,
              desk.parts.gallery->person_with_vehicle(person.vehicle));
    if (taken(holder)) {
      return Fault{.status = 409, .code = "conflict", .message = "the vehicle is somebody else's"};
    }
  }
  return true;
}

Answer<std::vector<std::vector<std::uint8_t>>> photos_field(const Desk& desk, const Json& value) {
  if (!value.is_array() || value.size() > kMostPhotos) {
    return bad_argument("photos is a list of at most " + std::to_string(kMostPhotos) + " photos");
  }
  std::vector<std::vector<std::uint8_t>> photos;
  for (const Json& one : value) {
    if (!one.is_string()) {
      return bad_argument("a photo is text: its bytes as base64");
    }
    KF_ASSIGN(std::vector<std::uint8_t> photo, decode_base64(one.get_ref<const std::string&>()));
    const auto checked = check_photo(desk, photo);
    if (!checked.ok()) {
      Fault fault = checked.error();
      fault.details["photo"] = photos.size() + 1;
      return fault;
    }
    photos.push_back(std::move(photo));
  }
  return photos;
}

}  // namespace

Answer<HttpResponse> list_people(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known,
            only_parameters(call, {"query", "group", "after", "limit"}));
  PeopleQuery query;
  KF_ASSIGN(query.text, text_parameter(call, "query", kLongestName));
  KF_ASSIGN(query.group, text_parameter(call, "group", kLongestField));
  KF_ASSIGN(query.after, id_parameter(call, "after", 'p'));
  KF_ASSIGN(const std::uint64_t limit, number_parameter(call, "limit", 100, 1, 500));
  query.limit = limit + 1;  // one more tells whether there is a next page
  KF_ASSIGN(std::vector<Person> people, desk.parts.gallery->people(query));
  const bool more = people.size() > limit;
  people.resize(std::min<std::size_t>(people.size(), limit));
  Json json{{"people", Json::array()}, {"next", nullptr}};
  for (const Person& person : people) {
    json["people"].push_back(person_json(person));
  }
  if (more) {
    json["next"] = people.back().id;
  }
  return json_response(json);
}

Answer<HttpResponse> create_person(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(Json json, parse_object(call.body, {"name", "groups", "card", "vehicle", "valid_from",
                                                "valid_until", "consent_at", "photos"}));
  std::vector<std::vector<std::uint8_t>> photos;
  if (json.contains("photos")) {
    KF_ASSIGN(photos, photos_field(desk, json["photos"]));
    json.erase("photos");
  }
  Person person;
  KF_ASSIGN([[maybe_unused]] const bool set, set_fields(desk, person, json, call.now));
  const auto enrolled = desk.parts.access->enroll(std::move(person), photos, call.actor);
  if (!enrolled.ok()) {
    return photo_fault(enrolled.error());
  }
  Json answer{{"person", person_json(enrolled.value().first)}, {"faces", Json::array()}};
  for (const EnrolledFace& face : enrolled.value().second) {
    answer["faces"].push_back(enrolled_json(*desk.parts.gallery, face));
  }
  return json_response(answer, 201);
}

Answer<HttpResponse> get_person(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const Person person, desk.parts.gallery->person(call.ids[0]));
  return json_response(person_json(person));
}

Answer<HttpResponse> change_person(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const Json json, parse_object(call.body, {"name", "groups", "card", "vehicle",
                                                      "valid_from", "valid_until", "consent_at"}));
  KF_ASSIGN(Person person, desk.parts.gallery->person(call.ids[0]));
  KF_ASSIGN([[maybe_unused]] const bool set, set_fields(desk, person, json, call.now));
  KF_TRY(desk.parts.access->update(person, call.actor));
  return json_response(person_json(person));
}

Answer<HttpResponse> forget_person(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_TRY(desk.parts.access->forget(call.ids[0], call.actor));
  return HttpResponse{.status = 204};
}

}  // namespace kface::service
