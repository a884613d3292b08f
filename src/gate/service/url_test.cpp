#include "gate/service/url.h"

#include <gtest/gtest.h>

namespace kface::service {
namespace {

TEST(ParseTarget, ReadsPathAndQuery) {
  const auto target = parse_target("/v1/people?query=%EA%B9%80+a&group=&x");
  ASSERT_TRUE(target.ok()) << target.error().message();
  EXPECT_EQ(target.value().path, "/v1/people");
  EXPECT_EQ(target.value().query.at("query"), "\xEA\xB9\x80 a");
  EXPECT_EQ(target.value().query.at("group"), "");
  EXPECT_EQ(target.value().query.at("x"), "");
}

TEST(ParseTarget, SaysWhatItRefuses) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "does not start with a slash"},
      {"v1", "does not start with a slash"},
      {"/a/../b", "relative segment"},
      {"/a/.", "relative segment"},
      {"/%2e", "characters that no path"},
      {"/a b", "characters that no path"},
      {"//a", "empty segment"},
      {"/a?b=%4", "two hexadecimal digits"},
      {"/a?b=%00", "control characters"},
      {"/a?b=%ff", "not UTF-8"},
      {"/a?b=1&b=2", "given twice"},
      {"/" + std::string(kMaxTarget, 'a'), "longer than 4096 bytes"},
  };
  for (const auto& [text, message] : cases) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_NE(target.error().message().find(message), std::string::npos)
        << target.error().message();
  }
  std::string many = "/a?";
  for (int i = 0; i < 40; ++i) {
    many += "p" + std::to_string(i) + "=1&";
  }
  EXPECT_FALSE(parse_target(many).ok());
}

TEST(IsPlainText, TakesTextAndNoControlCharacters) {
  for (const char* text : {"", "a", "\xEA\xB9\x80", "\xF0\x9F\x98\x80", "\xC3\xA9"}) {
    EXPECT_TRUE(is_plain_text(text)) << text;
  }
  for (const char* text : {"\n", "\x7f", "\xC2\x85", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xEA\xB9", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_plain_text(text)) << text;
  }
  EXPECT_FALSE(is_plain_text(std::string_view("\0", 1)));
}

TEST(PathSegments, KeepATrailingSlash) {
  EXPECT_EQ(path_segments("/"), std::vector<std::string>{});
  EXPECT_EQ(path_segments("/a/b"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(path_segments("/a/"), (std::vector<std::string>{"a", ""}));
}

}  // namespace
}  // namespace kface::service
