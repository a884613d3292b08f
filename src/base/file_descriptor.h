// An open file that closes itself, and the system's errors as one sentence.
#pragma once

#include <cstdint>
#include <filesystem>

#include "kface/status.h"

namespace kface {

// kIo: "PATH: cannot ACTION: reason of the system".
Status io_error(const std::filesystem::path& path, const char* action, int error);

// Owns the descriptor; -1 is none. Movable.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

struct ReadableFile {
  FileDescriptor descriptor;
  std::uintmax_t size;  // bytes, when it was opened
};

// Errors: kNotFound (missing, or not a regular file), kIo.
Result<ReadableFile> open_for_reading(const std::filesystem::path& path);

}  // namespace kface
