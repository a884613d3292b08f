// Moments as people and programs write them: ISO 8601.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kface/status.h"

namespace kface {

// Milliseconds since 1970-01-01 00:00 UTC.
using UnixMs = std::int64_t;

// "2026-11-25T20:09:15.123Z". Years beyond 0..9999 as they are counted.
std::string time_text(UnixMs at);

// "2026-11-25", "2026-11-25T20:09", "...T20:09:15" or "...T20:09:15.123", then nothing or "Z"
// (UTC), or "+09:00". A date alone is its first moment. Errors: kInvalidArgument with `text` and
// what is expected.
Result<UnixMs> parse_time(std::string_view text);

}  // namespace kface
