#include "gate/audit_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "gate/audit_record.h"

namespace kface {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16U;

}  // namespace

Status read_exactly(const FileDescriptor& file, const std::filesystem::path& path,
                    std::uint64_t offset, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(file.number(), bytes, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return io_error(path, "read", errno);
    }
    if (got == 0) {
      return Status{ErrorCode::kIo, path.string() + ": became shorter while it was read"};
    }
    bytes += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

AuditLinesForward::AuditLinesForward(const FileDescriptor& file, std::filesystem::path path,
                                     std::uint64_t begin, std::uint64_t end)
    : file_(&file), path_(std::move(path)), offset_(begin), end_(end) {}

Result<std::optional<AuditLine>> AuditLinesForward::next() {
  std::size_t newline = buffer_.find('\n', used_);
  while (newline == std::string::npos && buffer_.size() - used_ <= kLongestAuditLine) {
    buffer_.erase(0, used_);
    used_ = 0;
    const std::uint64_t read_to = offset_ + buffer_.size();
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, end_ - read_to));
    if (size == 0) {
      break;
    }
    const std::size_t old_size = buffer_.size();
    buffer_.resize(old_size + size);
    KF_TRY(read_exactly(*file_, path_, read_to, buffer_.data() + old_size, size));
    newline = buffer_.find('\n', old_size);
  }
  const bool finished = newline != std::string::npos && newline - used_ <= kLongestAuditLine;
  if (!finished && used_ == buffer_.size()) {
    return std::optional<AuditLine>();
  }
  const std::size_t text_end = finished ? newline : buffer_.size();
  const std::size_t taken = text_end - used_ + (finished ? 1 : 0);
  const AuditLine line{std::string_view(buffer_).substr(used_, text_end - used_), offset_,
                       offset_ + taken, finished};
  used_ += taken;
  offset_ += taken;
  return std::optional(line);
}

AuditLinesBackward::AuditLinesBackward(const FileDescriptor& file, std::filesystem::path path,
                                       std::uint64_t end)
    : file_(&file), path_(std::move(path)), begin_(end) {}

Status AuditLinesBackward::prepend_block() {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, begin_));
  buffer_.insert(0, size, '\0');
  begin_ -= size;
  return read_exactly(*file_, path_, begin_, buffer_.data(), size);
}

Result<std::optional<AuditLine>> AuditLinesBackward::next() {
  while (!started_) {
    const std::size_t newline = buffer_.rfind('\n');
    started_ = newline != std::string::npos;
    if (started_) {
      buffer_.resize(newline + 1);
    } else if (begin_ == 0) {
      return std::optional<AuditLine>();
    } else {
      // Unfinished bytes are of no use here, however many they are.
      buffer_.clear();
      KF_TRY(prepend_block());
    }
  }
  // The last line stands in the buffer until the next call: that one takes it away.
  buffer_.resize(buffer_.size() - taken_);
  taken_ = 0;
  if (buffer_.empty() && begin_ == 0) {
    return std::optional<AuditLine>();
  }
  std::size_t before = std::string::npos;
  while ((buffer_.size() < 2 ||
          (before = buffer_.rfind('\n', buffer_.size() - 2)) == std::string::npos) &&
         begin_ > 0) {
    if (buffer_.size() > kLongestAuditLine) {
      return Status{ErrorCode::kCorruption, path_.string() + ": the line that ends at byte " +
                                                std::to_string(begin_ + buffer_.size()) +
                                                " is too long for a record"};
    }
    KF_TRY(prepend_block());
  }
  const std::size_t from = before == std::string::npos ? 0 : before + 1;
  taken_ = buffer_.size() - from;
  return std::optional(AuditLine{std::string_view(buffer_).substr(from, taken_ - 1), begin_ + from,
                                 begin_ + buffer_.size(), true});
}

}  // namespace kface
