// One connection to PostgreSQL that never waits for ever, and is made again with pauses.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/stopwatch.h"
#include "gallery/sql.h"

namespace kface {

struct FreePostgres {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PGnotify* notification) const { PQfreemem(notification); }
};
using PostgresHandle = std::unique_ptr<PGconn, FreePostgres>;
using PostgresResult = std::unique_ptr<PGresult, FreePostgres>;

// Not thread-safe.
class PostgresConnection {
 public:
  explicit PostgresConnection(std::string url);

  const std::string& name() const { return name_; }

  // Connects if it is not connected. Errors: kIo; within the pause after a failure without trying.
  Status ensure();
  bool connected() const { return handle_ != nullptr; }

  // One statement. A connection that is lost, or silent for longer than `timeout_ms`, is dropped:
  // connected() tells. Requires: connected().
  Result<SqlRows> run(const std::string& statement, std::span<const SqlValue> parameters,
                      int timeout_ms);
  // What the last statement was, as the server calls it: "COMMIT", "ROLLBACK", ...
  const std::string& last_tag() const { return last_tag_; }

  // Notifications that came within `timeout_ms`, how many. Requires: connected().
  Result<int> wait_for_notifications(int timeout_ms);

 private:
  Status lost(const std::string& reason);
  Status wait_readable(int timeout_ms, bool& readable);
  Result<PostgresResult> fetch(int timeout_ms);

  std::string url_;
  std::string name_;  // without the password
  PostgresHandle handle_;
  std::string last_tag_;
  std::optional<Stopwatch> failed_;  // since the last failure to connect
  int pause_ms_ = 0;
};

}  // namespace kface
