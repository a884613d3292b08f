#include "gallery/sqlite_handle.h"

namespace kface {
Status sqlite_error(sqlite3* database, const std::string& path, int code) {
  const std::string reason = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  const auto status = [&](ErrorCode what, const std::string& advice) {
    return Status{what, path + ": " + reason + advice};
  };
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      return status(ErrorCode::kInvalidArgument, "");
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return status(ErrorCode::kNotFound, "");
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return status(ErrorCode::kCorruption, "; expected a gallery of kface");
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:  // a table or column that is not there
    case SQLITE_SCHEMA:
      return status(ErrorCode::kCorruption,
                    ": the database is damaged or was altered; restore a backup");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return status(ErrorCode::kIo, ": another process has kept it for " +
                                        std::to_string(kSqliteBusyMs / 1000) + " s; try again");
    case SQLITE_FULL:
      return status(ErrorCode::kIo, ": nothing was stored; make room on the disk");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return status(ErrorCode::kIo,
                    "; expected a file and folder that this user can read and write");
    default:
      return status(ErrorCode::kIo, "; nothing was stored; check the disk");
  }
}

Result<SqliteHandle> open_sqlite_handle(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteHandle handle(opened);
  if (code != SQLITE_OK) {
    return sqlite_error(opened, path, code);
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kSqliteBusyMs);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return handle;
}

}  // namespace kface
