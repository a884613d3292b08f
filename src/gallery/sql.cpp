#include "gallery/sql.h"

#include <array>

namespace kface {
namespace {

Status wrong_type(std::size_t column, const char* expected) {
  return {ErrorCode::kCorruption, "column " + std::to_string(column) + " of a row is no " +
                                      expected + ": the database was altered; restore a backup"};
}

}  // namespace

Result<std::int64_t> sql_integer(const SqlRow& row, std::size_t column) {
  KF_REQUIRE(column < row.size(), column, row.size());
  const auto* value = std::get_if<std::int64_t>(&row[column]);
  return value == nullptr ? Result<std::int64_t>(wrong_type(column, "integer")) : *value;
}

Result<std::string> sql_text(const SqlRow& row, std::size_t column) {
  KF_REQUIRE(column < row.size(), column, row.size());
  if (std::holds_alternative<std::monostate>(row[column])) {
    return std::string();
  }
  const auto* value = std::get_if<std::string>(&row[column]);
  return value == nullptr ? Result<std::string>(wrong_type(column, "text")) : *value;
}

Result<SqlBytes> sql_bytes(const SqlRow& row, std::size_t column) {
  KF_REQUIRE(column < row.size(), column, row.size());
  const auto* value = std::get_if<SqlBytes>(&row[column]);
  return value == nullptr ? Result<SqlBytes>(wrong_type(column, "bytes")) : *value;
}

std::string in_dialect(std::string_view statement, const SqlDialect& dialect) {
  const std::array<std::pair<std::string_view, std::string_view>, 4> words = {{
      {"{int}", dialect.integer},
      {"{text}", dialect.text},
      {"{bytes}", dialect.bytes},
      {"{strict}", dialect.strict},
  }};
  std::string text(statement);
  for (const auto& [word, meaning] : words) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      text.replace(at, word.size(), meaning);
    }
  }
  return text;
}

}  // namespace kface
