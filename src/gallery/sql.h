// The thin door to a database: statements with parameters, rows, transactions. One gallery is
// written against it in portable SQL; SQLite and PostgreSQL stand behind it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kface/status.h"

namespace kface {

using SqlBytes = std::vector<std::uint8_t>;
using SqlValue = std::variant<std::monostate, std::int64_t, std::string, SqlBytes>;  // first: NULL
using SqlRow = std::vector<SqlValue>;
using SqlRows = std::vector<SqlRow>;

enum class SqlAccess { kRead, kWrite };

enum class SqlErasure {
  kRoutine,     // after a purge: what is cheap, as far as others allow it at once
  kProven,      // after a person was deleted
  kEverything,  // the same, whatever was deleted before: everything is rewritten
};

// One connection. Not thread-safe, but for wait_for_announcement().
//
// Errors of every function: kIo where the database cannot be reached or written; kCorruption where
// its file is damaged.
class SqlDatabase {
 public:
  SqlDatabase() = default;
  virtual ~SqlDatabase() = default;
  SqlDatabase(const SqlDatabase&) = delete;
  SqlDatabase& operator=(const SqlDatabase&) = delete;

  // What messages call it; no password.
  virtual std::string name() const = 0;

  // One snapshot of the data until commit() or rollback(). kWrite: no other transaction of kWrite
  // runs at the same time, anywhere. Connects again where the connection was lost.
  virtual Status begin(SqlAccess access) = 0;
  // On the disk when it returns. After an error nothing was stored, unless its text says that this
  // is not known.
  virtual Status commit() = 0;
  virtual void rollback() = 0;

  // One statement, with parameters $1, $2, ... and the placeholders {int}, {text}, {bytes} and
  // {strict} in definitions of tables. Requires: a transaction.
  // Errors: kInvalidArgument: not unique; kNotFound: refers to a row that is not there.
  virtual Result<SqlRows> run(std::string_view statement, std::span<const SqlValue> parameters) = 0;
  Result<SqlRows> run(std::string_view statement) {
    return run(statement, std::span<const SqlValue>());
  }
  Result<SqlRows> run(std::string_view statement, std::initializer_list<SqlValue> parameters) {
    return run(statement, std::span(parameters.begin(), parameters.size()));
  }

  // Version of the schema, 0 where there is none. In a transaction.
  // Errors: kCorruption: another program's data.
  virtual Result<int> schema_version() = 0;
  virtual Status set_schema_version(int version) = 0;

  // In a transaction that writes: tells the waiting ones of all processes, once it is committed.
  virtual Status announce() = 0;
  // Waits until the number of announcements is not `seen`, at most `timeout_ms`; the number then.
  // May return early. With 0 ms: begins to listen. Thread-safe.
  virtual Result<std::uint64_t> wait_for_announcement(std::uint64_t seen, int timeout_ms) = 0;

  // Removes what deleted rows left behind in the files, and proves it where it can: none of
  // `traces` (8 bytes or longer each) occurs in them. Outside of a transaction.
  // Errors: kInterrupted: others use the remnants just now; calling again goes on.
  virtual Status erase_remnants(SqlErasure how, std::span<const SqlBytes> traces) = 0;
};

// Fields of a row. Errors are the database's fault: kCorruption.
Result<std::int64_t> sql_integer(const SqlRow& row, std::size_t column);
Result<std::string> sql_text(const SqlRow& row, std::size_t column);  // NULL: empty
Result<SqlBytes> sql_bytes(const SqlRow& row, std::size_t column);

// `statement` with the placeholders replaced.
struct SqlDialect {
  std::string_view integer, text, bytes, strict;
};
std::string in_dialect(std::string_view statement, const SqlDialect& dialect);

}  // namespace kface
