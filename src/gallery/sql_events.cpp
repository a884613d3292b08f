// What is kept of events, where people were last seen, and the service's tokens.
#include <algorithm>

#include "gallery/person_check.h"
#include "gallery/random_id.h"
#include "gallery/row_codec.h"
#include "gallery/secret_bytes.h"
#include "gallery/sql_gallery.h"

namespace kface {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kMaxTokenName = 200;
constexpr std::size_t kHashDigits = 64;

bool is_hexadecimal(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<std::string> SqlGallery::keep_event(const EventDetails& details) {
  KF_REQUIRE(is_id('e', details.event), details.event);
  start_sodium();
  std::vector<std::uint8_t> salt(kSaltBytes);
  randombytes_buf(salt.data(), salt.size());
  const RowBytes bytes = encode_event(details, salt);
  std::string digest = hex_text(keyed_hash(event_key_, bytes));
  const std::string row = event_row(details.event, details.person, details.at);
  Status stored = write(Change::kSilent, [&]() -> Status {
    SqlValue owner;  // NULL: nobody
    if (!details.person.empty()) {
      KF_TRY(check_exists(details.person));
      owner = details.person;
    }
    const Status kept = run("INSERT INTO events (id, person, at, card_hash, vehicle_hash, sealed)"
                            " VALUES ($1, $2, $3, $4, $5, $6)",
                            {details.event, owner, details.at, card_hash(details.card),
                             vehicle_hash(details.vehicle), keys_.seal(row, bytes)})
                            .error();
    if (kept.code() == ErrorCode::kInvalidArgument) {
      return {kept.code(), "event " + details.event + ": is kept already"};
    }
    return kept;
  });
  return stored.ok() ? Result<std::string>(std::move(digest)) : std::move(stored);
}

Result<EventDetails> SqlGallery::event_details(const std::string& event) {
  if (!is_id('e', event)) {
    return not_found("event " + event.substr(0, 64));
  }
  return read([&]() -> Result<EventDetails> {
    KF_ASSIGN(const SqlRows rows,
              run("SELECT person, at, sealed FROM events WHERE id = $1", {event}));
    if (rows.empty()) {
      return not_found("details of event " + event);
    }
    KF_ASSIGN(const std::string owner, sql_text(rows[0], 0));
    KF_ASSIGN(const std::int64_t at, sql_integer(rows[0], 1));
    KF_ASSIGN(const SqlBytes sealed, sql_bytes(rows[0], 2));
    const std::string row = event_row(event, owner, at);
    KF_ASSIGN(const RowBytes bytes, keys_.open(row, sealed));
    KF_ASSIGN(EventDetails details, decode_event(row, bytes));
    details.digest = hex_text(keyed_hash(event_key_, bytes));
    return details;
  });
}

Result<std::size_t> SqlGallery::purge_events(UnixMs before) {
  KF_ASSIGN(const std::size_t count, write(Change::kSilent, [&]() -> Result<std::size_t> {
              KF_ASSIGN(const SqlRows rows,
                        run("DELETE FROM events WHERE at < $1 RETURNING at", {before}));
              return rows.size();
            }));
  if (count > 0) {
    const std::lock_guard lock(mutex_);
    KF_TRY(database_->erase_remnants(SqlErasure::kRoutine, {}));
  }
  return count;
}

Result<std::optional<Passage>> SqlGallery::last_passage(const std::string& person) {
  return read([&]() -> Result<std::optional<Passage>> {
    KF_TRY(check_exists(person));
    KF_ASSIGN(const SqlRows rows, run("SELECT sealed FROM passages WHERE id = $1", {person}));
    if (rows.empty()) {
      return std::optional<Passage>();
    }
    KF_ASSIGN(const SqlBytes sealed, sql_bytes(rows[0], 0));
    KF_ASSIGN(const RowBytes bytes, keys_.open(passage_row(person), sealed));
    KF_ASSIGN(Passage passage, decode_passage(passage_row(person), bytes));
    return std::optional<Passage>(std::move(passage));
  });
}

Status SqlGallery::set_passage(const std::string& person, const Passage& passage) {
  return write(Change::kSilent, [&]() -> Status {
    KF_TRY(check_exists(person));
    return run("INSERT INTO passages (id, sealed) VALUES ($1, $2)"
               " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
               {person, keys_.seal(passage_row(person), encode_passage(passage))})
        .error();
  });
}

Status SqlGallery::add_token(const ServiceToken& token) {
  KF_REQUIRE(is_id('k', token.id), token.id);
  KF_REQUIRE(token.hash.size() == kHashDigits && is_hexadecimal(token.hash), token.hash.size());
  if (!is_plain_text(token.name, kMaxTokenName)) {
    return {ErrorCode::kInvalidArgument,
            "a token's name of " + std::to_string(token.name.size()) + " bytes; expected 1 to " +
                std::to_string(kMaxTokenName) + " bytes of UTF-8 without control characters"};
  }
  return write(Change::kAnnounced, [&]() -> Status {
    const Status added = run("INSERT INTO tokens (id, sealed) VALUES ($1, $2)",
                             {token.id, keys_.seal(token_row(token.id), encode_token(token))})
                             .error();
    return added.code() == ErrorCode::kInvalidArgument
               ? Status{added.code(), "token " + token.id + ": is there already"}
               : added;
  });
}

Result<std::vector<ServiceToken>> SqlGallery::tokens() {
  return read([&]() -> Result<std::vector<ServiceToken>> {
    KF_ASSIGN(const SqlRows rows, run("SELECT id, sealed FROM tokens ORDER BY id"));
    std::vector<ServiceToken> all;
    for (const SqlRow& row : rows) {
      KF_ASSIGN(std::string id, sql_text(row, 0));
      KF_ASSIGN(const SqlBytes sealed, sql_bytes(row, 1));
      KF_ASSIGN(const RowBytes bytes, keys_.open(token_row(id), sealed));
      KF_ASSIGN(ServiceToken token, decode_token(token_row(id), bytes));
      token.id = std::move(id);
      all.push_back(std::move(token));
    }
    return all;
  });
}

Status SqlGallery::remove_token(const std::string& id) {
  if (!is_id('k', id)) {
    return not_found("token " + id.substr(0, 64));
  }
  return write(Change::kAnnounced, [&]() -> Status {
    KF_ASSIGN(const SqlRows rows, run("DELETE FROM tokens WHERE id = $1 RETURNING id", {id}));
    return rows.empty() ? not_found("token " + id) : Status{};
  });
}

}  // namespace kface
