// Every refusal in the audit log, without letting a flood of them fill the disk.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "gate/audit_log.h"

namespace kface::service {

// The first refusal of an address in a second is written at once; those that follow in the same
// second are counted, and written as one record with the next one, or by flush(). At most 20
// records a second in all: beyond, addresses are counted together. Thread-safe.
class RefusalLog {
 public:
  explicit RefusalLog(AuditLog& audit) : audit_(audit) {}

  // `what`: "401 unauthorized", and the route; never what the caller wrote. `actor`: id of the
  // token, if it was one. Errors: those of AuditLog::append.
  Status refused(const std::string& source, const std::string& actor, const std::string& what,
                 UnixMs now);
  // Writes what was only counted in seconds that are over; with `all`, in this one, too.
  Status flush(UnixMs now, bool all = false);

 private:
  struct Counted {
    std::int64_t second = 0;
    std::uint64_t count = 0;  // those not written yet
    std::string actor;        // of the last one
    std::string what;         // of the last one
  };
  Status flush_locked(std::int64_t second, UnixMs now);
  Status write(const std::string& source, const Counted& counted, UnixMs now);

  AuditLog& audit_;
  std::mutex mutex_;
  std::map<std::string, Counted> sources_;  // guarded by mutex_
  std::int64_t second_ = 0;                 // guarded by mutex_
  int written_ = 0;                         // records of that second; guarded by mutex_
};

}  // namespace kface::service
