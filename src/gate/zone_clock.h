// Local time of a named zone, from the system's tzdata: independent of the process's own zone, and
// an unknown name is an error, where the C library would take UTC without a word.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "gate/local_time.h"
#include "kface/status.h"

namespace kface {

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

// `name` as "Asia/Seoul". The file (TZif 2 or later, RFC 8536) is read once.
// Errors: kInvalidArgument: a name that is none; kNotFound; kIo; kCorruption: no TZif file.
Result<LocalTimeFn> open_zone(const std::string& name,
                              const std::filesystem::path& folder = kZoneFolder);

// The same of a file's bytes; `name` for errors. Errors: kCorruption.
Result<LocalTimeFn> decode_zone(std::string_view bytes, const std::string& name);

// Date and time of day, `offset_s` seconds east of UTC.
LocalTime local_time_at(UnixMs at, std::int64_t offset_s);

}  // namespace kface
