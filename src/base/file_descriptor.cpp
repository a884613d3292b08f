#include "base/file_descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace kface {

Status io_error(const std::filesystem::path& path, const char* action, int error) {
  return Status{ErrorCode::kIo, path.string() + ": cannot " + action + ": " +
                                    std::generic_category().message(error)};
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

Result<ReadableFile> open_for_reading(const std::filesystem::path& path) {
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number() < 0) {
    const int error = errno;
    const auto code = error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Status{code, io_error(path, "open", error).message()};
  }
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0) {
    return io_error(path, "read", errno);
  }
  if (!S_ISREG(facts.st_mode)) {
    return Status{ErrorCode::kNotFound, path.string() + ": not a regular file"};
  }
  return ReadableFile{std::move(descriptor), static_cast<std::uintmax_t>(facts.st_size)};
}

}  // namespace kface
