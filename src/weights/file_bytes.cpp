#include "weights/file_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace kface {
namespace {

Status refused(const std::filesystem::path& path, int error) {
  const ErrorCode code =
      error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code, path.string() + ": cannot be read: " + std::system_category().message(error)};
}

Result<std::span<const std::uint8_t>> map_bytes(int descriptor, const std::filesystem::path& path) {
  struct stat information {};
  if (fstat(descriptor, &information) != 0) {
    return refused(path, errno);
  }
  if (!S_ISREG(information.st_mode)) {
    return Status{ErrorCode::kNotFound, path.string() + ": is not a file"};
  }
  const auto size = static_cast<std::size_t>(information.st_size);
  if (size == 0) {
    return std::span<const std::uint8_t>{};
  }
  void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) {
    return refused(path, errno);
  }
  return std::span(static_cast<const std::uint8_t*>(start), size);
}

}  // namespace

Result<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return refused(path, errno);
  }
  auto bytes = map_bytes(descriptor, path);
  close(descriptor);
  if (!bytes.ok()) {
    return bytes.error();
  }
  return FileBytes(bytes.value());
}

FileBytes::FileBytes(FileBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

FileBytes::~FileBytes() {
  if (!bytes_.empty()) {
    munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  }
}

}  // namespace kface
