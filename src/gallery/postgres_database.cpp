#include "gallery/postgres_database.h"

#include <algorithm>
#include <mutex>

#include "gallery/postgres_connection.h"

namespace kface {
namespace {

constexpr SqlDialect kDialect = {"BIGINT", "TEXT COLLATE \"C\"", "BYTEA", ""};
constexpr int kAnswerMs = 10'000;
constexpr int kVacuumMs = 600'000;
constexpr int kSliceMs = 200;
constexpr std::int64_t kWriteLock = 0x6b66616365000001;  // "kface", 1

class PostgresDatabase final : public SqlDatabase {
 public:
  explicit PostgresDatabase(const std::string& url) : main_(url), listener_(url) {}

  std::string name() const override { return main_.name(); }

  Status begin(SqlAccess access) override {
    const bool was_connected = main_.connected();
    Status begun = try_begin(access);
    // Lost while nobody used it (the server was started again): nothing can have been stored.
    if (!begun.ok() && was_connected && !main_.connected()) {
      begun = try_begin(access);
    }
    return begun;
  }

  Status commit() override {
    const Status committed = execute("COMMIT");
    if (!committed.ok() && !main_.connected()) {
      return {ErrorCode::kIo, name() +
                                  ": connection lost while storing; it is not known whether "
                                  "it was stored: look before doing it again"};
    }
    if (committed.ok() && main_.last_tag() != "COMMIT") {
      return {ErrorCode::kIo, name() + ": the server did not store it (" + main_.last_tag() + ")"};
    }
    return committed;
  }

  void rollback() override {
    if (main_.connected()) {
      static_cast<void>(execute("ROLLBACK").ok());  // else the connection is dropped, which does
    }
  }

  using SqlDatabase::run;
  Result<SqlRows> run(std::string_view statement, std::span<const SqlValue> parameters) override {
    if (!main_.connected()) {
      return Status{ErrorCode::kIo, name() + ": connection lost; nothing was stored"};
    }
    return busy_is_io(main_.run(in_dialect(statement, kDialect), parameters, kAnswerMs));
  }

  Result<int> schema_version() override {
    KF_ASSIGN(const SqlRows spaces, run("SELECT 1 FROM pg_namespace WHERE nspname = 'kface'"));
    if (spaces.empty()) {
      KF_TRY(execute("CREATE SCHEMA kface"));
      return 0;
    }
    KF_ASSIGN(const SqlRows tables, run("SELECT table_name::text FROM information_schema.tables"
                                        " WHERE table_schema = 'kface'"));
    const auto is_ours = [](const SqlRow& row) {
      return row[0] == SqlValue(std::string("schema_version"));
    };
    if (tables.empty()) {
      return 0;  // an administrator has made the schema for us
    }
    if (std::none_of(tables.begin(), tables.end(), is_ours)) {
      return Status{ErrorCode::kCorruption,
                    name() +
                        ": its schema kface holds tables of another program; nothing was "
                        "written to it"};
    }
    KF_ASSIGN(const SqlRows versions, run("SELECT version FROM schema_version"));
    if (versions.size() != 1) {
      return Status{ErrorCode::kCorruption, name() + ": has no version; restore a backup"};
    }
    KF_ASSIGN(const std::int64_t version, sql_integer(versions[0], 0));
    if (version < 1 || version > INT32_MAX) {
      return Status{ErrorCode::kCorruption, name() + ": version " + std::to_string(version)};
    }
    return static_cast<int>(version);
  }

  Status set_schema_version(int version) override {
    KF_TRY(execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)"));
    KF_TRY(execute("DELETE FROM schema_version"));
    KF_TRY(execute("INSERT INTO schema_version VALUES (" + std::to_string(version) + ")"));
    return collect_no_statistics();
  }

  Status announce() override { return execute("SELECT pg_notify('kface_gallery', '')"); }

  Result<std::uint64_t> wait_for_announcement(std::uint64_t seen, int timeout_ms) override {
    const std::lock_guard lock(listener_mutex_);
    if (!listener_.connected()) {
      KF_TRY(listener_.ensure());
      KF_TRY(listener_.run("LISTEN kface_gallery", {}, kAnswerMs).error());
      ++announcements_;  // something may have been missed
    }
    if (announcements_ == seen && timeout_ms > 0) {
      // In slices, since other threads wait for the lock.
      KF_ASSIGN(const int told, listener_.wait_for_notifications(std::min(timeout_ms, kSliceMs)));
      announcements_ += told > 0 ? 1 : 0;
    }
    return announcements_;
  }

  Status erase_remnants(SqlErasure how, std::span<const SqlBytes> /*traces*/) override {
    KF_TRY(ensure());
    if (how == SqlErasure::kRoutine) {
      const Status cleaned = vacuum("VACUUM (SKIP_LOCKED) templates, template_photos, events");
      return cleaned.code() == ErrorCode::kInterrupted ? Status{} : cleaned;
    }
    KF_TRY(execute("SET lock_timeout = '100ms'"));
    const Status cleaned =
        vacuum("VACUUM (FULL) people, templates, template_photos, events, passages");
    if (main_.connected()) {
      KF_TRY(execute(kLockTimeout));
    }
    return cleaned;
  }

  // Connects, and says how this program wants to be treated: it does not wait for long, and nobody
  // waits for it if it stands still in the middle of a transaction.
  Status ensure() {
    if (main_.connected()) {
      return {};
    }
    KF_TRY(main_.ensure());
    for (const char* setting : {"SET search_path = kface", kLockTimeout,
                                "SET idle_in_transaction_session_timeout = '15s'",
                                "SELECT set_config('synchronous_commit', 'on', false)"
                                " WHERE current_setting('synchronous_commit') = 'off'"}) {
      KF_TRY(execute(setting));
    }
    return {};
  }

 private:
  static constexpr const char* kLockTimeout = "SET lock_timeout = '5s'";

  static Result<SqlRows> busy_is_io(Result<SqlRows> result) {
    if (result.error().code() == ErrorCode::kInterrupted) {
      return Status{ErrorCode::kIo, result.error().message()};
    }
    return result;
  }

  Status execute(const std::string& statement) { return run(statement).error(); }

  Status vacuum(const std::string& statement) {
    return main_.run(statement, {}, kVacuumMs).error();
  }

  Status try_begin(SqlAccess access) {
    KF_TRY(ensure());
    if (access == SqlAccess::kRead) {
      return execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    KF_TRY(execute("BEGIN"));
    const Status locked =
        execute("SELECT pg_advisory_xact_lock(" + std::to_string(kWriteLock) + ")");
    if (!locked.ok()) {
      rollback();
    }
    return locked;
  }

  // Statistics for the planner are samples of rows, and would outlive the rows.
  Status collect_no_statistics() {
    KF_ASSIGN(const SqlRows columns,
              run("SELECT table_name::text, column_name::text FROM information_schema.columns"
                  " WHERE table_schema = 'kface'"));
    for (const SqlRow& column : columns) {
      KF_ASSIGN(const std::string table, sql_text(column, 0));
      KF_ASSIGN(const std::string field, sql_text(column, 1));
      KF_TRY(execute("ALTER TABLE " + table + " ALTER COLUMN " + field + " SET STATISTICS 0"));
    }
    return {};
  }

  PostgresConnection main_;
  std::mutex listener_mutex_;
  PostgresConnection listener_;
  std::uint64_t announcements_ = 0;
};

}  // namespace

Result<std::unique_ptr<SqlDatabase>> open_postgres(const std::string& url) {
  auto database = std::make_unique<PostgresDatabase>(url);
  KF_TRY(database->ensure());
  return Result<std::unique_ptr<SqlDatabase>>(std::move(database));
}

}  // namespace kface
