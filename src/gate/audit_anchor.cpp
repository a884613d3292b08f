#include "gate/audit_anchor.h"

#include <charconv>

#include "gate/audit_chain.h"

namespace kface {

std::string anchor_text(const AuditHead& head) {
  return std::to_string(head.sequence) + ":" + head.chain;
}

Result<AuditHead> parse_anchor(std::string_view text) {
  constexpr std::size_t kChainDigits = 64;
  AuditHead head;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.sequence);
  const auto digits = static_cast<std::size_t>(end - text.data());
  const std::string_view rest = text.substr(digits);
  const bool good = error == std::errc() && rest.size() == kChainDigits + 1 && rest[0] == ':' &&
                    rest.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
  if (!good) {
    return Status{
        ErrorCode::kInvalidArgument,
        "'" + std::string(text) +
            "' is not an anchor; expected SEQUENCE:CHAIN as 'kface audit head' prints it"};
  }
  head.chain = rest.substr(1);
  return head;
}

Result<AuditHead> read_audit_head(const std::filesystem::path& path, const SecretKey& key) {
  const AuditChain chain(key);
  KF_ASSIGN(const AuditMarks marks, read_audit_marks(path, chain));
  return marks.newest.head;
}

}  // namespace kface
