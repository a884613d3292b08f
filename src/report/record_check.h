// Is a JSON text a run record that this build can show?
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "kface/status.h"

namespace kface::report {

// Parses `text` and checks the keys that the page relies on (docs/formats/run-record.md).
// Errors: kCorruption (not JSON, nested too deeply, a key missing or of another type: it is
//         named), kVersion (another version or an unknown kind).
Result<nlohmann::ordered_json> parse_record(std::string_view text);

}  // namespace kface::report
