#include "gallery/gallery.h"

#include "gallery/postgres_database.h"
#include "gallery/sql_gallery.h"
#include "gallery/sqlite_database.h"

namespace kface {
namespace {

Result<std::unique_ptr<SqlDatabase>> open_database(const std::string& where) {
  if (where.rfind("postgresql://", 0) == 0 || where.rfind("postgres://", 0) == 0) {
    return open_postgres(where);
  }
  const auto scheme = where.find("://");
  if (where.empty() || scheme != std::string::npos) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + where.substr(0, scheme) +
                      "' leads to no gallery; expected the path of a file or postgresql://..."};
  }
  return open_sqlite(where);
}

}  // namespace

Result<std::unique_ptr<Gallery>> Gallery::open(const std::string& where, Keyring keys, UnixMs now) {
  KF_ASSIGN(auto database, open_database(where));
  auto gallery = std::make_unique<SqlGallery>(std::move(database), std::move(keys));
  KF_TRY(gallery->start(now));
  return Result<std::unique_ptr<Gallery>>(std::move(gallery));
}

}  // namespace kface
