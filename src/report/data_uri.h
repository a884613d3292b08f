// Pictures inside a page.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "kface/status.h"

namespace kface::report {

// RFC 4648, with padding.
std::string base64(std::span<const std::uint8_t> bytes);

// The picture `chip` (relative to `dataset`) as "data:image/png;base64,..." or jpeg.
// Errors: kNotFound, kCorruption (the path leaves the dataset, also by a link; neither PNG nor
//         JPEG), kInvalidArgument (beyond 8 MiB), kIo.
Result<std::string> chip_data_uri(const std::filesystem::path& dataset, const std::string& chip);

}  // namespace kface::report
