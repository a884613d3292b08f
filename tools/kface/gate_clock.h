// The clocks, and who is at the command line: what the library does not ask for itself.
#pragma once

#include <cstdint>
#include <string>

#include "gate/local_time.h"

namespace kface::cli {

UnixMs unix_now();             // the system's clock
std::int64_t steady_now_ms();  // one that never goes back

// The machine's local time.
LocalTime local_time(UnixMs at);

// "cli:NAME", for the audit log.
std::string command_line_actor();

}  // namespace kface::cli
