// SQLite's objects that close themselves, and its errors as a Status.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "kface/status.h"

namespace kface {

inline constexpr int kSqliteBusyMs = 5000;  // how long another process's lock is waited for

struct CloseSqlite {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteHandle = std::unique_ptr<sqlite3, CloseSqlite>;
using SqliteStatement = std::unique_ptr<sqlite3_stmt, CloseSqlite>;

// The error of the last call that gave `code`.
Status sqlite_error(sqlite3* database, const std::string& path, int code);

// Opens the file, which must be there; extended codes, busy timeout. Reads nothing yet.
Result<SqliteHandle> open_sqlite_handle(const std::string& path);

}  // namespace kface
