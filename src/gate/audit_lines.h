// The lines of an audit log, forwards or backwards, in memory for one block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "kface/status.h"

namespace kface {

struct AuditLine {
  std::string_view text;    // without its newline; until the next call
  std::uint64_t begin = 0;  // offset in the file
  std::uint64_t end = 0;    // one past its newline
  bool finished = true;     // false: the file ends before a newline, or no line is this long
};

// Not thread-safe. Requires: `file` outlives it.
class AuditLinesForward {
 public:
  // From `begin`, which is where a line begins, to `end`.
  AuditLinesForward(const FileDescriptor& file, std::filesystem::path path, std::uint64_t begin,
                    std::uint64_t end);
  // None at the end. Nothing may be asked for after an unfinished line. Errors: kIo.
  Result<std::optional<AuditLine>> next();

 private:
  const FileDescriptor* file_;
  std::filesystem::path path_;
  std::string buffer_;
  std::size_t used_ = 0;  // bytes of the buffer that were given out
  std::uint64_t offset_;  // in the file, of buffer_[used_]
  std::uint64_t end_;
};

// Not thread-safe. Requires: `file` outlives it.
class AuditLinesBackward {
 public:
  AuditLinesBackward(const FileDescriptor& file, std::filesystem::path path, std::uint64_t end);
  // The last line first; what stands after the last newline is passed over.
  // Errors: kIo; kCorruption: a line that is too long for a record.
  Result<std::optional<AuditLine>> next();

 private:
  Status prepend_block();

  const FileDescriptor* file_;
  std::filesystem::path path_;
  std::string buffer_;  // bytes [begin_, begin_ + size) of the file
  std::uint64_t begin_;
  std::size_t taken_ = 0;  // bytes at the end of the buffer that were given out
  bool started_ = false;   // the buffer ends in a newline
};

// Reads exactly `size` bytes at `offset` into `bytes`. Errors: kIo, also if the file ends there.
Status read_exactly(const FileDescriptor& file, const std::filesystem::path& path,
                    std::uint64_t offset, char* bytes, std::size_t size);

}  // namespace kface
