#include "gallery/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace kface {
namespace {

constexpr int kFirstPauseMs = 100;
constexpr int kLongestPauseMs = 2000;

// Of pg_type.h; never change.
constexpr Oid kBytesType = 17, kInt8Type = 20, kInt2Type = 21, kInt4Type = 23, kTextType = 25;

std::int64_t big_endian(const std::uint8_t* bytes, int size) {
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (int i = 0; i < size; ++i) {
    value = value << 8 | bytes[i];
  }
  return static_cast<std::int64_t>(value);
}

SqlValue field_value(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) {
    return std::monostate();
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(PQgetvalue(result, row, column));
  const int size = PQgetlength(result, row, column);
  switch (PQftype(result, column)) {
    case kInt8Type:
    case kInt4Type:
    case kInt2Type:
      return big_endian(bytes, size);
    case kBytesType:
      return SqlBytes(bytes, bytes + size);
    default:
      return std::string(bytes, bytes + size);
  }
}

// Parameters in the binary form; the arrays point into `values` and `integers`.
struct Parameters {
  explicit Parameters(std::span<const SqlValue> values) {
    integers.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      add(values[i], integers[i]);
    }
  }

  void add(const SqlValue& value, std::array<char, 8>& space) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      for (std::size_t k = 0; k < space.size(); ++k) {
        space[k] = static_cast<char>(static_cast<std::uint64_t>(*integer) >> (56 - 8 * k));
      }
      put(kInt8Type, space.data(), space.size());
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      put(kTextType, text->data(), text->size());
    } else if (const auto* bytes = std::get_if<SqlBytes>(&value)) {
      put(kBytesType, bytes->empty() ? "" : reinterpret_cast<const char*>(bytes->data()),
          bytes->size());
    } else {
      put(0, nullptr, 0);
    }
  }
  void put(Oid type, const char* at, std::size_t size) {
    types.push_back(type);
    pointers.push_back(at);
    lengths.push_back(static_cast<int>(size));
    formats.push_back(1);
  }

  std::vector<std::array<char, 8>> integers;
  std::vector<Oid> types;
  std::vector<const char*> pointers;
  std::vector<int> lengths, formats;
};

// "postgresql://user@host/db", so that no message and no log shows a password.
std::string without_password(const std::string& url) {
  std::string name = url.substr(0, url.find('?'));
  const auto begin = name.find("://") + 3;
  const auto at = name.find('@', begin);
  const auto colon = name.find(':', begin);
  if (at != std::string::npos && colon < at) {
    name.erase(colon, at - colon);
  }
  return name;
}

std::string one_line_of(const char* text) {
  std::string line(text == nullptr ? "" : text);
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) {
    line.pop_back();
  }
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line.empty() ? "no reason given" : line;
}

Status statement_error(const std::string& name, const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view code = state == nullptr ? "" : state;
  const std::string text =
      name + ": " + one_line_of(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
  if (code == "23505") {
    return {ErrorCode::kInvalidArgument, text};
  }
  if (code == "23503") {
    return {ErrorCode::kNotFound, text};
  }
  if (code == "55P03") {
    return {ErrorCode::kInterrupted, text + ": others have kept it; try again"};
  }
  if (code.substr(0, 2) == "XX" || code.substr(0, 3) == "42P" || code == "42703") {
    return {ErrorCode::kCorruption, text + ": not the tables of kface; restore a backup"};
  }
  if (code == "42501") {
    return {ErrorCode::kIo, text +
                                "; let an administrator run 'CREATE SCHEMA kface AUTHORIZATION "
                                "USER'"};
  }
  return {ErrorCode::kIo, text + "; nothing was stored"};
}

}  // namespace

PostgresConnection::PostgresConnection(std::string url)
    : url_(std::move(url)), name_(without_password(url_)) {}

Status PostgresConnection::ensure() {
  if (handle_ && PQstatus(handle_.get()) == CONNECTION_OK) {
    return {};
  }
  handle_.reset();
  if (failed_ && failed_->ms() < pause_ms_) {
    return {ErrorCode::kIo, name_ +
                                ": the server could not be reached a moment ago; it is tried "
                                "again every " +
                                std::to_string(kLongestPauseMs / 1000) + " s"};
  }
  // What comes before dbname is overridden by the URL.
  const std::array<const char*, 9> keys = {
      "connect_timeout",  "keepalives_idle",  "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "application_name",
      "dbname",           "client_encoding",  nullptr};
  const std::array<const char*, 9> values = {"5",     "10",         "5",    "3",    "15000",
                                             "kface", url_.c_str(), "UTF8", nullptr};
  handle_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
  if (!handle_ || PQstatus(handle_.get()) != CONNECTION_OK) {
    const std::string reason = handle_ ? one_line_of(PQerrorMessage(handle_.get())) : "no memory";
    handle_.reset();
    failed_.emplace();
    pause_ms_ = std::clamp(pause_ms_ * 2, kFirstPauseMs, kLongestPauseMs);
    return {ErrorCode::kIo, name_ + ": " + reason + "; check that the server runs"};
  }
  failed_.reset();
  pause_ms_ = 0;
  PQsetNoticeProcessor(
      handle_.get(), [](void*, const char*) {}, nullptr);
  return {};
}

Status PostgresConnection::lost(const std::string& reason) {
  handle_.reset();
  return {ErrorCode::kIo, name_ + ": connection lost: " + reason + "; nothing was stored"};
}

Status PostgresConnection::wait_readable(int timeout_ms, bool& readable) {
  pollfd wanted{PQsocket(handle_.get()), POLLIN, 0};
  const int ready = ::poll(&wanted, 1, std::max(timeout_ms, 0));
  readable = ready > 0;
  if (ready < 0 && errno != EINTR) {
    return lost(std::strerror(errno));
  }
  if (readable && PQconsumeInput(handle_.get()) == 0) {
    return lost(one_line_of(PQerrorMessage(handle_.get())));
  }
  return {};
}

Result<PostgresResult> PostgresConnection::fetch(int timeout_ms) {
  const Stopwatch watch;
  while (PQisBusy(handle_.get()) != 0) {
    const int left = timeout_ms - static_cast<int>(watch.ms());
    bool readable = false;
    KF_TRY(wait_readable(left, readable));
    if (!readable && left <= 0) {
      return lost("no answer within " + std::to_string(timeout_ms) + " ms");
    }
  }
  return PostgresResult(PQgetResult(handle_.get()));
}

Result<SqlRows> PostgresConnection::run(const std::string& statement,
                                        std::span<const SqlValue> parameters, int timeout_ms) {
  KF_REQUIRE(connected());
  const Parameters sent(parameters);
  if (PQsendQueryParams(handle_.get(), statement.c_str(), static_cast<int>(parameters.size()),
                        sent.types.data(), sent.pointers.data(), sent.lengths.data(),
                        sent.formats.data(), 1) == 0) {
    return lost(one_line_of(PQerrorMessage(handle_.get())));
  }
  KF_ASSIGN(const PostgresResult result, fetch(timeout_ms));
  KF_ASSIGN(const PostgresResult end, fetch(timeout_ms));  // none: the statement is over
  if (!result || PQstatus(handle_.get()) != CONNECTION_OK) {
    return lost(one_line_of(PQerrorMessage(handle_.get())));
  }
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return statement_error(name_, result.get());
  }
  last_tag_ = PQcmdStatus(result.get());
  SqlRows rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      rows[static_cast<std::size_t>(row)].push_back(field_value(result.get(), row, column));
    }
  }
  return rows;
}

Result<int> PostgresConnection::wait_for_notifications(int timeout_ms) {
  KF_REQUIRE(connected());
  bool readable = false;
  KF_TRY(wait_readable(timeout_ms, readable));
  int count = 0;
  while (const std::unique_ptr<PGnotify, FreePostgres> told{PQnotifies(handle_.get())}) {
    ++count;
  }
  return count;
}

}  // namespace kface
