#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "base/files.h"
#include "gate/audit_chain.h"
#include "gate/audit_record.h"
#include "gate/audit_recovery.h"

namespace kface {
namespace {

Status write_all(const FileDescriptor& file, const std::filesystem::path& path,
                 std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.number(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error(path, "write", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

class FileAuditLog final : public AuditLog {
 public:
  FileAuditLog(std::filesystem::path path, const SecretKey& key)
      : path_(std::move(path)), chain_(key) {}

  Status open() {
    KF_ASSIGN(AuditRecovery recovery, recover_audit(path_, chain_));
    file_ = std::make_unique<FileDescriptor>(std::move(recovery.file));
    head_file_ = std::make_unique<AuditMarkFile>(std::move(recovery.head_file));
    flushed_ = recovery.mark;
    last_ = flushed_.head;
    if (recovery.note.empty()) {
      return {};
    }
    const auto noted = append(
        {.at = recovery.last_change, .kind = "log", .actor = "kface", .note = recovery.note});
    return noted.ok() ? Status{} : noted.error();
  }

  Result<AuditHead> append(const AuditEntry& entry) override {
    std::unique_lock lock(mutex_);
    if (!dead_.ok()) {
      return dead_;
    }
    AuditHead mine;
    mine.sequence = last_.sequence + 1;
    const std::string body = encode_audit_body(mine.sequence, entry);
    mine.chain = chain_.next(last_.chain, body);
    pending_ += join_audit_line(body, mine.chain);
    last_ = mine;
    // Whoever comes while a flush runs leaves a record for the next one; the first of them to wake
    // up writes for all.
    while (flushed_.head.sequence < mine.sequence && dead_.ok()) {
      if (flushing_) {
        flush_ended_.wait(lock);
      } else {
        flush(lock);
      }
    }
    return flushed_.head.sequence >= mine.sequence ? Result(mine) : Result<AuditHead>(dead_);
  }

  AuditHead head() const override {
    const std::lock_guard lock(mutex_);
    return flushed_.head;
  }

 private:
  void flush(std::unique_lock<std::mutex>& lock) {
    flushing_ = true;
    std::string bytes;
    bytes.swap(pending_);
    const AuditMark target{last_, flushed_.bytes + bytes.size()};
    const std::uint64_t size_before = flushed_.bytes;
    lock.unlock();
    Status written;
    try {
      written = write_records(bytes, size_before, target);
    } catch (const std::exception& error) {
      written = {ErrorCode::kIo, path_.string() + ": cannot write: " + error.what()};
    }
    lock.lock();
    flushing_ = false;
    if (written.ok()) {
      flushed_ = target;
    } else {
      dead_ = {ErrorCode::kIo, written.message() +
                                   "; nothing more is logged, and nobody let in, until this is "
                                   "mended and kface started again"};
    }
    flush_ended_.notify_all();
  }

  // The log first and the head after it: whatever a crash leaves of this, the head never speaks of
  // a record that is not on the disk.
  Status write_records(const std::string& bytes, std::uint64_t size_before,
                       const AuditMark& target) {
    KF_TRY(check_file(size_before));
    KF_TRY(write_all(*file_, path_, bytes));
    if (::fdatasync(file_->number()) != 0) {
      return io_error(path_, "flush", errno);
    }
    return head_file_->write(target);
  }

  // Is what we write to still the file that everybody reads, with nothing cut off or put in?
  Status check_file(std::uint64_t size) const {
    struct stat ours {};
    struct stat theirs {};
    if (::fstat(file_->number(), &ours) != 0 || ::stat(path_.c_str(), &theirs) != 0) {
      return io_error(path_, "find the log that is being written", errno);
    }
    if (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino) {
      return {ErrorCode::kIo, path_.string() + ": was replaced by another file while it was open"};
    }
    if (static_cast<std::uint64_t>(ours.st_size) != size) {
      return {ErrorCode::kIo, path_.string() + ": has " + std::to_string(ours.st_size) +
                                  " bytes, expected " + std::to_string(size) +
                                  ": something else wrote to it"};
    }
    return {};
  }

  const std::filesystem::path path_;
  const AuditChain chain_;
  std::unique_ptr<FileDescriptor> file_;      // of the thread that flushes
  std::unique_ptr<AuditMarkFile> head_file_;  // likewise

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable flush_ended_;
  AuditHead last_;       // of the last record that was given a number
  AuditMark flushed_;    // of the last one on the disk
  std::string pending_;  // lines between them, less those being flushed
  bool flushing_ = false;
  Status dead_;
};

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::filesystem::path& path,
                                                 const SecretKey& key) {
  auto log = std::make_unique<FileAuditLog>(path, key);
  KF_TRY(log->open());
  return std::unique_ptr<AuditLog>(std::move(log));
}

}  // namespace kface
