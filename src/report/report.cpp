#include "report/report.h"

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/digest.h"
#include "base/files.h"
#include "report/assets.h"
#include "report/data_uri.h"
#include "report/record_check.h"

namespace kface {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kMaxRecordBytes = std::uintmax_t{256} << 20;

// JSON that may stand inside a <script> element: no '<' is left, so that nothing in it can end the
// element or open a comment. "\u003c" means the same to every JSON reader.
std::string script_safe(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

// The source expression by which a Content-Security-Policy allows exactly this script.
std::string csp_hash(std::string_view script) {
  const std::string hex = sha256_hex(script);
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return "'sha256-" + report::base64(bytes) + "'";
}

// Chip path -> data URI of every chip that the record names; absent chips are left out.
Result<Json> collect_chips(const Json& record, const std::filesystem::path& dataset) {
  Json chips = Json::object();
  if (!record.contains("worst_pairs")) {
    return chips;
  }
  for (const Json& pair : record["worst_pairs"]) {
    for (const char* side : {"a", "b"}) {
      const std::string chip = pair[side]["chip"];
      if (chips.contains(chip)) {
        continue;
      }
      Result<std::string> uri = report::chip_data_uri(dataset, chip);
      if (uri.ok()) {
        chips[chip] = std::move(uri).value();
      } else if (uri.error().code() != ErrorCode::kNotFound) {
        return uri.error();
      }
    }
  }
  return chips;
}

// Puts `values` where the template says "@@NAME@@", in one pass: text that was put in is never
// looked at again.
std::string fill_template(std::string_view page, const std::map<std::string, std::string>& values) {
  std::string filled;
  while (true) {
    const std::size_t begin = page.find("@@");
    const std::size_t end = begin == page.npos ? begin : page.find("@@", begin + 2);
    if (end == page.npos) {
      filled += page;
      return filled;
    }
    filled += page.substr(0, begin);
    filled += values.at(std::string(page.substr(begin + 2, end - begin - 2)));
    page.remove_prefix(end + 2);
  }
}

}  // namespace

Result<std::string> render_report(std::string_view record, const std::filesystem::path& dataset) {
  KF_ASSIGN(const Json parsed, report::parse_record(record));
  KF_ASSIGN(const Json chips, collect_chips(parsed, dataset));
  const std::string echarts(report::echarts_script());
  const std::string script = report::page_script();
  return fill_template(report::page_template(),
                       {{"SCRIPT_HASHES", csp_hash(echarts) + " " + csp_hash(script)},
                        {"STYLE", std::string(report::style_sheet())},
                        {"ECHARTS", echarts},
                        {"SCRIPT", script},
                        {"STRINGS", script_safe(report::strings_json())},
                        {"RECORD", script_safe(parsed.dump())},
                        {"CHIPS", script_safe(chips.dump())}});
}

Status write_report(const std::filesystem::path& record, const std::filesystem::path& dataset,
                    const std::filesystem::path& out) {
  KF_ASSIGN(const std::string text, read_text(record, kMaxRecordBytes));
  const Result<std::string> page = render_report(text, dataset);
  if (!page.ok()) {
    return Status{page.error().code(), record.string() + ": " + page.error().message()};
  }
  return write_file_atomic(out, page.value());
}

}  // namespace kface
