#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/file_descriptor.h"

namespace kface {
namespace {

template <typename Container>
Result<Container> read_whole(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  const std::uintmax_t size = file.size;
  if (size > max_bytes) {
    return Status{ErrorCode::kInvalidArgument, path.string() + ": " + std::to_string(size) +
                                                   " bytes, at most " + std::to_string(max_bytes) +
                                                   " are read"};
  }
  Container bytes;
  bytes.resize(static_cast<std::size_t>(size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.descriptor.number(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return io_error(path, "read", errno);
    }
    if (got == 0) {
      break;  // it shrank while we read it
    }
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path,
                                            std::uintmax_t max_bytes) {
  return read_whole<std::vector<std::uint8_t>>(path, max_bytes);
}

Result<std::string> read_text(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  return read_whole<std::string>(path, max_bytes);
}

AtomicFileWriter::AtomicFileWriter(std::filesystem::path path) : path_(std::move(path)) {
  static std::atomic<unsigned> counter{0};
  temporary_ = path_;
  temporary_ += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

AtomicFileWriter::~AtomicFileWriter() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

Status AtomicFileWriter::open_if_needed() {
  if (descriptor_ >= 0) {
    return {};
  }
  if (path_.has_parent_path()) {
    KF_TRY(make_folder(path_.parent_path()));
  }
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  return descriptor_ < 0 ? io_error(temporary_, "create", errno) : Status{};
}

Status AtomicFileWriter::append(std::span<const std::uint8_t> bytes) {
  KF_TRY(open_if_needed());
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error(path_, "write", errno);
    }
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Status AtomicFileWriter::append(std::string_view text) {
  return append(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Status AtomicFileWriter::commit() {
  KF_TRY(open_if_needed());
  const int synced = ::fsync(descriptor_);
  const int sync_error = errno;
  const int closed = ::close(descriptor_);
  const int close_error = errno;
  descriptor_ = -1;
  if (synced != 0 || closed != 0) {
    ::unlink(temporary_.c_str());
    return io_error(path_, "flush", synced != 0 ? sync_error : close_error);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    return io_error(path_, "replace", error);
  }
  // The rename itself must survive a power cut; a file system that cannot sync a folder is no
  // error.
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_descriptor >= 0) {
    ::fsync(folder_descriptor);
    ::close(folder_descriptor);
  }
  return {};
}

Status write_file_atomic(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  AtomicFileWriter writer(path);
  KF_TRY(writer.append(bytes));
  return writer.commit();
}

Status write_file_atomic(const std::filesystem::path& path, std::string_view text) {
  return write_file_atomic(
      path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Status make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return io_error(path, "create the folder", error.value());
  }
  return {};
}

}  // namespace kface
