// Who may ask: tokens are made here, kept as hashes, and looked up.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gallery/gallery.h"
#include "gallery/person.h"
#include "kface/status.h"

namespace kface::service {

// "kf_" and 43 letters of base64url: 256 random bits.
std::string make_token();
bool has_token_form(std::string_view text);

// BLAKE2b-256, 64 hexadecimal digits. Tokens are random, so that nothing slower is needed.
std::string hash_token(std::string_view token);

// 22 random letters and digits, for x-request-id.
std::string make_request_id();

// gate, operator, admin, auditor; none for another word.
std::string role_name(Role role);
std::optional<Role> parse_role(std::string_view name);

// Makes a token and keeps its hash. Returns the token itself, which is nowhere else, with its
// entry. Requires: `name` is 1 to 200 bytes of plain text. Errors: those of Gallery::add_token.
struct MadeToken {
  std::string token;
  ServiceToken entry;
};
Result<MadeToken> add_service_token(Gallery& gallery, const std::string& name, Role role,
                                    std::optional<UnixMs> expires_at, UnixMs now);

// The gallery's tokens in memory, read again when its revision has changed. Thread-safe.
class TokenTable {
 public:
  explicit TokenTable(Gallery& gallery) : gallery_(gallery) {}

  // None: no such token, or it has expired. Every entry is compared in the same time, equal or not.
  // `seconds` is any steady clock: the revision is asked for at most every 0.2 s.
  // Errors: the gallery's; nobody gets in then.
  Result<std::optional<ServiceToken>> find(std::string_view token, UnixMs now, double seconds);
  // The next find() reads the gallery: for a token that this process has just added or removed.
  void reload();

 private:
  using Tokens = std::vector<ServiceToken>;
  Result<std::shared_ptr<const Tokens>> current(double seconds);

  Gallery& gallery_;
  std::mutex mutex_;
  std::shared_ptr<const Tokens> tokens_;   // guarded by mutex_
  std::optional<std::uint64_t> revision_;  // guarded by mutex_
  double asked_at_ = 0;                    // guarded by mutex_
};

}  // namespace kface::service
