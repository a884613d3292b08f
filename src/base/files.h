// Whole files: read in one piece, written so that a reader sees the old file or the new one,
// never half of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

// Errors: kNotFound (missing, or a folder), kIo, kInvalidArgument (larger than max_bytes).
Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path,
                                            std::uintmax_t max_bytes = UINTMAX_MAX);
Result<std::string> read_text(const std::filesystem::path& path,
                              std::uintmax_t max_bytes = UINTMAX_MAX);

// Writes to a temporary file beside `path`, flushes it to the disk, renames it over `path`.
// Creates missing parent folders. On any error `path` is what it was, and no temporary stays.
// Errors: kIo, with the path and the system's reason (full disk, permission).
Status write_file_atomic(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
Status write_file_atomic(const std::filesystem::path& path, std::string_view text);

// The same in pieces, for files that should not be held in memory twice.
//
// Requires: append() and commit() only before commit(). Not thread-safe. Destroying an
// uncommitted writer removes its temporary file.
class AtomicFileWriter {
 public:
  explicit AtomicFileWriter(std::filesystem::path path);
  ~AtomicFileWriter();
  AtomicFileWriter(const AtomicFileWriter&) = delete;
  AtomicFileWriter& operator=(const AtomicFileWriter&) = delete;

  Status append(std::span<const std::uint8_t> bytes);
  Status append(std::string_view text);
  Status commit();

 private:
  Status open_if_needed();

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

// Creates the folder and its parents. Errors: kIo.
Status make_folder(const std::filesystem::path& path);

}  // namespace kface
