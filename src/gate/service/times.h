// Moments as the service writes and reads them.
#pragma once

#include <string>
#include <string_view>

#include "gallery/person.h"
#include "kface/status.h"

namespace kface::service {

// "2026-11-25T20:10:00.123Z".
std::string time_text(UnixMs at);

// The same, with or without milliseconds, with Z or an offset (+09:00); or a date alone: its
// midnight in UTC. Years 1970 to 9999.
// Errors: kInvalidArgument, which says the form and not what was given.
Result<UnixMs> parse_time(std::string_view text);

}  // namespace kface::service
