// A record's bytes in the log: one spelling for each record. docs/formats/audit.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gate/audit_log.h"
#include "kface/status.h"

namespace kface {

// The longest text of a record in bytes; longer ones are cut at a character and end in "…".
inline constexpr std::size_t kLongestAuditText = 4096;
// No record's line is longer (ten texts, each byte of them escaped as six).
inline constexpr std::size_t kLongestAuditLine = std::size_t{1} << 18U;

// What the chain's hash covers: the line up to its chain. JSON without spaces, fields in the order
// of AuditEntry, those that say nothing left out. Invalid UTF-8 becomes U+FFFD; control and
// direction characters are escaped; a number that is NaN or infinite becomes null.
std::string encode_audit_body(std::uint64_t sequence, const AuditEntry& entry);

// Body and chain as the line that stands in the file, with its newline.
std::string join_audit_line(std::string_view body, std::string_view chain);

struct AuditLineParts {
  std::string_view body;
  std::string_view chain;  // 64 lower-case hexadecimal digits
};

// The reverse, of a line without its newline; none: it does not end as a record does.
std::optional<AuditLineParts> split_audit_line(std::string_view line);

// Errors: kCorruption with what is wrong, not with where. The chain is not checked.
Result<AuditRecord> decode_audit_line(std::string_view line);

// Sequence and time of a line, read from its start alone; none: it does not begin as a record does.
struct AuditLineStart {
  std::uint64_t sequence = 0;
  UnixMs at = 0;
};
std::optional<AuditLineStart> read_audit_line_start(std::string_view line);

// `"name":"value"` as encode_audit_body writes it; a line without it does not have that field.
std::string encode_audit_field(std::string_view name, std::string_view value);

}  // namespace kface
