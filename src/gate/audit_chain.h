// The keyed hashes that bind each record of the audit log to all before it. docs/formats/audit.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "gate/audit_log.h"
#include "kface/status.h"

namespace kface {

// Holds the key, and wipes it at the end. Thread-safe.
class AuditChain {
 public:
  explicit AuditChain(const SecretKey& key);
  ~AuditChain();
  AuditChain(const AuditChain&) = delete;
  AuditChain& operator=(const AuditChain&) = delete;

  // That of an empty log.
  AuditHead start() const;
  // 64 hexadecimal digits: BLAKE2b-256 with the key over `previous` (as digits) and `body`.
  std::string next(std::string_view previous, std::string_view body) const;
  // The same digits for anything else that must not be forged; never those of a record.
  std::string seal(std::string_view text) const;

 private:
  SecretKey key_;
};

// How far the log is known to reach: a head and the size of the file up to it.
struct AuditMark {
  AuditHead head;
  std::uint64_t bytes = 0;
};

// What PATH.head says: two slots of 512 bytes, written in turn, so that one is always whole.
struct AuditMarks {
  AuditMark newest;
  std::string fault = {};  // what is wrong with the other slot; empty: nothing
};

std::filesystem::path audit_head_path(const std::filesystem::path& log);

// Errors: kNotFound; kIo; kCorruption if neither slot is whole and of this key.
Result<AuditMarks> read_audit_marks(const std::filesystem::path& log, const AuditChain& chain);

// Writes PATH.head. Not thread-safe. Requires: `chain` outlives it.
class AuditMarkFile {
 public:
  // Replaces the file by one with `mark` in both slots, on the disk. Errors: kIo.
  static Result<AuditMarkFile> create(const std::filesystem::path& log, const AuditChain& chain,
                                      const AuditMark& mark);
  // Into the older slot; not flushed to the disk, where the file may lag behind. Errors: kIo.
  Status write(const AuditMark& mark);

 private:
  AuditMarkFile(std::filesystem::path path, FileDescriptor file, const AuditChain& chain);

  std::filesystem::path path_;
  FileDescriptor file_;
  const AuditChain* chain_;
  bool second_ = false;
};

}  // namespace kface
