// Paths and queries, read strictly: what is odd is refused, not repaired.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface::service {

inline constexpr std::size_t kMaxTarget = 4096;  // bytes of path and query

struct Target {
  std::string path;                          // starts with '/', holds no percent sign
  std::map<std::string, std::string> query;  // decoded; UTF-8 without control characters
};

// Paths of this service need no percent-encoding, so one that has it is none of ours: %2e%2e, %00,
// %2f are refused with it. So are "//", "." and ".." as a segment, backslashes, anything but
// printable ASCII.
// Errors: kInvalidArgument: a path as above, longer than kMaxTarget, a query that does not decode,
//         a name given twice, more than 32 of them.
Result<Target> parse_target(std::string_view target);

// The parts between the slashes: "/v1/people" is {"v1", "people"}.
std::vector<std::string> path_segments(std::string_view path);

// Is it UTF-8 (no overlong forms, no surrogates) without control characters?
bool is_plain_text(std::string_view text);

}  // namespace kface::service
