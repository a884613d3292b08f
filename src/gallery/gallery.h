// People and their templates, kept in SQLite or PostgreSQL; everything biometric is sealed.
// docs/formats/gallery.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gallery/keyring.h"
#include "gallery/person.h"
#include "kface/status.h"

namespace kface {

struct PeopleQuery {
  std::string text = {};    // part of the name, or the whole id, card or number plate; empty: all
  std::string group = {};   // empty: all
  std::string after = {};   // id of the last person of the page before; empty: the first page
  std::size_t limit = 100;  // 1 to 1000
};

// A photo's embedding that is to be kept.
struct NewTemplate {
  std::string space;
  std::vector<float> embedding;
  Quality quality;
  std::vector<std::uint8_t> photo = {};  // as it came; empty: not kept
};

// Thread-safe: one object for all threads. Several processes may have one gallery open. A change
// that was reported as done survives the loss of power.
//
// Errors of every function: kIo where the database cannot be reached or written (says which and
// what to do); kCorruption where a sealed row does not open (another key, a row moved or altered:
// the row is named); kNotFound for an id that is not there.
class Gallery {
 public:
  // `where`: path of an SQLite file, created if missing, or postgresql://... Migrates an older
  // schema, in one transaction.
  // Errors: kVersion (a newer schema), kCorruption (another program's database), kMismatch (a key
  //         that is not this gallery's: nothing is written), kInvalidArgument (another kind of
  //         address).
  static Result<std::unique_ptr<Gallery>> open(const std::string& where, Keyring keys, UnixMs now);
  virtual ~Gallery() = default;
  Gallery(const Gallery&) = delete;
  Gallery& operator=(const Gallery&) = delete;

  // --- people
  // `person.id` and `created_at` are given here. With `templates`, all of it happens or nothing.
  // Errors: kInvalidArgument: name, groups, card or vehicle not as person.h says, card or vehicle
  //         someone else's, consent_at 0, valid_from not before valid_until.
  virtual Result<Person> add_person(Person person, std::span<const NewTemplate> templates,
                                    UnixMs now) = 0;
  virtual Status update_person(const Person& person, UnixMs now) = 0;
  virtual Result<Person> person(const std::string& id) = 0;
  virtual Result<std::optional<Person>> person_with_card(const std::string& card) = 0;
  // Number plates are compared without spaces and hyphens, ASCII letters as capitals.
  virtual Result<std::optional<Person>> person_with_vehicle(const std::string& vehicle) = 0;
  virtual Result<std::vector<Person>> people(const PeopleQuery& query) = 0;  // ascending id
  virtual Result<std::size_t> count_people() = 0;
  // Erases the person, templates, photos, passages and details of events; also from free pages and
  // the write-ahead log. When it returns, none of it can be read from the database's files; on
  // PostgreSQL as far as docs/privacy.md says.
  // Errors: kIo also where others kept remnants in use for 5 s: the person is gone, calling again
  //         erases the remnants.
  virtual Status forget_person(const std::string& id) = 0;

  // --- templates
  virtual Result<std::string> add_template(const std::string& person, const NewTemplate& face,
                                           UnixMs now) = 0;  // its id
  virtual Status remove_template(const std::string& id) = 0;
  virtual Result<std::vector<FaceTemplate>> templates_of(const std::string& person) = 0;
  // All of one space, ascending person then id: what a search index is made of. Templates of other
  // spaces never meet them.
  virtual Result<std::vector<FaceTemplate>> templates_in(const std::string& space) = 0;
  virtual Result<std::vector<std::uint8_t>> template_photo(const std::string& id) = 0;
  // Ids of the people that have no template in `space`, ascending: who must come again.
  virtual Result<std::vector<std::string>> people_without(const std::string& space) = 0;

  // --- events
  // Digest that an audit record holds of `details`: keyed and salted, so that it tells nothing once
  // the details are gone. Stored when this returns.
  virtual Result<std::string> keep_event(const EventDetails& details) = 0;
  virtual Result<EventDetails> event_details(const std::string& event) = 0;
  // Removes details of events before `before`; how many.
  virtual Result<std::size_t> purge_events(UnixMs before) = 0;
  virtual Result<std::optional<Passage>> last_passage(const std::string& person) = 0;
  virtual Status set_passage(const std::string& person, const Passage& passage) = 0;

  // --- tokens of the service
  virtual Status add_token(const ServiceToken& token) = 0;
  virtual Result<std::vector<ServiceToken>> tokens() = 0;
  virtual Status remove_token(const std::string& id) = 0;

  // --- changes
  // Grows with every change of people, templates or tokens, by any process.
  virtual Result<std::uint64_t> revision() = 0;
  // Waits until the revision is not `seen`, at most `timeout_ms`; the revision then. SQLite is
  // asked every 200 ms, PostgreSQL tells (LISTEN).
  virtual Result<std::uint64_t> wait_for_change(std::uint64_t seen, int timeout_ms) = 0;

  // Seals every row with the first key of the keyring, a few rows a transaction; others may work
  // meanwhile, if they have both keys. Starting again goes on. How many rows were sealed anew.
  virtual Result<std::size_t> reseal() = 0;

 protected:
  Gallery() = default;
};

}  // namespace kface
