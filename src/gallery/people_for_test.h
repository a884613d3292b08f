// People, faces, events and tokens that tests put into a gallery.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gallery/gallery.h"
#include "gallery/random_id.h"

namespace kface {

inline constexpr UnixMs kTestNow = 1'760'000'000'000;
inline const std::string kTestSpace(64, 'a');
inline const std::string kOtherSpace(64, 'b');

inline Person somebody(const std::string& name) {
  Person person;
  person.name = name;
  person.groups = {"night", "staff"};
  person.consent_at = kTestNow - 1000;
  return person;
}

inline NewTemplate some_face(float first, std::vector<std::uint8_t> photo = {},
                             const std::string& space = kTestSpace) {
  NewTemplate face;
  face.space = space;
  face.embedding = {first, 0.25F, -1.5F};
  face.quality = {120, 33.5F, 128, -4, 2};
  face.photo = std::move(photo);
  return face;
}

inline EventDetails some_event(const std::string& person) {
  EventDetails details;
  details.event = random_id('e');
  details.person = person;
  details.gate = "north";
  details.at = kTestNow;
  details.vehicle = "12가3456";
  details.card = "9";
  details.photo = {1, 2, 3};
  return details;
}

inline ServiceToken some_token() {
  ServiceToken token;
  token.id = random_id('k');
  token.name = "north gate";
  token.role = Role::kAuditor;
  token.hash = std::string(64, '5');
  token.created_at = kTestNow;
  token.expires_at = kTestNow + 5;
  return token;
}

}  // namespace kface
