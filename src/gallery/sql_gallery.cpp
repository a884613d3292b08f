#include "gallery/sql_gallery.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/stopwatch.h"
#include "gallery/schema.h"
#include "gallery/secret_bytes.h"

namespace kface {
namespace {

constexpr int kRetryMs = 200;

}  // namespace

SqlGallery::SqlGallery(std::unique_ptr<SqlDatabase> database, Keyring keys)
    : database_(std::move(database)),
      keys_(std::move(keys)),
      card_key_(keys_.derive("lookup-card")),
      vehicle_key_(keys_.derive("lookup-vehicle")),
      event_key_(keys_.derive("event-digest")),
      mark_key_(keys_.derive("erasure-mark")) {}

SqlGallery::~SqlGallery() {
  for (SecretKey* key : {&card_key_, &vehicle_key_, &event_key_, &mark_key_}) {
    sodium_memzero(key->data(), key->size());
  }
}

Status SqlGallery::start(UnixMs now) {
  const std::lock_guard lock(mutex_);
  return transaction(SqlAccess::kWrite, [&]() -> Status {
    KF_ASSIGN(const int version, database_->schema_version());
    if (version > 0 && version <= static_cast<int>(gallery_migrations().size())) {
      KF_TRY(check_derivation());  // before anything is migrated
      KF_TRY(check_sealing_key());
    }
    KF_TRY(migrate_schema(*database_, gallery_migrations()));
    if (version > 0) {
      return {};
    }
    KF_TRY(set_meta("created_at", std::to_string(now)));
    KF_TRY(set_meta("derivation", hex_text(keys_.derive("gallery-check"))));
    return set_meta("sealing_key", keys_.newest_id());
  });
}

Result<std::string> SqlGallery::meta(const std::string& name) {
  KF_ASSIGN(const SqlRows rows, run("SELECT value FROM meta WHERE name = $1", {name}));
  return rows.empty() ? Result<std::string>(std::string()) : sql_text(rows[0], 0);
}

Status SqlGallery::set_meta(const std::string& name, const std::string& value) {
  return run("INSERT INTO meta (name, value) VALUES ($1, $2)"
             " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
             {name, value})
      .error();
}

Status SqlGallery::check_derivation() {
  KF_ASSIGN(const std::string expected, meta("derivation"));
  if (expected == hex_text(keys_.derive("gallery-check"))) {
    return {};
  }
  return {ErrorCode::kMismatch, database_->name() +
                                    ": sealed with the keys of another key file; expected the one "
                                    "that was made with this gallery, or a copy of it"};
}

// Rows are sealed with the gallery's newest key alone, so that the older ones can be dropped once
// all rows have been sealed anew.
Status SqlGallery::check_sealing_key() {
  KF_ASSIGN(const std::string sealing, meta("sealing_key"));
  if (sealing == keys_.newest_id()) {
    return {};
  }
  KF_TRY(keys_.refresh());  // somebody rotates
  if (sealing == keys_.newest_id()) {
    return {};
  }
  if (keys_.has(sealing)) {
    return set_meta("sealing_key", keys_.newest_id());
  }
  return {ErrorCode::kMismatch, database_->name() + ": sealed with key " + sealing +
                                    ", which is not in the key file; expected the newest copy of "
                                    "it (a service that got it as a credential: start it again)"};
}

Status SqlGallery::grow_revision() {
  KF_ASSIGN(const SqlRows rows, run("UPDATE revision SET value = value + 1"));
  static_cast<void>(rows);
  return database_->announce();
}

Result<std::uint64_t> SqlGallery::revision() {
  return read([&]() -> Result<std::uint64_t> {
    KF_ASSIGN(const SqlRows rows, run("SELECT value FROM revision"));
    if (rows.size() != 1) {
      return Status{ErrorCode::kCorruption, database_->name() + ": has no revision"};
    }
    KF_ASSIGN(const std::int64_t value, sql_integer(rows[0], 0));
    return static_cast<std::uint64_t>(value);
  });
}

Result<std::uint64_t> SqlGallery::wait_for_change(std::uint64_t seen, int timeout_ms) {
  KF_REQUIRE(timeout_ms >= 0, timeout_ms);
  const Stopwatch watch;
  const auto left_ms = [&] { return timeout_ms - static_cast<int>(watch.ms()); };
  auto announced = database_->wait_for_announcement(0, 0);
  for (;;) {
    auto now = announced.ok() ? revision() : Result<std::uint64_t>(announced.error());
    if (left_ms() <= 0 || (now.ok() && now.value() != seen)) {
      return now;
    }
    if (!now.ok()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(left_ms(), kRetryMs)));
      announced = database_->wait_for_announcement(0, 0);
      continue;
    }
    const std::uint64_t before = announced.value();
    while (announced.ok() && announced.value() == before && left_ms() > 0) {
      announced = database_->wait_for_announcement(before, std::max(left_ms(), 1));
    }
  }
}

SqlBytes keyed_hash(const SecretKey& key, std::span<const std::uint8_t> bytes) {
  start_sodium();
  SqlBytes hash(crypto_generichash_BYTES);
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), key.data(), key.size());
  return hash;
}

SqlBytes keyed_hash(const SecretKey& key, std::string_view text) {
  return keyed_hash(key,
                    std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::string hex_text(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Status not_found(const std::string& what) {
  return {ErrorCode::kNotFound, what + ": not in the gallery"};
}

std::string person_row(const std::string& id) { return "person:" + id; }
std::string template_row(const std::string& id, const std::string& person,
                         const std::string& space) {
  return "template:" + id + ":" + person + ":" + space;
}
std::string photo_row(const std::string& id, const std::string& person) {
  return "photo:" + id + ":" + person;
}
std::string event_row(const std::string& id, const std::string& person, UnixMs at) {
  return "event:" + id + ":" + person + ":" + std::to_string(at);
}
std::string passage_row(const std::string& person) { return "passage:" + person; }
std::string token_row(const std::string& id) { return "token:" + id; }

}  // namespace kface
