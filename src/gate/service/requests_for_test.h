// A good request to every route: what the description and the hostile tests start from.
#pragma once

#include <string>

#include "gate/service/fakes_for_test.h"
#include "gate/service/route.h"

namespace kface::service {

inline Role a_role_of(const Route& route) {
  for (const Role role : {Role::kAdmin, Role::kAuditor, Role::kOperator, Role::kGate}) {
    if ((route.roles & role_bit(role)) != 0) {
      return role;
    }
  }
  return Role::kAdmin;  // of a route without roles
}

// The path with ids of things that are there. What a request to a route takes away is made anew.
inline std::string path_for_test(ServiceForTest& test, const Route& route) {
  std::string path(route.path);
  const auto put = [&](const std::string& name, const auto& make_id) {
    if (const std::size_t at = path.find(name); at != std::string::npos) {
      path.replace(at, name.size(), make_id());
    }
  };
  put("{person}", [&] {
    Person person;
    person.name = "Park Ji-woo";
    person.consent_at = 1;
    return test.gallery.add_person(person, {}, 1).value().id;
  });
  put("{face}", [&] {
    const NewTemplate face{.space = "space", .embedding = {99}, .quality = {}};
    return test.gallery.add_template(test.person.id, face, 1).value();
  });
  put("{token}", [&] {
    return add_service_token(test.gallery, "to remove", Role::kGate, {}, 1).value().entry.id;
  });
  put("{event}", [&] {
    const auto bytes = photo_for_test(kFaceOne);
    return test.access.decide_photo(bytes, {}).event;
  });
  return path;
}

inline std::string json_for_test(const Route& route) {
  if (route.path == "/v1/tokens") {
    return R"({"name":"door 2","role":"gate","expires_at":null})";
  }
  if (route.method == "PATCH") {
    return R"({"name":"Park","groups":["staff"],"valid_until":"2030-01-01T00:00:00Z"})";
  }
  return R"({"name":"Choi","consent_at":"2026-11-01","photos":[]})";
}

// Answered with the first of the route's statuses.
inline HttpRequest good_request(ServiceForTest& test, const Route& route) {
  HttpRequest made =
      test.request(std::string(route.method), path_for_test(test, route), a_role_of(route));
  if (route.path == "/v1/verify") {
    made.target += "?card=4711";
  }
  if (route.body == BodyKind::kPhoto) {
    const auto bytes = photo_for_test(kFaceOne);
    return test.with_body(made, "image/png", std::string(bytes.begin(), bytes.end()));
  }
  if (route.body == BodyKind::kJson) {
    return test.with_body(made, "application/json", json_for_test(route));
  }
  return made;
}

inline void give_camera_and_page(ServiceForTest& test) {
  test.parts.frame = [] { return std::vector<std::uint8_t>{0xff, 0xd8}; };
  test.parts.camera = [] { return CameraView{.state = "ok", .fps = 15}; };
  test.parts.page = [](std::string_view path) -> std::optional<PageFile> {
    if (path == "/") {
      return PageFile{.bytes = "<!doctype html>", .content_type = "text/html; charset=utf-8"};
    }
    return std::nullopt;
  };
  test.restart();
}

}  // namespace kface::service
