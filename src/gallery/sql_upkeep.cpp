// What a gallery does for privacy: erasing a person, and sealing everything with a new key.
#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "gallery/random_id.h"
#include "gallery/sql_gallery.h"

namespace kface {
namespace {

constexpr int kErasureAttempts = 50;  // about 5 s
constexpr int kErasurePauseMs = 20;
constexpr std::int64_t kRowsAtOnce = 32;  // photos are a few MB each
constexpr std::size_t kNonceAt = 10;      // of a sealed row, counted from 1
constexpr std::size_t kNonceBytes = 24;

constexpr std::string_view kMarkPrefix = "erasure:";

// A table of sealed rows: what is needed to open one, in the order id, sealed, then the rest.
struct SealedTable {
  std::string_view name;
  std::string_view select;  // its rows and where they come from
  std::string (*row)(const SqlRow&);
};

std::string text_at(const SqlRow& row, std::size_t column) {
  auto text = sql_text(row, column);
  return text.ok() ? std::move(text).value() : std::string();
}

constexpr std::array<SealedTable, 6> kTables = {{
    {"people", "SELECT x.id, x.sealed FROM people x",
     [](const SqlRow& row) { return person_row(text_at(row, 0)); }},
    {"templates", "SELECT x.id, x.sealed, x.person, x.space FROM templates x",
     [](const SqlRow& row) {
       return template_row(text_at(row, 0), text_at(row, 2), text_at(row, 3));
     }},
    {"template_photos",
     "SELECT x.id, x.sealed, t.person FROM template_photos x JOIN templates t ON t.id = x.id",
     [](const SqlRow& row) { return photo_row(text_at(row, 0), text_at(row, 2)); }},
    {"events", "SELECT x.id, x.sealed, x.person, x.at FROM events x",
     [](const SqlRow& row) {
       const auto at = sql_integer(row, 3);
       return event_row(text_at(row, 0), text_at(row, 2), at.ok() ? at.value() : 0);
     }},
    {"passages", "SELECT x.id, x.sealed FROM passages x",
     [](const SqlRow& row) { return passage_row(text_at(row, 0)); }},
    {"tokens", "SELECT x.id, x.sealed FROM tokens x",
     [](const SqlRow& row) { return token_row(text_at(row, 0)); }},
}};

}  // namespace

// What may be left of a person in the files: the id, which every row bears, and the nonce of each
// sealed row; without its nonce a piece of a sealed row is noise for the holder of the key, too.
Result<std::vector<SqlBytes>> SqlGallery::traces_of(const std::string& person) {
  std::vector<SqlBytes> traces = {SqlBytes(person.begin(), person.end())};
  const std::string nonce =
      "substr(x.sealed, " + std::to_string(kNonceAt) + ", " + std::to_string(kNonceBytes) + ")";
  for (const std::string& source : {
           std::string(" FROM people x WHERE x.id = $1"),
           std::string(" FROM templates x WHERE x.person = $1"),
           std::string(" FROM template_photos x JOIN templates t ON t.id = x.id"
                       " WHERE t.person = $1"),
           std::string(" FROM passages x WHERE x.id = $1"),
           std::string(" FROM events x WHERE x.person = $1"),
           std::string(" FROM events x JOIN people p ON p.card_hash = x.card_hash"
                       " WHERE p.id = $1"),
           std::string(" FROM events x JOIN people p ON p.vehicle_hash = x.vehicle_hash"
                       " WHERE p.id = $1"),
       }) {
    KF_ASSIGN(const SqlRows rows, run("SELECT " + nonce + source, {person}));
    for (const SqlRow& row : rows) {
      KF_ASSIGN(SqlBytes bytes, sql_bytes(row, 0));
      if (bytes.size() == kNonceBytes) {
        traces.push_back(std::move(bytes));
      }
    }
  }
  return traces;
}

// Templates, photos, passages and events of the person go with the row of people. Events at which
// nobody was recognised, but the person's card or number plate was shown, are the person's, too.
Status SqlGallery::delete_person(const std::string& person) {
  for (const std::string column : {"card_hash", "vehicle_hash"}) {
    KF_TRY(run("DELETE FROM events WHERE " + column + " IN (SELECT " + column +
                   " FROM people WHERE id = $1)",
               {person})
               .error());
  }
  return run("DELETE FROM people WHERE id = $1", {person}).error();
}

std::string SqlGallery::erasure_mark(const std::string& person) const {
  return std::string(kMarkPrefix) + hex_text(keyed_hash(mark_key_, person));
}

Status SqlGallery::forget_person(const std::string& id) {
  if (!is_id('p', id)) {
    return not_found("person " + id.substr(0, 64));
  }
  const std::string mark = erasure_mark(id);
  const auto traces = write(Change::kAnnounced, [&]() -> Result<std::vector<SqlBytes>> {
    KF_TRY(check_exists(id));
    KF_ASSIGN(auto found, traces_of(id));
    KF_TRY(delete_person(id));
    KF_TRY(set_meta(mark, "1"));
    return found;
  });
  if (traces.ok()) {
    return finish_erasure(SqlErasure::kProven, traces.value(), mark);
  }
  if (traces.error().code() != ErrorCode::kNotFound) {
    return traces.error();
  }
  // Deleted before, but not yet erased?
  KF_ASSIGN(const std::string marked, read([&] { return meta(mark); }));
  if (marked.empty()) {
    return traces.error();
  }
  const std::vector<SqlBytes> only_id = {SqlBytes(id.begin(), id.end())};
  return finish_erasure(SqlErasure::kEverything, only_id, mark);
}

Status SqlGallery::finish_erasure(SqlErasure how, std::span<const SqlBytes> traces,
                                  const std::string& mark) {
  Status erased;
  for (int attempt = 0; attempt < kErasureAttempts; ++attempt) {
    {
      const std::lock_guard lock(mutex_);
      erased = database_->erase_remnants(how, traces);
    }
    if (erased.code() != ErrorCode::kInterrupted) {
      break;
    }
    // Others of this process may decide meanwhile.
    std::this_thread::sleep_for(std::chrono::milliseconds(kErasurePauseMs));
  }
  if (!erased.ok()) {
    return {ErrorCode::kIo, erased.message() +
                                "; the person is deleted, but remnants are left in the files; "
                                "forgetting the person again erases them"};
  }
  return write(Change::kSilent,
               [&]() -> Status { return run("DELETE FROM meta WHERE name = $1", {mark}).error(); });
}

Result<std::size_t> SqlGallery::reseal_some(std::size_t table, std::string& after, bool& done) {
  const SealedTable& from = kTables[table];
  return write(Change::kSilent, [&]() -> Result<std::size_t> {
    KF_ASSIGN(const SqlRows rows,
              run(std::string(from.select) + " WHERE x.id > $1 AND substr(x.sealed, 1, 9) <> $2"
                                             " ORDER BY x.id LIMIT $3",
                  {after, keys_.newest_prefix(), kRowsAtOnce}));
    for (const SqlRow& row : rows) {
      KF_ASSIGN(const std::string id, sql_text(row, 0));
      KF_ASSIGN(const SqlBytes sealed, sql_bytes(row, 1));
      const std::string name = from.row(row);
      KF_ASSIGN(const SqlBytes plain, keys_.open(name, sealed));
      KF_TRY(run("UPDATE " + std::string(from.name) + " SET sealed = $2 WHERE id = $1",
                 {id, keys_.seal(name, plain)})
                 .error());
      after = id;
    }
    done = rows.size() < static_cast<std::size_t>(kRowsAtOnce);
    return rows.size();
  });
}

Result<std::size_t> SqlGallery::reseal() {
  KF_TRY(keys_.refresh());
  std::size_t total = 0;
  for (std::size_t table = 0; table < kTables.size(); ++table) {
    std::string after;
    for (bool done = false; !done;) {
      KF_ASSIGN(const std::size_t count, reseal_some(table, after, done));
      total += count;
    }
  }
  return total;
}

}  // namespace kface
