// One digest of a large file, computed by several threads: SHA-256 of the list of the SHA-256s of
// its pieces, as docs/formats/safetensors.md says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/mapped_file.h"
#include "kface/status.h"

namespace kface {

inline constexpr std::size_t kDigestPiece = std::size_t{16} << 20U;

// Called with consecutive blocks of the file (offset, bytes) while they are in the cache, from any
// of the threads; its error ends the work.
using BlockCheck = std::function<Status(std::size_t offset, std::span<const std::uint8_t> bytes)>;

// 64 hexadecimal digits. Memory of the file that was read is given back to the system.
// Requires: threads >= 1. Errors: that of `check` for the lowest piece that has one.
Result<std::string> content_digest(const MappedFile& file, unsigned threads,
                                   const BlockCheck& check = {});

// Errors: kNotFound, kIo.
Result<std::string> content_digest_of_file(const std::filesystem::path& path, unsigned threads = 1);

}  // namespace kface
