#include "gate/service/tokens.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "gallery/random_id.h"
#include "gate/service/url.h"

namespace kface::service {
namespace {

constexpr std::string_view kPrefix = "kf_";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLetters = 43;
constexpr double kAskEvery = 0.2;

void need_sodium() {
  const bool ready = sodium_init() >= 0;  // 1: it was before
  KF_REQUIRE(ready);
}

std::string random_letters(std::size_t count) {
  need_sodium();
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kLetters[randombytes_uniform(static_cast<std::uint32_t>(kLetters.size()))];
  }
  return text;
}

}  // namespace

std::string make_token() {
  need_sodium();
  std::array<unsigned char, kTokenBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, sodium_base64_ENCODED_LEN(kTokenBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)>
      text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(bytes.data(), bytes.size());
  return std::string(kPrefix) + text.data();
}

bool has_token_form(std::string_view text) {
  return text.size() == kPrefix.size() + kTokenLetters && text.starts_with(kPrefix) &&
         std::all_of(text.begin() + kPrefix.size(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

std::string hash_token(std::string_view token) {
  need_sodium();
  std::array<unsigned char, kTokenBytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  std::array<char, kTokenBytes * 2 + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

std::string make_request_id() { return random_letters(22); }

std::string role_name(Role role) {
  switch (role) {
    case Role::kGate:
      return "gate";
    case Role::kOperator:
      return "operator";
    case Role::kAdmin:
      return "admin";
    case Role::kAuditor:
      return "auditor";
  }
  return "unknown";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::kGate, Role::kOperator, Role::kAdmin, Role::kAuditor}) {
    if (role_name(role) == name) {
      return role;
    }
  }
  return std::nullopt;
}

Result<MadeToken> add_service_token(Gallery& gallery, const std::string& name, Role role,
                                    std::optional<UnixMs> expires_at, UnixMs now) {
  KF_REQUIRE(!name.empty() && name.size() <= 200 && is_plain_text(name), name.size());
  MadeToken made{.token = make_token(), .entry = {}};
  made.entry.id = random_id('k');
  made.entry.name = name;
  made.entry.role = role;
  made.entry.hash = hash_token(made.token);
  made.entry.created_at = now;
  made.entry.expires_at = expires_at;
  KF_TRY(gallery.add_token(made.entry));
  return made;
}

Result<std::optional<ServiceToken>> TokenTable::find(std::string_view token, UnixMs now,
                                                     double seconds) {
  if (!has_token_form(token)) {
    return std::optional<ServiceToken>();
  }
  KF_ASSIGN(const std::shared_ptr<const Tokens> tokens, current(seconds));
  const std::string hash = hash_token(token);
  const ServiceToken* found = nullptr;
  for (const ServiceToken& entry : *tokens) {
    const bool equal = entry.hash.size() == hash.size() &&
                       sodium_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0;
    found = equal ? &entry : found;
  }
  if (found == nullptr || (found->expires_at && *found->expires_at <= now)) {
    return std::optional<ServiceToken>();
  }
  return std::optional<ServiceToken>(*found);
}

void TokenTable::reload() {
  const std::lock_guard lock(mutex_);
  revision_.reset();
}

Result<std::shared_ptr<const TokenTable::Tokens>> TokenTable::current(double seconds) {
  const std::lock_guard lock(mutex_);
  if (revision_ && seconds - asked_at_ < kAskEvery) {
    return tokens_;
  }
  KF_ASSIGN(const std::uint64_t revision, gallery_.revision());
  if (!revision_ || revision != *revision_) {
    KF_ASSIGN(Tokens tokens, gallery_.tokens());
    tokens_ = std::make_shared<const Tokens>(std::move(tokens));
    revision_ = revision;
  }
  asked_at_ = seconds;
  return tokens_;
}

}  // namespace kface::service
