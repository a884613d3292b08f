#include "gallery/sqlite_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>

#include "base/file_descriptor.h"
#include "gallery/sqlite_handle.h"
#include "gallery/trace_search.h"

namespace kface {
namespace {

constexpr std::int64_t kApplicationId = 0x4b464741;  // "KFGA"
constexpr int kPollMs = 200;
constexpr int kErasureWaitMs = 100;
constexpr SqlDialect kDialect = {"INTEGER", "TEXT", "BLOB", "STRICT"};

int bind_value(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *integer);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* bytes = std::get_if<SqlBytes>(&value)) {
    // A null pointer would bind NULL.
    static const std::uint8_t nothing = 0;
    return sqlite3_bind_blob64(statement, index, bytes->empty() ? &nothing : bytes->data(),
                               bytes->size(), SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, index);
}

SqlValue column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
      return SqlBytes(bytes, bytes + sqlite3_column_bytes(statement, column));
    }
    default:
      return std::monostate();
  }
}

class SqliteDatabase final : public SqlDatabase {
 public:
  SqliteDatabase(std::string path, SqliteHandle handle)
      : path_(std::move(path)), handle_(std::move(handle)) {}

  std::string name() const override { return path_; }

  Status begin(SqlAccess access) override {
    return execute(access == SqlAccess::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  Status commit() override { return execute("COMMIT"); }
  void rollback() override {
    // After a full disk SQLite has done it by itself, and says so.
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  using SqlDatabase::run;
  Result<SqlRows> run(std::string_view statement, std::span<const SqlValue> parameters) override {
    const std::string text = in_dialect(statement, kDialect);
    sqlite3_stmt* prepared = nullptr;
    int code = sqlite3_prepare_v2(handle_.get(), text.c_str(), -1, &prepared, nullptr);
    const SqliteStatement owner(prepared);
    if (code != SQLITE_OK) {
      return error(code);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const std::string label = "$" + std::to_string(i + 1);
      const int index = sqlite3_bind_parameter_index(prepared, label.c_str());
      KF_REQUIRE(index > 0, statement, label);
      code = bind_value(prepared, index, parameters[i]);
      if (code != SQLITE_OK) {
        return error(code);
      }
    }
    SqlRows rows;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
      SqlRow& row = rows.emplace_back();
      for (int column = 0; column < sqlite3_column_count(prepared); ++column) {
        row.push_back(column_value(prepared, column));
      }
    }
    return code == SQLITE_DONE ? Result<SqlRows>(std::move(rows)) : error(code);
  }

  Result<int> schema_version() override {
    KF_ASSIGN(const std::int64_t application, pragma("application_id"));
    KF_ASSIGN(const std::int64_t version, pragma("user_version"));
    KF_ASSIGN(const SqlRows tables, run("SELECT count(*) FROM sqlite_schema"));
    KF_ASSIGN(const std::int64_t num_tables, sql_integer(tables.at(0), 0));
    if (application == 0 && version == 0 && num_tables == 0) {
      return 0;
    }
    if (application != kApplicationId || version < 1 || version > INT_MAX) {
      return Status{ErrorCode::kCorruption,
                    path_ + ": a database of another program (application id " +
                        std::to_string(application) + "), expected a gallery of kface (" +
                        std::to_string(kApplicationId) + "); nothing was written to it"};
    }
    return static_cast<int>(version);
  }

  Status set_schema_version(int version) override {
    KF_TRY(execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
    return execute("PRAGMA user_version = " + std::to_string(version));
  }

  Status announce() override { return {}; }

  Result<std::uint64_t> wait_for_announcement(std::uint64_t seen, int timeout_ms) override {
    if (timeout_ms == 0) {
      return seen;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(timeout_ms, kPollMs)));
    return seen + 1;  // nobody tells: look
  }

  Status erase_remnants(SqlErasure how, std::span<const SqlBytes> traces) override {
    if (how == SqlErasure::kRoutine) {
      const Status truncated = truncate_log(0);
      return truncated.code() == ErrorCode::kInterrupted ? Status{} : truncated;
    }
    if (how == SqlErasure::kEverything) {
      KF_TRY(execute("VACUUM"));
    }
    KF_TRY(truncate_log(kErasureWaitMs));
    KF_ASSIGN(const bool left, has_trace(traces));
    if (!left) {
      return {};
    }
    // Moving cells between pages leaves copies in the gaps, which secure_delete does not see.
    KF_TRY(execute("VACUUM"));
    KF_TRY(truncate_log(kErasureWaitMs));
    KF_ASSIGN(const bool still_left, has_trace(traces));
    return still_left ? Status{ErrorCode::kIo, path_ + ": remnants are left after VACUUM"}
                      : Status{};
  }

  sqlite3* handle() { return handle_.get(); }

  // What every connection needs, once it is known to be a gallery or empty.
  Status prepare() {
    KF_ASSIGN(const SqlRows mode, run("PRAGMA journal_mode = WAL"));
    KF_ASSIGN(const std::string text, sql_text(mode.at(0), 0));
    if (text != "wal") {
      return {ErrorCode::kIo, path_ + ": this file system cannot hold a write-ahead log (journal " +
                                  text + "); put the gallery on a local disk"};
    }
    for (const char* setting :
         {"PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA secure_delete = ON",
          "PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON"}) {
      KF_TRY(execute(setting));
    }
    return {};
  }

 private:
  Status error(int code) const { return sqlite_error(handle_.get(), path_, code); }

  Status execute(const std::string& statement) {
    const int code = sqlite3_exec(handle_.get(), statement.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status{} : error(code);
  }

  Result<std::int64_t> pragma(const std::string& what) {
    KF_ASSIGN(const SqlRows rows, run("PRAGMA " + what));
    KF_REQUIRE(rows.size() == 1, what);
    return sql_integer(rows[0], 0);
  }

  // Writes the log back and cuts it to nothing; waits for readers of what is in it.
  Status truncate_log(int wait_ms) {
    sqlite3_busy_timeout(handle_.get(), wait_ms);
    const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
    sqlite3_busy_timeout(handle_.get(), kSqliteBusyMs);
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
      return {ErrorCode::kInterrupted, path_ + ": others read from the write-ahead log"};
    }
    return code == SQLITE_OK ? Status{} : error(code);
  }

  // Reads through SQLite's own descriptors: closing another one of the same file would drop the
  // locks of this process.
  Result<bool> has_trace(std::span<const SqlBytes> traces) {
    for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
      sqlite3_file* file = nullptr;
      const int code = sqlite3_file_control(handle_.get(), "main", which, &file);
      if (code != SQLITE_OK) {
        return error(code);
      }
      if (file == nullptr || file->pMethods == nullptr) {
        continue;  // no log yet
      }
      TraceSearch search(traces);
      KF_ASSIGN(const bool found, search_file(file, search));
      if (found) {
        return true;
      }
    }
    return false;
  }

  Result<bool> search_file(sqlite3_file* file, TraceSearch& search) const {
    sqlite3_int64 size = 0;
    int code = file->pMethods->xFileSize(file, &size);
    std::vector<std::uint8_t> piece(1U << 20U);
    for (sqlite3_int64 at = 0; at < size && code == SQLITE_OK;) {
      const int count = static_cast<int>(
          std::min<sqlite3_int64>(size - at, static_cast<sqlite3_int64>(piece.size())));
      code = file->pMethods->xRead(file, piece.data(), count, at);
      if (code == SQLITE_IOERR_SHORT_READ) {
        code = SQLITE_OK;  // shrunk meanwhile; the rest of the piece is zero
      }
      if (search.feed(std::span(piece).first(static_cast<std::size_t>(count)))) {
        return true;
      }
      at += count;
    }
    return code == SQLITE_OK ? Result<bool>(false) : sqlite_error(nullptr, path_, code);
  }

  std::string path_;
  SqliteHandle handle_;
};

// Creates an empty file that only this user can read; what SQLite makes beside it has the same
// mode. Never opens one that is there: closing it would drop SQLite's locks.
Status create_private(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return file.number() < 0 && errno != EEXIST ? io_error(path, "create", errno) : Status{};
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> open_sqlite(const std::string& path) {
  KF_TRY(create_private(path));
  KF_ASSIGN(SqliteHandle handle, open_sqlite_handle(path));
  auto database = std::make_unique<SqliteDatabase>(path, std::move(handle));
  // Asked before anything is written; in a transaction, since another process may be making it.
  KF_TRY(database->begin(SqlAccess::kRead));
  const auto version = database->schema_version();
  database->rollback();
  if (!version.ok()) {
    return version.error();
  }
  KF_TRY(database->prepare());
  return Result<std::unique_ptr<SqlDatabase>>(std::move(database));
}

Status backup_sqlite(const std::string& path, const std::string& to) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return {ErrorCode::kNotFound, path + ": no such gallery"};
  }
  if (::stat(to.c_str(), &facts) == 0) {
    return {ErrorCode::kInvalidArgument, to + ": is there already; a backup overwrites nothing"};
  }
  KF_ASSIGN(SqliteHandle from, open_sqlite_handle(path));
  SqliteDatabase source(path, std::move(from));
  KF_ASSIGN(const int version, source.schema_version());
  if (version == 0) {
    return {ErrorCode::kNotFound, path + ": no gallery in it"};
  }
  KF_TRY(create_private(to));
  KF_ASSIGN(SqliteHandle target, open_sqlite_handle(to));
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.handle(), "main");
  if (backup == nullptr) {
    return sqlite_error(target.get(), to, sqlite3_errcode(target.get()));
  }
  const int step = sqlite3_backup_step(backup, -1);
  const int finish = sqlite3_backup_finish(backup);
  if (step == SQLITE_DONE && finish == SQLITE_OK) {
    return {};
  }
  const Status failed = sqlite_error(target.get(), to, step == SQLITE_DONE ? finish : step);
  target.reset();
  ::unlink(to.c_str());
  return failed;
}

}  // namespace kface
