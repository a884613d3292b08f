#include "store/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/files.h"

namespace kface {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxNoteBytes = 1U << 20U;

fs::path note_path(const fs::path& part) { return part.string() + ".json"; }

}  // namespace

fs::path part_path(const fs::path& target) { return target.string() + ".part"; }

PartialFile::PartialFile(fs::path target, fs::path path, ReadableFile file)
    : target_(std::move(target)),
      path_(std::move(path)),
      note_path_(note_path(path_)),
      descriptor_(std::move(file.descriptor)),
      size_(file.size) {}

Result<PartialFile> PartialFile::open(const fs::path& target) {
  const fs::path path = part_path(target);
  if (path.has_parent_path()) {
    KF_TRY(make_folder(path.parent_path()));
  }
  FileDescriptor descriptor(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (descriptor.number() < 0) {
    return io_error(path, "create", errno);
  }
  if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) {
    return Status{ErrorCode::kIo, path.string() + ": another process is fetching this file"};
  }
  struct stat facts {};
  struct stat named {};
  if (::fstat(descriptor.number(), &facts) != 0) {
    return io_error(path, "read", errno);
  }
  if (::stat(path.c_str(), &named) != 0 || named.st_ino != facts.st_ino) {
    // It became the target between our opening and locking it.
    return Status{ErrorCode::kIo, path.string() + ": another process has just fetched this file"};
  }
  return PartialFile(target, path,
                     {std::move(descriptor), static_cast<std::uintmax_t>(facts.st_size)});
}

std::optional<PartNote> PartialFile::note() const {
  const auto text = read_text(note_path_, kMaxNoteBytes);
  if (!text.ok()) {
    return std::nullopt;
  }
  const Json json = Json::parse(text.value(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("url") || !json["url"].is_string() ||
      !json.contains("validator") || !json["validator"].is_string() || !json.contains("total") ||
      !json["total"].is_number_unsigned()) {
    return std::nullopt;
  }
  return PartNote{json["url"].get<std::string>(), json["validator"].get<std::string>(),
                  json["total"].get<std::uint64_t>()};
}

std::optional<PartNote> PartialFile::note_to_continue(const std::string& url) const {
  auto found = note();
  const bool usable =
      found && size_ > 0 && size_ <= found->total && found->url == url && !found->validator.empty();
  return usable ? found : std::nullopt;
}

Status PartialFile::restart(const PartNote& note) {
  // In this order a note never vouches for bytes of another version.
  if (::ftruncate(descriptor_.number(), 0) != 0) {
    return io_error(path_, "empty", errno);
  }
  size_ = 0;
  const Json json{{"url", note.url}, {"validator", note.validator}, {"total", note.total}};
  return write_file_atomic(note_path_, json.dump(2, ' ', false, Json::error_handler_t::replace));
}

Status PartialFile::append(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_.number(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error(path_, "write", errno);
    }
    size_ += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Status PartialFile::finish() {
  if (::fsync(descriptor_.number()) != 0) {
    return io_error(path_, "flush", errno);
  }
  if (::rename(path_.c_str(), target_.c_str()) != 0) {
    return io_error(target_, "replace", errno);
  }
  ::unlink(note_path_.c_str());
  return {};
}

void PartialFile::discard() {
  ::unlink(note_path_.c_str());
  ::unlink(path_.c_str());
}

}  // namespace kface
