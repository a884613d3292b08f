// The bytes of a file, mapped: they are the operating system's, not a second copy of the weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "kface/status.h"

namespace kface {

// Read-only. bytes() is valid as long as the object; the file must not be cut meanwhile. Movable.
class FileBytes {
 public:
  // Errors: kNotFound (missing, or a folder), kIo.
  static Result<FileBytes> open(const std::filesystem::path& path);

  ~FileBytes();
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&&) = delete;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  explicit FileBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::span<const std::uint8_t> bytes_;
};

}  // namespace kface
