// A head of an audit log as people write it down: "SEQUENCE:CHAIN".
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "gate/audit_log.h"
#include "kface/status.h"

namespace kface {

std::string anchor_text(const AuditHead& head);

// Errors: kInvalidArgument with `text` and what is expected.
Result<AuditHead> parse_anchor(std::string_view text);

// The head that the log's head file holds, at once, also while a gate writes.
// Errors: kNotFound; kIo; kCorruption: changed, or of another key.
Result<AuditHead> read_audit_head(const std::filesystem::path& path, const SecretKey& key);

}  // namespace kface
