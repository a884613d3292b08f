// Follows the chain through a log, record by record, as far as it holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "gate/audit_chain.h"
#include "gate/audit_lines.h"
#include "kface/status.h"

namespace kface {

// Not thread-safe. Requires: `file` and `chain` outlive it.
class AuditWalk {
 public:
  enum class Found { kRecord, kEnd, kUnfinished, kFault };

  // From `mark`, which is taken to be true, to the byte `end`.
  AuditWalk(const FileDescriptor& file, std::filesystem::path path, const AuditChain& chain,
            AuditMark mark, std::uint64_t end);

  // The next record, the end, bytes without a newline before the end, or a record that does not
  // follow from those before it. After anything but kRecord it may not be called again. Errors:
  // kIo.
  Result<Found> next();

  // Of the last record that followed.
  const AuditMark& mark() const { return mark_; }
  // "record 17: ...", after kFault.
  const std::string& fault() const { return fault_; }

 private:
  std::string fault_of(const AuditLine& line, AuditHead& head) const;

  const AuditChain* chain_;
  AuditMark mark_;
  std::uint64_t end_;
  AuditLinesForward lines_;
  std::string fault_;
};

}  // namespace kface
