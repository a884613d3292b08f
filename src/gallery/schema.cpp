#include "gallery/schema.h"

#include <array>

namespace kface {
namespace {

// In clear: random ids, who belongs to whom, the model's digest, the time of events (for the
// retention period). All else is sealed, or a keyed hash.
constexpr std::array<std::string_view, 15> kVersion1 = {
    "CREATE TABLE meta (name {text} PRIMARY KEY, value {text} NOT NULL) {strict}",
    "CREATE TABLE revision (id {int} PRIMARY KEY CHECK (id = 1), value {int} NOT NULL) {strict}",
    "INSERT INTO revision (id, value) VALUES (1, 1)",
    "CREATE TABLE people (id {text} PRIMARY KEY, card_hash {bytes} UNIQUE,"
    " vehicle_hash {bytes} UNIQUE, sealed {bytes} NOT NULL) {strict}",
    "CREATE TABLE templates (id {text} PRIMARY KEY,"
    " person {text} NOT NULL REFERENCES people (id) ON DELETE CASCADE,"
    " space {text} NOT NULL, sealed {bytes} NOT NULL) {strict}",
    "CREATE INDEX templates_by_person ON templates (person, id)",
    "CREATE INDEX templates_by_space ON templates (space, person, id)",
    "CREATE TABLE template_photos (id {text} PRIMARY KEY REFERENCES templates (id)"
    " ON DELETE CASCADE, sealed {bytes} NOT NULL) {strict}",
    "CREATE TABLE events (id {text} PRIMARY KEY,"
    " person {text} REFERENCES people (id) ON DELETE CASCADE, at {int} NOT NULL,"
    " card_hash {bytes}, vehicle_hash {bytes}, sealed {bytes} NOT NULL) {strict}",
    "CREATE INDEX events_by_time ON events (at)",
    "CREATE INDEX events_by_person ON events (person)",
    "CREATE INDEX events_by_card ON events (card_hash)",
    "CREATE INDEX events_by_vehicle ON events (vehicle_hash)",
    "CREATE TABLE passages (id {text} PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,"
    " sealed {bytes} NOT NULL) {strict}",
    "CREATE TABLE tokens (id {text} PRIMARY KEY, sealed {bytes} NOT NULL) {strict}",
};

constexpr std::array<Migration, 1> kMigrations = {Migration(kVersion1)};

}  // namespace

std::span<const Migration> gallery_migrations() { return kMigrations; }

Status migrate_schema(SqlDatabase& database, std::span<const Migration> migrations) {
  KF_ASSIGN(const int version, database.schema_version());
  const int newest = static_cast<int>(migrations.size());
  if (version > newest) {
    return {ErrorCode::kVersion, database.name() + ": gallery of version " +
                                     std::to_string(version) + ", this build reads 1 to " +
                                     std::to_string(newest) + "; update kface"};
  }
  for (const Migration& step : migrations.subspan(static_cast<std::size_t>(version))) {
    for (const std::string_view statement : step) {
      KF_ASSIGN(const SqlRows rows, database.run(statement));
      static_cast<void>(rows);
    }
  }
  return version == newest ? Status{} : database.set_schema_version(newest);
}

}  // namespace kface
