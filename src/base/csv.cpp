#include "base/csv.h"

#include <cstddef>

namespace kface {
namespace {

class CsvParser {
 public:
  explicit CsvParser(std::string_view text) : text_(text) {}

  Result<std::vector<CsvRow>> parse() {
    while (at_ < text_.size()) {
      KF_TRY(parse_row());
    }
    return std::move(rows_);
  }

 private:
  Status parse_row() {
    CsvRow row;
    for (;;) {
      std::string field;
      KF_TRY(text_[at_] == '"' ? parse_quoted(field) : parse_plain(field));
      row.push_back(std::move(field));
      if (at_ >= text_.size()) {
        return corrupt("the last row has no newline: the file is cut short");
      }
      const char end = text_[at_++];
      if (end == ',') {
        if (at_ >= text_.size()) {
          return corrupt("the last row has no newline: the file is cut short");
        }
        continue;
      }
      if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') {
        ++at_;
      }
      ++line_;
      break;
    }
    if (row.size() > 1 || !row.front().empty()) {
      rows_.push_back(std::move(row));
    }
    return {};
  }

  Status parse_plain(std::string& field) {
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"') {
        return corrupt("a quote inside an unquoted field");
      }
      field += text_[at_++];
    }
    return {};
  }

  Status parse_quoted(std::string& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        line_ += text_[at_] == '\n' ? 1U : 0U;
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += '"';
        ++at_;
      } else {
        ++at_;
        const bool ends =
            at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r';
        return ends ? Status{} : corrupt("text after a closing quote");
      }
    }
    return corrupt("a quoted field is not closed: the file is cut short");
  }

  Status corrupt(const std::string& what) const {
    return Status{ErrorCode::kCorruption, "line " + std::to_string(line_) + ": " + what};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<CsvRow> rows_;
};

}  // namespace

std::string csv_line(const CsvRow& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) {
      line += ',';
    }
    const std::string& field = row[i];
    // A lone empty field would be an empty line, which a reader skips.
    const bool lone_empty = field.empty() && row.size() == 1;
    if (!lone_empty && field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) {
      line += c;
      if (c == '"') {
        line += '"';
      }
    }
    line += '"';
  }
  line += '\n';
  return line;
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text) { return CsvParser(text).parse(); }

}  // namespace kface
