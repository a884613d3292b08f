#include "base/csv.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

TEST(Csv, EveryFieldSurvivesTheRoundTrip) {
  const std::vector<CsvRow> rows = {
      {"a", "b,c", "d\"e"}, {"", "김 철수", "two\nlines"}, {"", "", ""}};
  std::string text;
  for (const auto& row : rows) {
    text += csv_line(row);
  }
  const auto parsed = parse_csv(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_EQ(parsed.value(), rows);
}

TEST(Csv, AcceptsWindowsLineEndsAndSkipsEmptyLines) {
  const auto parsed = parse_csv("a,b\r\n\r\nc,d\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value(), (std::vector<CsvRow>{{"a", "b"}, {"c", "d"}}));
}

TEST(Csv, AFileCutShortIsRefused) {
  for (const char* text : {"a,b\nc", "a,b\nc,", "a,\"b"}) {
    const auto parsed = parse_csv(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorruption);
    EXPECT_NE(parsed.error().message().find("cut short"), std::string::npos);
  }
}

TEST(Csv, StrayQuotesAreNamedWithTheirLine) {
  EXPECT_EQ(parse_csv("a\nb\"c\n").error().message(), "line 2: a quote inside an unquoted field");
  EXPECT_EQ(parse_csv("\"a\"b\n").error().message(), "line 1: text after a closing quote");
}

}  // namespace
}  // namespace kface
