// What happened at a gate, in a file that can be added to and not changed unnoticed.
// docs/formats/audit.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gallery/keyring.h"
#include "gallery/person.h"
#include "kface/status.h"

namespace kface {

// One thing that happened. Text is UTF-8; empty: not said. No name, card or number plate: those
// are in the gallery's EventDetails, which can be forgotten.
struct AuditEntry {
  UnixMs at = 0;
  // decision, door, enrolment, change, forget, refusal, start, stop; log: of the log itself
  std::string kind;
  std::string gate = {};       // which door
  std::string event = {};      // EventDetails::event; shared by a decision and what follows from it
  std::string actor = {};      // "camera", id of the service's token, or user of the command line
  std::string person = {};     // Person::id
  std::string direction = {};  // entry, exit
  std::string verdict = {};    // granted, denied, not sure
  std::string reason = {};     // decision.h, reason_name
  std::optional<double> distance = {};   // Euclidean, not squared; smaller = more alike
  std::optional<double> threshold = {};  // accepted iff distance <= threshold
  std::optional<double> far = {};        // of that threshold, in [0, 1]
  std::optional<double> margin = {};     // distance of the runner-up less that of the best
  std::optional<double> quality = {};    // in [0, 1], template_weight()
  std::optional<double> liveness = {};   // in [0, 1]
  std::optional<double> time_ms = {};    // from frame or request to decision
  std::string details = {};              // Gallery::keep_event
  std::string note = {};                 // one sentence
};

// A record as it stands in the file.
struct AuditRecord {
  std::uint64_t sequence = 0;  // 1, 2, ...
  AuditEntry entry;
  std::string chain;  // 64 hexadecimal digits: keyed hash of the record and the one before
};

// The end of a log; kept elsewhere, it proves later that nothing before it was cut off.
struct AuditHead {
  std::uint64_t sequence = 0;  // 0: empty
  std::string chain;
};

// The writer. Thread-safe. One process a file (a lock is held).
class AuditLog {
 public:
  // Checks the end of the file against its head file. A last line that a crash left half written
  // is set aside (its bytes are kept in PATH.torn and a record says so).
  // Errors: kIo (also: another process writes it), kCorruption (does not end as its head says).
  static Result<std::unique_ptr<AuditLog>> open(const std::filesystem::path& path,
                                                const SecretKey& key);
  virtual ~AuditLog() = default;

  // On the disk (fdatasync) when this returns; records of several threads share one flush.
  // After an error nothing more is written: every later call fails with it.
  virtual Result<AuditHead> append(const AuditEntry& entry) = 0;
  virtual AuditHead head() const = 0;

 protected:
  AuditLog() = default;
};

struct AuditCheck {
  std::uint64_t num_records = 0;
  AuditHead head;
  std::string fault = {};  // the first one, with its record and line; empty: none
  // After the last record, without a newline, beyond the head: being written right now, or left by
  // a crash. Opening the log puts them aside.
  std::uint64_t unfinished_bytes = 0;
};

// Reads the whole file and checks every link, the sequence, the head file, and `anchor` if given.
// A fault of the log is a finding, not an error. Errors: kNotFound, kIo.
Result<AuditCheck> verify_audit(const std::filesystem::path& path, const SecretKey& key,
                                const std::optional<AuditHead>& anchor = {});

// Records that a person asks for; empty or none: all.
struct AuditQuery {
  std::optional<UnixMs> from = {};   // inclusive
  std::optional<UnixMs> until = {};  // exclusive
  std::string kind = {};
  std::string person = {};
  std::string verdict = {};
  std::string gate = {};
  std::string event = {};
  std::optional<std::uint64_t> before = {};  // sequence less than this
  std::string direction = {};
};

// Newest first, at most `limit`; reads the file backwards, so recent ones come at once. The chain
// is not checked here. Errors: kNotFound, kIo, kCorruption (a line that is no record).
Result<std::vector<AuditRecord>> search_audit(const std::filesystem::path& path,
                                              const AuditQuery& query, std::size_t limit);

// Oldest first, all of them; `take` may stop it by an error, which is returned.
Status read_audit(const std::filesystem::path& path, const AuditQuery& query,
                  const std::function<Status(const AuditRecord&)>& take);

// CSV with a heading line, or one JSON object, of a record; each with its newline. The JSON is the
// line as it stands in the file. Spreadsheets get no formulas: a text that begins like one begins
// with a quote instead.
std::string audit_csv_heading();
std::string audit_csv_line(const AuditRecord& record);
std::string audit_json_line(const AuditRecord& record);

}  // namespace kface
