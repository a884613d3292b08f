// A whole file in the address space, read-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "kface/status.h"

namespace kface {

// Owns the mapping; movable. Thread-safe for readers.
//
// Requires: nobody shortens the file while it is mapped; reading beyond its new end raises SIGBUS.
class MappedFile {
 public:
  // Errors: kNotFound (missing, or not a regular file), kIo. An empty file has no bytes.
  static Result<MappedFile> open(const std::filesystem::path& path);

  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }

  // Asks the system to bring a part in at once, or to take its memory back. Hints: the bytes read
  // the same afterwards. Requires: offset + size <= bytes().size().
  void prefetch(std::size_t offset, std::size_t size) const;
  void release(std::size_t offset, std::size_t size) const;

 private:
  explicit MappedFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  void advise(std::size_t offset, std::size_t size, int advice) const;

  std::span<const std::uint8_t> bytes_;
};

}  // namespace kface
