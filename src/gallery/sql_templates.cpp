// Templates and their photos.
#include <algorithm>
#include <cmath>

#include "gallery/random_id.h"
#include "gallery/row_codec.h"
#include "gallery/sql_gallery.h"

namespace kface {
namespace {

constexpr std::size_t kMaxSpace = 128;

void require_space(const std::string& space) {
  KF_REQUIRE(!space.empty() && space.size() <= kMaxSpace &&
                 std::all_of(space.begin(), space.end(), [](char c) { return c > ' ' && c < 127; }),
             space);
}

}  // namespace

Result<std::string> SqlGallery::insert_template(const std::string& person, const NewTemplate& face,
                                                UnixMs now) {
  require_space(face.space);
  KF_REQUIRE(!face.embedding.empty());
  KF_REQUIRE(std::all_of(face.embedding.begin(), face.embedding.end(),
                         [](float value) { return std::isfinite(value); }));
  FaceTemplate kept;
  kept.embedding = face.embedding;
  kept.quality = face.quality;
  kept.created_at = now;
  kept.has_photo = !face.photo.empty();
  std::string id = random_id('t');
  KF_TRY(run("INSERT INTO templates (id, person, space, sealed) VALUES ($1, $2, $3, $4)",
             {id, person, face.space,
              keys_.seal(template_row(id, person, face.space), encode_template(kept))})
             .error());
  if (kept.has_photo) {
    KF_TRY(run("INSERT INTO template_photos (id, sealed) VALUES ($1, $2)",
               {id, keys_.seal(photo_row(id, person), face.photo)})
               .error());
  }
  return id;
}

Result<FaceTemplate> SqlGallery::open_template(const SqlRow& row) const {
  KF_ASSIGN(std::string id, sql_text(row, 0));
  KF_ASSIGN(std::string owner, sql_text(row, 1));
  KF_ASSIGN(std::string space, sql_text(row, 2));
  KF_ASSIGN(const SqlBytes sealed, sql_bytes(row, 3));
  const std::string name = template_row(id, owner, space);
  KF_ASSIGN(const RowBytes bytes, keys_.open(name, sealed));
  KF_ASSIGN(FaceTemplate face, decode_template(name, bytes));
  face.id = std::move(id);
  face.person = std::move(owner);
  face.space = std::move(space);
  return face;
}

Result<std::string> SqlGallery::add_template(const std::string& person, const NewTemplate& face,
                                             UnixMs now) {
  return write(Change::kAnnounced, [&]() -> Result<std::string> {
    KF_TRY(check_exists(person));
    return insert_template(person, face, now);
  });
}

Status SqlGallery::remove_template(const std::string& id) {
  if (!is_id('t', id)) {
    return not_found("template " + id.substr(0, 64));
  }
  KF_TRY(write(Change::kAnnounced, [&]() -> Status {
    const auto rows = run("DELETE FROM templates WHERE id = $1 RETURNING id", {id});
    return !rows.ok()             ? rows.error()
           : rows.value().empty() ? not_found("template " + id)
                                  : Status{};
  }));
  const std::lock_guard lock(mutex_);
  return database_->erase_remnants(SqlErasure::kRoutine, {});
}

Result<std::vector<FaceTemplate>> SqlGallery::templates_of(const std::string& person) {
  return read([&]() -> Result<std::vector<FaceTemplate>> {
    KF_TRY(check_exists(person));
    KF_ASSIGN(const SqlRows rows, run("SELECT id, person, space, sealed FROM templates"
                                      " WHERE person = $1 ORDER BY id",
                                      {person}));
    std::vector<FaceTemplate> faces;
    for (const SqlRow& row : rows) {
      KF_ASSIGN(FaceTemplate face, open_template(row));
      faces.push_back(std::move(face));
    }
    return faces;
  });
}

Result<std::vector<FaceTemplate>> SqlGallery::templates_in(const std::string& space) {
  require_space(space);
  return read([&]() -> Result<std::vector<FaceTemplate>> {
    KF_ASSIGN(const SqlRows rows, run("SELECT id, person, space, sealed FROM templates"
                                      " WHERE space = $1 ORDER BY person, id",
                                      {space}));
    std::vector<FaceTemplate> faces;
    faces.reserve(rows.size());
    for (const SqlRow& row : rows) {
      KF_ASSIGN(FaceTemplate face, open_template(row));
      if (!faces.empty() && face.embedding.size() != faces[0].embedding.size()) {
        return Status{ErrorCode::kCorruption, "template:" + face.id + ": " +
                                                  std::to_string(face.embedding.size()) +
                                                  " values, others of the same space have " +
                                                  std::to_string(faces[0].embedding.size())};
      }
      faces.push_back(std::move(face));
    }
    return faces;
  });
}

Result<std::vector<std::uint8_t>> SqlGallery::template_photo(const std::string& id) {
  if (!is_id('t', id)) {
    return not_found("template " + id.substr(0, 64));
  }
  return read([&]() -> Result<std::vector<std::uint8_t>> {
    KF_ASSIGN(const SqlRows rows, run("SELECT t.person, p.sealed FROM templates t"
                                      " LEFT JOIN template_photos p ON p.id = t.id WHERE t.id = $1",
                                      {id}));
    if (rows.empty()) {
      return not_found("template " + id);
    }
    if (std::holds_alternative<std::monostate>(rows[0][1])) {
      return Status{ErrorCode::kNotFound, "template " + id + ": its photo was not kept"};
    }
    KF_ASSIGN(const std::string owner, sql_text(rows[0], 0));
    KF_ASSIGN(const SqlBytes sealed, sql_bytes(rows[0], 1));
    return keys_.open(photo_row(id, owner), sealed);
  });
}

Result<std::vector<std::string>> SqlGallery::people_without(const std::string& space) {
  require_space(space);
  return read([&]() -> Result<std::vector<std::string>> {
    KF_ASSIGN(const SqlRows rows,
              run("SELECT id FROM people p WHERE NOT EXISTS (SELECT 1 FROM templates t"
                  " WHERE t.person = p.id AND t.space = $1) ORDER BY id",
                  {space}));
    std::vector<std::string> ids;
    for (const SqlRow& row : rows) {
      KF_ASSIGN(std::string id, sql_text(row, 0));
      ids.push_back(std::move(id));
    }
    return ids;
  });
}

}  // namespace kface
