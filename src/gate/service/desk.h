// What every handler is given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/gate_json.h"
#include "gate/service/limits.h"
#include "gate/service/metrics.h"
#include "gate/service/refusal_log.h"
#include "gate/service/route.h"
#include "gate/service/service.h"
#include "gate/service/tokens.h"

namespace kface::service {

// What handlers share. Thread-safe.
struct Desk {
  Desk(ServiceParts given, const ServiceOptions& chosen);

  const ServiceParts parts;
  const ServiceOptions options;
  TokenTable tokens;
  Buckets source_bucket;
  Buckets token_bucket;
  BackOff back_off;
  Admission admission;
  RefusalLog refusals;
  Metrics metrics;
  double started_at;  // parts.seconds
};

struct Call {
  const Route* route = nullptr;
  std::vector<std::string> ids;              // of the path
  std::map<std::string, std::string> query;  // and JSON's plain fields, for a photo in JSON
  std::string content_type = {};
  std::string body = {};
  std::optional<ServiceToken> caller = {};  // none: without a token
  std::string actor = {};                   // id of the token
  UnixMs now = 0;
};

// --- inputs; every fault is a 400 (or a photo's 413, 422)

// Query parameters other than these: 400.
Answer<bool> only_parameters(const Call& call, std::initializer_list<std::string_view> names);
// Empty if it was not given. At most `longest` bytes.
Answer<std::string> text_parameter(const Call& call, const std::string& name, std::size_t longest);
// `kind` as random_id() has it.
Answer<std::string> id_parameter(const Call& call, const std::string& name, char kind);
Answer<std::uint64_t> number_parameter(const Call& call, const std::string& name,
                                       std::uint64_t fallback, std::uint64_t lowest,
                                       std::uint64_t highest);
Answer<std::optional<UnixMs>> time_parameter(const Call& call, const std::string& name);
Answer<std::string> word_parameter(const Call& call, const std::string& name,
                                   std::initializer_list<std::string_view> words);

// An object of at most `max_depth` levels, with none but these keys.
Answer<Json> parse_object(const std::string& text, std::initializer_list<std::string_view> keys);
Answer<std::vector<std::uint8_t>> decode_base64(const std::string& text);

// The photo of a call with BodyKind::kPhoto; JSON's other fields are put into `query`.
Answer<std::vector<std::uint8_t>> take_photo(const Desk& desk, Call& call);
// Size in bytes and pixels, and whether it is an image at all: before anything is decoded.
Answer<bool> check_photo(const Desk& desk, const std::vector<std::uint8_t>& photo);

// --- outputs
// gate_json.h's, without the note of a decision that failed here: it may hold a path.
Json told_decision(const Decision& decision);
bool has_note_for_callers(const Decision& decision);
Json token_json(const ServiceToken& token);

// Logs a change that the service itself made (tokens). Errors: the audit log's.
Status log_change(Desk& desk, const Call& call, const std::string& note);

}  // namespace kface::service
