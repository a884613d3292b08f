// People of the gallery.
#include <algorithm>

#include "gallery/person_check.h"
#include "gallery/random_id.h"
#include "gallery/row_codec.h"
#include "gallery/sql_gallery.h"

namespace kface {
namespace {

constexpr std::size_t kPage = 1000;

// PeopleQuery, prepared once for all people.
class PersonFilter {
 public:
  explicit PersonFilter(const PeopleQuery& query)
      : query_(query),
        name_(folded(query.text)),
        card_(comparable_card(query.text)),
        vehicle_(comparable_vehicle(query.text)) {}

  bool takes_all() const { return query_.text.empty() && query_.group.empty(); }

  bool takes(const Person& person) const {
    return (query_.group.empty() ||
            std::binary_search(person.groups.begin(), person.groups.end(), query_.group)) &&
           (query_.text.empty() || has_text(person));
  }

 private:
  bool has_text(const Person& person) const {
    return folded(person.name).find(name_) != std::string::npos || person.id == query_.text ||
           (!person.card.empty() && comparable_card(person.card) == card_) ||
           (!person.vehicle.empty() && comparable_vehicle(person.vehicle) == vehicle_);
  }

  const PeopleQuery& query_;
  std::string name_, card_, vehicle_;
};

}  // namespace

SqlValue SqlGallery::card_hash(const std::string& card) const {
  const std::string compared = comparable_card(card);
  return compared.empty() ? SqlValue() : SqlValue(keyed_hash(card_key_, compared));
}

SqlValue SqlGallery::vehicle_hash(const std::string& vehicle) const {
  const std::string compared = comparable_vehicle(vehicle);
  return compared.empty() ? SqlValue() : SqlValue(keyed_hash(vehicle_key_, compared));
}

Result<Person> SqlGallery::open_person(const SqlRow& row) const {
  KF_ASSIGN(std::string id, sql_text(row, 0));
  KF_ASSIGN(const SqlBytes sealed, sql_bytes(row, 1));
  const std::string name = person_row(id);
  KF_ASSIGN(const RowBytes bytes, keys_.open(name, sealed));
  KF_ASSIGN(Person person, decode_person(name, bytes));
  person.id = std::move(id);
  return person;
}

Status SqlGallery::check_exists(const std::string& person) {
  if (!is_id('p', person)) {
    return not_found("person " + person.substr(0, 64));
  }
  KF_ASSIGN(const SqlRows rows, run("SELECT id FROM people WHERE id = $1", {person}));
  return rows.empty() ? not_found("person " + person) : Status{};
}

// Whether card and number plate are nobody else's.
Status SqlGallery::check_free(const Person& person) {
  const auto check = [&](const char* column, const char* what, const SqlValue& hash) -> Status {
    if (std::holds_alternative<std::monostate>(hash)) {
      return {};
    }
    KF_ASSIGN(const SqlRows rows,
              run("SELECT id FROM people WHERE " + std::string(column) + " = $1 AND id <> $2",
                  {hash, person.id}));
    if (rows.empty()) {
      return {};
    }
    KF_ASSIGN(const std::string owner, sql_text(rows[0], 0));
    return {ErrorCode::kInvalidArgument, std::string(what) + " belongs to " + owner +
                                             " already; expected one that is nobody else's"};
  };
  KF_TRY(check("card_hash", "the card number", card_hash(person.card)));
  return check("vehicle_hash", "the number plate", vehicle_hash(person.vehicle));
}

Result<Person> SqlGallery::add_person(Person person, std::span<const NewTemplate> templates,
                                      UnixMs now) {
  KF_TRY(check_person(person));
  person.id = random_id('p');
  person.created_at = now;
  return write(Change::kAnnounced, [&]() -> Result<Person> {
    KF_TRY(check_free(person));
    KF_TRY(run("INSERT INTO people (id, card_hash, vehicle_hash, sealed) VALUES ($1, $2, $3, $4)",
               {person.id, card_hash(person.card), vehicle_hash(person.vehicle),
                keys_.seal(person_row(person.id), encode_person(person))})
               .error());
    for (const NewTemplate& face : templates) {
      KF_TRY(insert_template(person.id, face, now).error());
    }
    return person;
  });
}

Status SqlGallery::update_person(const Person& person, UnixMs /*now*/) {
  KF_TRY(check_person(person));
  return write(Change::kAnnounced, [&]() -> Status {
    KF_TRY(check_exists(person.id));
    KF_TRY(check_free(person));
    KF_ASSIGN(const SqlRows rows, run("SELECT id, sealed FROM people WHERE id = $1", {person.id}));
    KF_ASSIGN(const Person old, open_person(rows.at(0)));
    Person changed = person;
    changed.created_at = old.created_at;
    return run("UPDATE people SET card_hash = $2, vehicle_hash = $3, sealed = $4 WHERE id = $1",
               {person.id, card_hash(person.card), vehicle_hash(person.vehicle),
                keys_.seal(person_row(person.id), encode_person(changed))})
        .error();
  });
}

Result<Person> SqlGallery::person(const std::string& id) {
  if (!is_id('p', id)) {
    return not_found("person " + id.substr(0, 64));
  }
  return read([&]() -> Result<Person> {
    KF_ASSIGN(const SqlRows rows, run("SELECT id, sealed FROM people WHERE id = $1", {id}));
    return rows.empty() ? Result<Person>(not_found("person " + id)) : open_person(rows[0]);
  });
}

Result<std::optional<Person>> SqlGallery::find_person(const std::string& column,
                                                      const SqlValue& hash) {
  if (std::holds_alternative<std::monostate>(hash)) {
    return std::optional<Person>();
  }
  return read([&]() -> Result<std::optional<Person>> {
    KF_ASSIGN(const SqlRows rows,
              run("SELECT id, sealed FROM people WHERE " + column + " = $1", {hash}));
    if (rows.empty()) {
      return std::optional<Person>();
    }
    KF_ASSIGN(Person person, open_person(rows[0]));
    // The hash is not part of the seal: somebody may have put it into another row.
    if ((column == "card_hash" ? card_hash(person.card) : vehicle_hash(person.vehicle)) != hash) {
      return Status{ErrorCode::kCorruption,
                    person_row(person.id) + ": its " + column + " was altered; restore a backup"};
    }
    return std::optional<Person>(std::move(person));
  });
}

Result<std::optional<Person>> SqlGallery::person_with_card(const std::string& card) {
  return find_person("card_hash", card_hash(card));
}

Result<std::optional<Person>> SqlGallery::person_with_vehicle(const std::string& vehicle) {
  return find_person("vehicle_hash", vehicle_hash(vehicle));
}

Result<std::vector<Person>> SqlGallery::people(const PeopleQuery& query) {
  KF_REQUIRE(query.limit >= 1 && query.limit <= kPage, query.limit);
  if (!query.after.empty() && !is_id('p', query.after)) {
    return not_found("person " + query.after.substr(0, 64));
  }
  const PersonFilter filter(query);
  const std::size_t page = filter.takes_all() ? query.limit : kPage;
  return read([&]() -> Result<std::vector<Person>> {
    std::vector<Person> found;
    std::string after = query.after;
    for (;;) {
      KF_ASSIGN(const SqlRows rows,
                run("SELECT id, sealed FROM people WHERE id > $1 ORDER BY id LIMIT $2",
                    {after, static_cast<std::int64_t>(page)}));
      for (const SqlRow& row : rows) {
        KF_ASSIGN(Person person, open_person(row));
        after = person.id;
        if (filter.takes(person)) {
          found.push_back(std::move(person));
        }
        if (found.size() == query.limit) {
          return found;
        }
      }
      if (rows.size() < page) {
        return found;
      }
    }
  });
}

Result<std::size_t> SqlGallery::count_people() {
  return read([&]() -> Result<std::size_t> {
    KF_ASSIGN(const SqlRows rows, run("SELECT count(*) FROM people"));
    KF_ASSIGN(const std::int64_t count, sql_integer(rows.at(0), 0));
    return static_cast<std::size_t>(count);
  });
}

}  // namespace kface
