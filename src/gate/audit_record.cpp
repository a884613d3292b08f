#include "gate/audit_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/times.h"
#include "gate/audit_text.h"

namespace kface {
namespace {

constexpr std::string_view kSequenceMark = "{\"sequence\":";
constexpr std::string_view kAtMark = ",\"at\":";
constexpr std::string_view kChainMark = ",\"chain\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kChainDigits = 64;

// Calls text(name, member) or number(name, member) for every field in the file's order.
template <typename Entry, typename Text, typename Number>
void visit_entry(Entry& entry, Text&& text, Number&& number) {
  text("kind", entry.kind);
  text("gate", entry.gate);
  text("event", entry.event);
  text("actor", entry.actor);
  text("person", entry.person);
  text("direction", entry.direction);
  text("verdict", entry.verdict);
  text("reason", entry.reason);
  number("distance", entry.distance);
  number("threshold", entry.threshold);
  number("far", entry.far);
  number("margin", entry.margin);
  number("quality", entry.quality);
  number("liveness", entry.liveness);
  number("time_ms", entry.time_ms);
  text("details", entry.details);
  text("note", entry.note);
}

// The fewest digits that read back as the same number, whatever the locale.
template <typename Number>
std::string number_text(Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

// Reads a whole number at the start of `text` and takes it away.
template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// Spreadsheets run a cell that begins like a formula; a quote in front makes it text.
std::string harmless_cell(std::string text) {
  constexpr std::string_view kFormulaStarts = "=+-@\t\r";
  if (!text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos) {
    text.insert(text.begin(), '\'');
  }
  return text;
}

Status record_error(const std::string& what) {
  return Status{ErrorCode::kCorruption, "not a record: " + what};
}

// Takes the fields of a record's object; the first fault stays.
class FieldReader {
 public:
  explicit FieldReader(const nlohmann::json& object) : object_(object) {}

  void text(const char* name, std::string& value) {
    if (const nlohmann::json* field = find(name); field != nullptr) {
      field->is_string() ? void(value = field->get<std::string>()) : fail(name, "is no text");
    }
  }
  void number(const char* name, std::optional<double>& value) {
    if (const nlohmann::json* field = find(name); field != nullptr && !field->is_null()) {
      field->is_number() ? void(value = field->get<double>()) : fail(name, "is no number");
    }
  }
  Status finish() const {
    if (!fault_.empty()) {
      return record_error(fault_);
    }
    return taken_ == object_.size() ? Status{} : record_error("it has fields that are not known");
  }

 private:
  const nlohmann::json* find(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) {
      return nullptr;
    }
    ++taken_;
    return &*found;
  }
  void fail(const std::string& name, const std::string& what) {
    fault_ = fault_.empty() ? "'" + name + "' " + what : fault_;
  }

  const nlohmann::json& object_;
  std::size_t taken_ = 0;
  std::string fault_;
};

}  // namespace

std::string encode_audit_field(std::string_view name, std::string_view value) {
  std::string json;
  append_json_text(json, name);
  json += ':';
  append_json_text(json, clean_utf8(value, kLongestAuditText));
  return json;
}

std::string encode_audit_body(std::uint64_t sequence, const AuditEntry& entry) {
  std::string body(kSequenceMark);
  body += number_text(sequence);
  body += kAtMark;
  body += number_text(entry.at);
  visit_entry(
      entry,
      [&](const char* name, const std::string& value) {
        if (!value.empty()) {
          body += ',' + encode_audit_field(name, value);
        }
      },
      [&](const char* name, const std::optional<double>& value) {
        if (value) {
          body += std::string(",\"") + name +
                  "\":" + (std::isfinite(*value) ? number_text(*value) : "null");
        }
      });
  return body;
}

std::string join_audit_line(std::string_view body, std::string_view chain) {
  std::string line(body);
  line += kChainMark;
  line += chain;
  line += kEnd;
  line += '\n';
  return line;
}

std::optional<AuditLineParts> split_audit_line(std::string_view line) {
  constexpr std::size_t kTail = kChainMark.size() + kChainDigits + kEnd.size();
  if (line.size() < kTail || !line.ends_with(kEnd)) {
    return std::nullopt;
  }
  const std::string_view tail = line.substr(line.size() - kTail);
  const std::string_view chain = tail.substr(kChainMark.size(), kChainDigits);
  const bool hexadecimal = chain.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!tail.starts_with(kChainMark) || !hexadecimal) {
    return std::nullopt;
  }
  return AuditLineParts{line.substr(0, line.size() - kTail), chain};
}

std::optional<AuditLineStart> read_audit_line_start(std::string_view line) {
  AuditLineStart start;
  if (!line.starts_with(kSequenceMark)) {
    return std::nullopt;
  }
  line.remove_prefix(kSequenceMark.size());
  if (!take_number(line, start.sequence) || !line.starts_with(kAtMark)) {
    return std::nullopt;
  }
  line.remove_prefix(kAtMark.size());
  if (!take_number(line, start.at) || line.empty() || line.front() != ',') {
    return std::nullopt;
  }
  return start;
}

Result<AuditRecord> decode_audit_line(std::string_view line) {
  const auto parts = split_audit_line(line);
  const auto start = read_audit_line_start(line);
  if (line.size() > kLongestAuditLine || !parts || !start) {
    return record_error("it does not begin with its sequence and time and end with its chain");
  }
  nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) {
    return record_error("the line is not a JSON object");
  }
  AuditRecord record;
  record.sequence = start->sequence;
  record.entry.at = start->at;
  record.chain = parts->chain;
  for (const char* name : {"sequence", "at", "chain"}) {
    object.erase(name);
  }
  FieldReader fields(object);
  visit_entry(
      record.entry, [&](const char* name, std::string& value) { fields.text(name, value); },
      [&](const char* name, std::optional<double>& value) { fields.number(name, value); });
  KF_TRY(fields.finish());
  return record;
}

std::string audit_json_line(const AuditRecord& record) {
  return join_audit_line(encode_audit_body(record.sequence, record.entry), record.chain);
}

std::string audit_csv_heading() {
  CsvRow row = {"sequence", "at", "time"};
  const AuditEntry entry;
  const auto add = [&](const char* name, const auto&) { row.emplace_back(name); };
  visit_entry(entry, add, add);
  row.emplace_back("chain");
  return csv_line(row);
}

std::string audit_csv_line(const AuditRecord& record) {
  CsvRow row = {number_text(record.sequence), number_text(record.entry.at),
                time_text(record.entry.at)};
  visit_entry(
      record.entry,
      [&](const char*, const std::string& value) {
        row.push_back(harmless_cell(clean_utf8(value, kLongestAuditText)));
      },
      [&](const char*, const std::optional<double>& value) {
        row.push_back(value && std::isfinite(*value) ? number_text(*value) : "");
      });
  row.push_back(record.chain);
  return csv_line(row);
}

}  // namespace kface
