#include "gate/audit_record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/csv.h"
#include "gate/audit_text.h"

namespace kface {
namespace {

const std::string chain(64, 'a');

AuditEntry full_entry() {
  return {.at = 1'764'101'355'123,
          .kind = "decision",
          .gate = "북문",
          .event = "e-1",
          .actor = "camera",
          .person = "p-1",
          .direction = "entry",
          .verdict = "granted",
          .reason = "match",
          .distance = 0.25,
          .threshold = 0.5,
          .far = 1e-5,
          .margin = -0.125,
          .quality = 1,
          .liveness = 0,
          .time_ms = 41.5,
          .details = "d1",
          .note = "say \"hi\"\n"};
}

TEST(AuditRecord, HasOneSpellingThatTheFormatShows) {
  EXPECT_EQ(join_audit_line(encode_audit_body(17, full_entry()), chain),
            "{\"sequence\":17,\"at\":1764101355123,\"kind\":\"decision\",\"gate\":\"북문\","
            "\"event\":\"e-1\",\"actor\":\"camera\",\"person\":\"p-1\",\"direction\":\"entry\","
            "\"verdict\":\"granted\",\"reason\":\"match\",\"distance\":0.25,\"threshold\":0.5,"
            "\"far\":1e-05,\"margin\":-0.125,\"quality\":1,\"liveness\":0,\"time_ms\":41.5,"
            "\"details\":\"d1\",\"note\":\"say \\\"hi\\\"\\u000a\",\"chain\":\"" +
                chain + "\"}\n");
}

TEST(AuditRecord, ReadsBackAsWhatWasWritten) {
  std::string line = join_audit_line(encode_audit_body(17, full_entry()), chain);
  line.pop_back();
  const auto record = decode_audit_line(line);
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(record.value().sequence, 17U);
  EXPECT_EQ(record.value().entry.note, "say \"hi\"\n");
  EXPECT_EQ(record.value().entry.far, 1e-5);
  EXPECT_EQ(record.value().chain, chain);
  EXPECT_EQ(audit_json_line(record.value()), line + "\n");
}

TEST(AuditRecord, LeavesOutWhatIsNotSaid) {
  EXPECT_EQ(encode_audit_body(1, {.at = -5, .kind = "start"}),
            "{\"sequence\":1,\"at\":-5,\"kind\":\"start\"");
}

TEST(AuditRecord, WritesANumberThatIsNoneAsNull) {
  const AuditEntry entry{.at = 1,
                         .kind = "decision",
                         .distance = std::nan(""),
                         .margin = std::numeric_limits<double>::infinity()};
  std::string line = join_audit_line(encode_audit_body(1, entry), chain);
  EXPECT_NE(line.find("\"distance\":null,\"margin\":null"), std::string::npos) << line;
  line.pop_back();
  const auto record = decode_audit_line(line);
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_FALSE(record.value().entry.distance.has_value());
}

TEST(AuditRecord, KeepsTheLongestPossibleTextOnALineThatReadersTake) {
  const std::string worst(100'000, '\x01');
  const AuditEntry entry{.at = std::numeric_limits<UnixMs>::min(),
                         .kind = worst,
                         .gate = worst,
                         .event = worst,
                         .actor = worst,
                         .person = worst,
                         .direction = worst,
                         .verdict = worst,
                         .reason = worst,
                         .details = worst,
                         .note = worst};
  std::string line = join_audit_line(encode_audit_body(UINT64_MAX, entry), chain);
  line.pop_back();
  EXPECT_LE(line.size(), kLongestAuditLine);
  EXPECT_TRUE(decode_audit_line(line).ok());
}

// `start`, `middle` and the end of a record.
std::string line_of(const std::string& middle,
                    const std::string& start = "{\"sequence\":1,\"at\":2") {
  std::string line = start;
  line += middle;
  line += ",\"chain\":\"";
  line += chain;
  line += "\"}";
  return line;
}

void expect_no_record(const std::string& line) {
  const auto record = decode_audit_line(line);
  ASSERT_FALSE(record.ok()) << line.substr(0, 200);
  EXPECT_EQ(record.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(record.error().message().find("not a record"), std::string::npos);
}

TEST(AuditRecord, RefusesLinesThatDoNotBeginOrEndAsOne) {
  const std::string good = line_of(",\"kind\":\"x\"");
  EXPECT_TRUE(decode_audit_line(good).ok());
  for (std::size_t size = 0; size < good.size(); ++size) {
    expect_no_record(good.substr(0, size));
    expect_no_record(good.substr(good.size() - size));
  }
  expect_no_record("{}");
  expect_no_record(good + " ");
  std::string upper_case = good;
  upper_case[good.size() - 3] = 'A';
  expect_no_record(upper_case);
  for (const char* start : {"{\"sequence\":-1,\"at\":2", "{\"sequence\":1,\"at\":\"2\"",
                            "{\"sequence\":18446744073709551616,\"at\":2"}) {
    expect_no_record(line_of("", start));
  }
}

TEST(AuditRecord, RefusesFieldsThatAreNone) {
  for (const char* field : {",\"surprise\":1", ",\"note\":5", ",\"far\":\"0.1\"", ",\"far\":1e999",
                            ",\"note\":\"\xFF\"", ",\"note\":\"\\ud800\"", ",\"note\":"}) {
    expect_no_record(line_of(field));
  }
  expect_no_record(line_of(",\"note\":" + std::string(100'000, '[')));
  expect_no_record(line_of(",\"note\":\"" + std::string(kLongestAuditLine, 'a') + "\""));
}

TEST(AuditCsv, HasARowForTheHeadingAndEachRecord) {
  const AuditRecord record{17, full_entry(), chain};
  const auto rows = parse_csv(audit_csv_heading() + audit_csv_line(record));
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  ASSERT_EQ(rows.value().size(), 2U);
  const CsvRow& names = rows.value()[0];
  const CsvRow& cells = rows.value()[1];
  ASSERT_EQ(names.size(), cells.size());
  const auto cell = [&](const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name) - names.begin();
    return cells.at(static_cast<std::size_t>(at));
  };
  EXPECT_EQ(cell("sequence"), "17");
  EXPECT_EQ(cell("time"), "2025-11-25T20:09:15.123Z");
  EXPECT_EQ(cell("margin"), "-0.125");
  EXPECT_EQ(cell("note"), "say \"hi\"\n");
  EXPECT_EQ(cell("chain"), chain);
}

TEST(AuditCsv, GivesSpreadsheetsNoFormula) {
  for (const char* formula : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"}) {
    const AuditRecord record{1, {.at = 0, .kind = "refusal", .note = formula}, chain};
    const auto rows = parse_csv(audit_csv_line(record));
    ASSERT_TRUE(rows.ok()) << rows.error().message();
    EXPECT_EQ(rows.value()[0][rows.value()[0].size() - 2], std::string("'") + formula);
  }
}

TEST(AuditText, ReplacesWhatIsNoUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(clean_utf8("a\xFFz", 100), "a" + bad + "z");
  EXPECT_EQ(clean_utf8("\xC0\x80", 100), bad + bad);                      // overlong
  EXPECT_EQ(clean_utf8("\xED\xA0\x80", 100), bad + bad + bad);            // surrogate
  EXPECT_EQ(clean_utf8("\xF4\x90\x80\x80", 100), bad + bad + bad + bad);  // beyond U+10FFFF
  EXPECT_EQ(clean_utf8("\xE2\x82", 100), bad + bad);                      // cut short
  EXPECT_EQ(clean_utf8("김\xF0\x9F\x98\x80", 100), "김\xF0\x9F\x98\x80");
}

TEST(AuditText, CutsAtACharacterAndSaysSo) {
  EXPECT_EQ(clean_utf8("abcdef", 6), "abcdef");
  EXPECT_EQ(clean_utf8("abcdefg", 6), "abc…");
  EXPECT_EQ(clean_utf8("김김김", 8), "김…");
  EXPECT_EQ(clean_utf8(clean_utf8("김김김", 8), 8), "김…");
  EXPECT_EQ(clean_utf8("abcd", 3), "…");
}

TEST(AuditText, EscapesWhatATerminalObeys) {
  std::string json;
  append_json_text(json, std::string("\x1b[2J\x7F\xC2\x9B\xE2\x80\xAE\\\"\0", 13));
  EXPECT_EQ(json, "\"\\u001b[2J\\u007f\\u009b\\u202e\\\\\\\"\\u0000\"");
}

}  // namespace
}  // namespace kface
