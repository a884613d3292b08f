// Opens an audit log for writing, and puts aside what a crash left half written.
#pragma once

#include <filesystem>
#include <string>

#include "gate/audit_chain.h"
#include "gate/audit_log.h"
#include "kface/status.h"

namespace kface {

struct AuditRecovery {
  FileDescriptor file;      // appends; locked against other writers as long as it is open
  AuditMarkFile head_file;  // on the disk with `mark`
  AuditMark mark;           // of the last record; the file ends there
  UnixMs last_change = 0;   // of the file, before it was opened
  std::string note = {};    // what had to be put right, for a record; empty: nothing
};

// Makes the log if neither it nor its head file is there. What follows the last good record beyond
// the head was never acknowledged: it goes to PATH.torn, and the file ends before it.
// Requires: `chain` outlives the result.
// Errors: kIo (also: another process writes it), kCorruption (does not end as its head says).
Result<AuditRecovery> recover_audit(const std::filesystem::path& path, const AuditChain& chain);

}  // namespace kface
