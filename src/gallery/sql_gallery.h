// The one gallery, in portable SQL.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

#include "gallery/gallery.h"
#include "gallery/sql.h"

namespace kface {

class SqlGallery final : public Gallery {
 public:
  SqlGallery(std::unique_ptr<SqlDatabase> database, Keyring keys);
  ~SqlGallery() override;

  // Migrates, and checks that the keys are this gallery's. Errors: as Gallery::open.
  // `now` is when a new gallery was made.
  Status start(UnixMs now);

  Result<Person> add_person(Person person, std::span<const NewTemplate> templates,
                            UnixMs now) override;
  Status update_person(const Person& person, UnixMs now) override;
  Result<Person> person(const std::string& id) override;
  Result<std::optional<Person>> person_with_card(const std::string& card) override;
  Result<std::optional<Person>> person_with_vehicle(const std::string& vehicle) override;
  Result<std::vector<Person>> people(const PeopleQuery& query) override;
  Result<std::size_t> count_people() override;
  Status forget_person(const std::string& id) override;

  Result<std::string> add_template(const std::string& person, const NewTemplate& face,
                                   UnixMs now) override;
  Status remove_template(const std::string& id) override;
  Result<std::vector<FaceTemplate>> templates_of(const std::string& person) override;
  Result<std::vector<FaceTemplate>> templates_in(const std::string& space) override;
  Result<std::vector<std::uint8_t>> template_photo(const std::string& id) override;
  Result<std::vector<std::string>> people_without(const std::string& space) override;

  Result<std::string> keep_event(const EventDetails& details) override;
  Result<EventDetails> event_details(const std::string& event) override;
  Result<std::size_t> purge_events(UnixMs before) override;
  Result<std::optional<Passage>> last_passage(const std::string& person) override;
  Status set_passage(const std::string& person, const Passage& passage) override;

  Status add_token(const ServiceToken& token) override;
  Result<std::vector<ServiceToken>> tokens() override;
  Status remove_token(const std::string& id) override;

  Result<std::uint64_t> revision() override;
  Result<std::uint64_t> wait_for_change(std::uint64_t seen, int timeout_ms) override;
  Result<std::size_t> reseal() override;

 private:
  enum class Change { kSilent, kAnnounced };

  // Runs `body`, which gives a Status or a Result, in a transaction; stored only if it is ok. The
  // lock must be held.
  template <typename Body>
  auto transaction(SqlAccess access, Body&& body) -> std::invoke_result_t<Body> {
    using Outcome = std::invoke_result_t<Body>;
    if (Status begun = database_->begin(access); !begun.ok()) {
      return Outcome(std::move(begun));
    }
    Rollback guard{*database_};
    Outcome outcome = body();
    if (outcome.ok()) {
      if (Status committed = database_->commit(); !committed.ok()) {
        return Outcome(std::move(committed));
      }
      guard.active = false;
    }
    return outcome;
  }
  template <typename Body>
  auto read(Body&& body) -> std::invoke_result_t<Body> {
    const std::lock_guard lock(mutex_);
    return transaction(SqlAccess::kRead, body);
  }
  // Where kAnnounced, the revision grows.
  template <typename Body>
  auto write_locked(Change change, Body&& body) -> std::invoke_result_t<Body> {
    using Outcome = std::invoke_result_t<Body>;
    return transaction(SqlAccess::kWrite, [&]() -> Outcome {
      if (Status ready = check_sealing_key(); !ready.ok()) {
        return Outcome(std::move(ready));
      }
      Outcome outcome = body();
      if (outcome.ok() && change == Change::kAnnounced) {
        if (Status told = grow_revision(); !told.ok()) {
          return Outcome(std::move(told));
        }
      }
      return outcome;
    });
  }
  template <typename Body>
  auto write(Change change, Body&& body) -> std::invoke_result_t<Body> {
    const std::lock_guard lock(mutex_);
    return write_locked(change, body);
  }

  struct Rollback {
    ~Rollback() {
      if (active) {
        database.rollback();
      }
    }
    SqlDatabase& database;
    bool active = true;
  };

  // Everything below is for a transaction, unless it says otherwise.
  Result<SqlRows> run(std::string_view statement, std::initializer_list<SqlValue> parameters = {}) {
    return database_->run(statement, parameters);
  }
  Result<std::string> meta(const std::string& name);  // empty where there is none
  Status set_meta(const std::string& name, const std::string& value);
  Status check_derivation();
  Status check_sealing_key();
  Status grow_revision();

  SqlValue card_hash(const std::string& card) const;  // NULL for none
  SqlValue vehicle_hash(const std::string& vehicle) const;
  Result<Person> open_person(const SqlRow& row) const;  // id, sealed
  Result<std::optional<Person>> find_person(const std::string& column, const SqlValue& hash);
  Status check_free(const Person& person);
  Status check_exists(const std::string& person);
  Result<std::string> insert_template(const std::string& person, const NewTemplate& face,
                                      UnixMs now);
  Result<FaceTemplate> open_template(const SqlRow& row) const;  // id, person, space, sealed

  Result<std::vector<SqlBytes>> traces_of(const std::string& person);
  Status delete_person(const std::string& person);
  std::string erasure_mark(const std::string& person) const;
  // Without a transaction and without the lock.
  Status finish_erasure(SqlErasure how, std::span<const SqlBytes> traces, const std::string& mark);
  Result<std::size_t> reseal_some(std::size_t table, std::string& after, bool& done);

  std::string text_of_event(const std::string& id, const std::string& person, UnixMs at) const;

  std::mutex mutex_;
  std::unique_ptr<SqlDatabase> database_;
  Keyring keys_;
  SecretKey card_key_;
  SecretKey vehicle_key_;
  SecretKey event_key_;
  SecretKey mark_key_;
};

// BLAKE2b-256.
SqlBytes keyed_hash(const SecretKey& key, std::span<const std::uint8_t> bytes);
SqlBytes keyed_hash(const SecretKey& key, std::string_view text);
std::string hex_text(std::span<const std::uint8_t> bytes);

Status not_found(const std::string& what);  // "WHAT: not in the gallery"

// What rows are sealed with.
std::string person_row(const std::string& id);
std::string template_row(const std::string& id, const std::string& person,
                         const std::string& space);
std::string photo_row(const std::string& id, const std::string& person);
std::string event_row(const std::string& id, const std::string& person, UnixMs at);
std::string passage_row(const std::string& person);
std::string token_row(const std::string& id);

}  // namespace kface
