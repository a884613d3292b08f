// What a gallery holds: people, their templates, what is kept of an event, and who may ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/times.h"
#include "kface/image.h"

namespace kface {

// Somebody who may be let in.
struct Person {
  // "p-" and 26 random letters and digits, given by the gallery. It says nothing about the person:
  // what is left of someone forgotten, in an audit log, is this alone.
  std::string id;
  std::string name;                   // as it is shown; UTF-8, 1 to 200 bytes
  std::vector<std::string> groups;    // ascending, each once; what schedules speak of
  std::string card = {};              // number of a card; no two people have one; empty: none
  std::string vehicle = {};           // number plate; no two people have one; empty: none
  std::optional<UnixMs> valid_from;   // allowed in from this moment on; none: always
  std::optional<UnixMs> valid_until;  // no longer allowed in from this moment on; none: for ever
  UnixMs consent_at = 0;              // when the person agreed to the use of the face; never 0
  UnixMs created_at = 0;
};

// One photo's embedding.
struct FaceTemplate {
  std::string id;                // "t-" and 26 letters and digits, random
  std::string person;            // Person::id
  std::string space;             // what makes embeddings comparable: template_space()
  std::vector<float> embedding;  // [m]
  Quality quality;               // of the photo
  UnixMs created_at = 0;
  bool has_photo = false;  // the photo is kept, sealed
};

enum class Direction : std::uint8_t { kNone = 0, kEntry = 1, kExit = 2 };  // stored

// Where somebody was last seen passing; for anti-passback, shared by all gates of a gallery.
struct Passage {
  Direction direction = Direction::kNone;
  std::string gate;
  UnixMs at = 0;
};

// What is known of an event beyond its audit record, until its retention period is over or its
// person is forgotten. Sealed; the audit record holds `digest` alone.
struct EventDetails {
  std::string event;   // "e-" and 26 letters and digits, random
  std::string person;  // Person::id, empty where nobody was recognised
  std::string gate;
  UnixMs at = 0;
  std::string vehicle = {};         // as it was given
  std::string card = {};            // as it was given
  std::vector<std::uint8_t> photo;  // JPEG or PNG; empty: not kept
  std::string digest = {};          // as keep_event gave it; found by event_details alone
};

enum class Role : std::uint8_t { kGate = 0, kOperator = 1, kAdmin = 2, kAuditor = 3 };  // stored

// A token of the service. The token itself is shown once and never stored.
struct ServiceToken {
  std::string id;    // "k-" and 26 letters and digits
  std::string name;  // who or what uses it
  Role role = Role::kGate;
  std::string hash;  // BLAKE2b-256 of the token, hexadecimal; tokens are 256 random bits, so a
                     // slow hash would protect nothing more
  UnixMs created_at = 0;
  std::optional<UnixMs> expires_at;
};

}  // namespace kface
