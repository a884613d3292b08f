// Moments as people and programs write them: ISO 8601.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kface/status.h"

namespace kface {

// Milliseconds since 1970-01-01 00:00 UTC.
using UnixMs = std::int64_t;

// "2026-11-25T20:10:00.123Z".
std::string time_text(UnixMs at);

// The same, with or without milliseconds, with Z or an offset (+09:00); or a date alone: its
// midnight in UTC. Years 1970 to 9999.
// Errors: kInvalidArgument, which says the form and not what was given.
Result<UnixMs> parse_time(std::string_view text);

}  // namespace kface
