#include "gate/audit_recovery.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/files.h"
#include "gate/audit_lines.h"
#include "gate/audit_record.h"
#include "gate/audit_walk.h"

namespace kface {
namespace {

constexpr mode_t kLogMode = 0640;   // the group may read: an auditor
constexpr mode_t kTornMode = 0640;  // likewise
constexpr UnixMs kMsPerSecond = 1000;
constexpr UnixMs kNsPerMs = 1'000'000;

struct OpenedLog {
  FileDescriptor file;
  std::uint64_t size = 0;
  UnixMs last_change = 0;
};

Result<OpenedLog> open_locked(const std::filesystem::path& path) {
  if (path.has_parent_path()) {
    KF_TRY(make_folder(path.parent_path()));
  }
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kLogMode));
  if (file.number() < 0) {
    return io_error(path, "open", errno);
  }
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK
               ? Status{ErrorCode::kIo, path.string() +
                                            ": another process writes it; one gate or "
                                            "service a log"}
               : io_error(path, "lock", errno);
  }
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) {
    return io_error(path, "read", errno);
  }
  if (!S_ISREG(facts.st_mode)) {
    return Status{ErrorCode::kIo, path.string() + ": not a regular file"};
  }
  const UnixMs changed = facts.st_mtim.tv_sec * kMsPerSecond + facts.st_mtim.tv_nsec / kNsPerMs;
  return OpenedLog{std::move(file), static_cast<std::uint64_t>(facts.st_size), changed};
}

// The head file's mark; that of an empty log if there is neither log nor head.
Result<AuditMarks> marks_of(const std::filesystem::path& path, const AuditChain& chain,
                            std::uint64_t size) {
  auto marks = read_audit_marks(path, chain);
  const bool absent = !marks.ok() && marks.error().code() == ErrorCode::kNotFound;
  if (absent && size == 0) {
    return AuditMarks{{chain.start(), 0}};
  }
  if (absent) {
    return Status{ErrorCode::kCorruption, path.string() + ": its head file " +
                                              audit_head_path(path).filename().string() +
                                              " is gone, so nobody knows whether it is whole"};
  }
  return marks;
}

// Does the log reach its mark, and is the record there the one that the mark means?
Status check_mark(const FileDescriptor& file, const std::filesystem::path& path, std::uint64_t size,
                  const AuditMark& mark) {
  const auto refused = [&](const std::string& what) {
    return Status{ErrorCode::kCorruption, path.string() + ": " + what +
                                              ", but its head file knows " +
                                              std::to_string(mark.head.sequence) + " records and " +
                                              std::to_string(mark.bytes) +
                                              " bytes: it was changed or cut off; run 'kface audit "
                                              "verify'"};
  };
  if (size < mark.bytes) {
    return refused("ends after " + std::to_string(size) + " bytes");
  }
  if (mark.head.sequence == 0) {
    return {};
  }
  AuditLinesBackward lines(file, path, mark.bytes);
  KF_ASSIGN(const auto line, lines.next());
  const bool reaches = line && line->end == mark.bytes;
  const auto parts = reaches ? split_audit_line(line->text) : std::nullopt;
  const auto start = reaches ? read_audit_line_start(line->text) : std::nullopt;
  return parts && start && start->sequence == mark.head.sequence && parts->chain == mark.head.chain
             ? Status{}
             : refused("has another record there");
}

Status keep_torn(const FileDescriptor& file, const std::filesystem::path& path,
                 const std::filesystem::path& torn_path, std::uint64_t begin, std::uint64_t end) {
  constexpr std::uint64_t kBlock = std::uint64_t{1} << 16U;
  const FileDescriptor torn(
      ::open(torn_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kTornMode));
  if (torn.number() < 0) {
    return io_error(torn_path, "open", errno);
  }
  std::string bytes;
  for (; begin < end; begin += bytes.size()) {
    bytes.resize(static_cast<std::size_t>(std::min(kBlock, end - begin)));
    KF_TRY(read_exactly(file, path, begin, bytes.data(), bytes.size()));
    const ssize_t put = ::write(torn.number(), bytes.data(), bytes.size());
    if (put != static_cast<ssize_t>(bytes.size())) {
      return io_error(torn_path, "write", put < 0 ? errno : ENOSPC);
    }
  }
  return ::fsync(torn.number()) == 0 ? Status{} : io_error(torn_path, "flush", errno);
}

}  // namespace

Result<AuditRecovery> recover_audit(const std::filesystem::path& path, const AuditChain& chain) {
  KF_ASSIGN(OpenedLog log, open_locked(path));
  KF_ASSIGN(const AuditMarks marks, marks_of(path, chain, log.size));
  KF_TRY(check_mark(log.file, path, log.size, marks.newest));

  AuditWalk walk(log.file, path, chain, marks.newest, log.size);
  AuditWalk::Found found = AuditWalk::Found::kRecord;
  while (found == AuditWalk::Found::kRecord) {
    KF_ASSIGN(found, walk.next());
  }
  std::string note = marks.fault.empty() ? "" : marks.fault + ". ";
  const std::uint64_t good = walk.mark().bytes;
  if (good < log.size) {
    const std::filesystem::path torn = path.string() + ".torn";
    KF_TRY(keep_torn(log.file, path, torn, good, log.size));
    if (::ftruncate(log.file.number(), static_cast<off_t>(good)) != 0) {
      return io_error(path, "shorten", errno);
    }
    note += std::to_string(log.size - good) + " bytes after record " +
            std::to_string(walk.mark().head.sequence) +
            " were no record (half written when power or disk space ended?); they are kept in " +
            torn.filename().string();
  }
  // What was found beyond the head may not have reached the disk; it has to, before a head says so.
  if (::fsync(log.file.number()) != 0) {
    return io_error(path, "flush", errno);
  }
  KF_ASSIGN(AuditMarkFile head_file, AuditMarkFile::create(path, chain, walk.mark()));
  return AuditRecovery{std::move(log.file), std::move(head_file), walk.mark(), log.last_change,
                       std::move(note)};
}

}  // namespace kface
