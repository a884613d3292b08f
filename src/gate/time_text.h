// Moments as text.
#pragma once

#include <string>
#include <string_view>

#include "gallery/person.h"
#include "kface/status.h"

namespace kface {

// "2026-11-25T20:09:15.123Z". Years beyond 0..9999 as they are counted.
std::string utc_text(UnixMs at);

// "2026-11-25", "2026-11-25T20:09", "...T20:09:15" or "...T20:09:15.123", then nothing or "Z"
// (UTC), or "+09:00". A date alone is its first moment. Errors: kInvalidArgument with `text` and
// what is expected.
Result<UnixMs> parse_moment(std::string_view text);

}  // namespace kface
