#include "dataset/text.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

TEST(IsUtf8, AcceptsKoreanAndRefusesHalvedOverlongAndSurrogateBytes) {
  EXPECT_TRUE(is_utf8("김철수 photo.jpg"));
  EXPECT_TRUE(is_utf8("\xF0\x9F\x98\x80"));
  EXPECT_FALSE(is_utf8("\xEA\xB9"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
}

TEST(ToUtf8, WritesEachBadByteAsPercent) { EXPECT_EQ(to_utf8("a\xFF김\xEA"), "a%FF김%EA"); }

TEST(OneLine, ReplacesControlCharacters) { EXPECT_EQ(one_line("a\nb\tc"), "a b c"); }

TEST(SafeName, KeepsLettersOfAnyScriptAndEscapesTheRest) {
  EXPECT_EQ(safe_name("김 철수"), "김%20철수");
  EXPECT_EQ(safe_name("S001/L1/C7.jpg"), "S001+L1+C7.jpg");
  EXPECT_EQ(safe_name("a+b%"), "a%2Bb%25");
  EXPECT_EQ(safe_name("../x"), "%2E.+x");
  EXPECT_EQ(safe_name(""), "%");
}

TEST(SafeName, CutsLongNamesAtACharacterAndKeepsThemDifferent) {
  std::string longer;
  for (int i = 0; i < 100; ++i) {
    longer += "김";
  }
  const std::string name = safe_name(longer);
  EXPECT_LE(name.size(), 130U);
  EXPECT_TRUE(is_utf8(name));
  EXPECT_NE(name, safe_name(longer + "김"));
}

TEST(ParseNumbers, TakeOnlyWholeFiniteText) {
  EXPECT_EQ(parse_int("-12"), -12);
  EXPECT_EQ(parse_double("2.5"), 2.5);
  for (const char* bad : {"", " 1", "1 ", "nan", "inf", "1e999", "0x1", "1,5"}) {
    EXPECT_FALSE(parse_double(bad).has_value()) << bad;
    EXPECT_FALSE(parse_int(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_int("99999999999").has_value());
}

TEST(FormatFloat, ParsesBackToTheSameValue) {
  for (const float value : {0.1F, -3.0F, 1e-20F, 12345.678F}) {
    EXPECT_EQ(static_cast<float>(parse_double(format_float(value)).value()), value);
  }
}

}  // namespace
}  // namespace kface
