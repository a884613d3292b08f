#include "gate/page.h"

#include <gtest/gtest.h>

#include <string>

namespace kface {
namespace {

TEST(PageFile, GivesAnHtmlPageAtTheRoot) {
  const auto page = page_file("/");
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(page->bytes.starts_with("<!DOCTYPE html>"));
}

TEST(PageFile, HasNothingInlineThatThePolicyWouldRefuse) {
  const std::string html(page_file("/").value().bytes);
  EXPECT_EQ(html.find("<style"), std::string::npos);
  EXPECT_EQ(html.find(" style="), std::string::npos);
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_EQ(html.find("http://"), std::string::npos);
  EXPECT_EQ(html.find("https://"), std::string::npos);
}

TEST(PageFile, GivesNothingForOtherPaths) {
  for (const char* path :
       {"", "/index.html", "//", "/assets", "/assets/", "/assets/../", "/assets/page.js/",
        "/assets/page.js?x", "/ASSETS/page.js", "/assets/%2e%2e/page.js", "/v1/health"}) {
    EXPECT_FALSE(page_file(path).has_value()) << path;
  }
  EXPECT_FALSE(page_file(std::string_view("/\0x", 3)).has_value());
}

TEST(PageFile, HasEveryFileThatThePageNames) {
  if (!page_file("/assets/page.js")) {
    GTEST_SKIP() << "built without the page (scripts/build_page.sh)";
  }
  std::size_t total = 0;
  const std::string html(page_file("/").value().bytes);
  for (std::size_t at = html.find("\"/assets/"); at != std::string::npos;
       at = html.find("\"/assets/", at + 1)) {
    const std::string path = html.substr(at + 1, html.find('"', at + 1) - at - 1);
    const auto file = page_file(path);
    ASSERT_TRUE(file.has_value()) << path;
    EXPECT_FALSE(file->bytes.empty()) << path;
    EXPECT_FALSE(file->content_type.empty()) << path;
    total += file->bytes.size();
  }
  EXPECT_GT(total, 10'000U);
  EXPECT_LT(total, 300'000U);  // small: it is served by a small machine at a door
}

}  // namespace
}  // namespace kface
