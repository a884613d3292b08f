#include "gate/audit_chain.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

#include "base/files.h"

namespace kface {
namespace {

constexpr std::string_view kLogFormat = "kface-audit 1";
constexpr std::string_view kHeadFormat = "kface-audit-head 1";
constexpr std::size_t kSlotBytes = 512;  // what a disk writes whole or not at all
constexpr std::size_t kHashBytes = crypto_generichash_BYTES;

std::string keyed_hash(const SecretKey& key, std::string_view first, std::string_view second) {
  static const bool ready = sodium_init() >= 0;
  KF_REQUIRE(ready);
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_generichash_state state;
  std::array<unsigned char, kHashBytes> hash{};
  crypto_generichash_init(&state, key.data(), key.size(), hash.size());
  crypto_generichash_update(&state, bytes(first), first.size());
  crypto_generichash_update(&state, bytes(second), second.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof(state));
  std::array<char, 2 * kHashBytes + 1> digits{};
  sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
  return digits.data();
}

// "kface-audit-head 1 SEQUENCE BYTES CHAIN SEAL", spaces, and a newline at the end.
std::string encode_slot(const AuditMark& mark, const AuditChain& chain) {
  std::string slot(kHeadFormat);
  slot += ' ' + std::to_string(mark.head.sequence) + ' ' + std::to_string(mark.bytes) + ' ' +
          mark.head.chain;
  slot += ' ' + chain.seal(slot);
  slot.resize(kSlotBytes - 1, ' ');
  slot += '\n';
  return slot;
}

std::optional<AuditMark> decode_slot(std::string_view slot, const AuditChain& chain) {
  std::istringstream words{std::string(slot)};
  std::string format;
  std::string version;
  AuditMark mark;
  if (!(words >> format >> version >> mark.head.sequence >> mark.bytes >> mark.head.chain)) {
    return std::nullopt;
  }
  // One spelling only: whatever else stands in the slot is a change.
  return encode_slot(mark, chain) == slot ? std::optional(mark) : std::nullopt;
}

}  // namespace

AuditChain::AuditChain(const SecretKey& key) : key_(key) {}
AuditChain::~AuditChain() { sodium_memzero(key_.data(), key_.size()); }

AuditHead AuditChain::start() const { return {0, seal(kLogFormat)}; }

std::string AuditChain::next(std::string_view previous, std::string_view body) const {
  return keyed_hash(key_, previous, body);
}

// A record's hash begins with a digit, 0 to f, and this one with a word that no such digits are.
std::string AuditChain::seal(std::string_view text) const {
  return keyed_hash(key_, "seal ", text);
}

std::filesystem::path audit_head_path(const std::filesystem::path& log) {
  return log.string() + ".head";
}

Result<AuditMarks> read_audit_marks(const std::filesystem::path& log, const AuditChain& chain) {
  const std::filesystem::path path = audit_head_path(log);
  KF_ASSIGN(const std::string text, read_text(path, std::uintmax_t{1} << 16U));
  std::optional<AuditMark> first;
  std::optional<AuditMark> second;
  if (text.size() == 2 * kSlotBytes) {
    first = decode_slot(std::string_view(text).substr(0, kSlotBytes), chain);
    second = decode_slot(std::string_view(text).substr(kSlotBytes), chain);
  }
  if (!first && !second) {
    return Status{ErrorCode::kCorruption,
                  path.string() + ": not the head of an audit log, or made with another key"};
  }
  AuditMarks marks;
  if (!first || !second) {
    marks.fault = path.string() + ": its " + (first ? "second" : "first") + " half was changed";
  }
  const bool take_second = second && (!first || second->head.sequence > first->head.sequence);
  marks.newest = take_second ? *second : *first;
  return marks;
}

AuditMarkFile::AuditMarkFile(std::filesystem::path path, FileDescriptor file,
                             const AuditChain& chain)
    : path_(std::move(path)), file_(std::move(file)), chain_(&chain) {}

Result<AuditMarkFile> AuditMarkFile::create(const std::filesystem::path& log,
                                            const AuditChain& chain, const AuditMark& mark) {
  const std::filesystem::path path = audit_head_path(log);
  const std::string slot = encode_slot(mark, chain);
  KF_TRY(write_file_atomic(path, slot + slot));
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.number() < 0) {
    return io_error(path, "open", errno);
  }
  return AuditMarkFile(path, std::move(file), chain);
}

Status AuditMarkFile::write(const AuditMark& mark) {
  const std::string slot = encode_slot(mark, *chain_);
  const off_t offset = second_ ? kSlotBytes : 0;
  const ssize_t put = ::pwrite(file_.number(), slot.data(), slot.size(), offset);
  if (put != static_cast<ssize_t>(slot.size())) {
    return io_error(path_, "write", put < 0 ? errno : EIO);
  }
  second_ = !second_;
  return {};
}

}  // namespace kface
