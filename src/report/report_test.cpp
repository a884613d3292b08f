#include "report/report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "base/files.h"
#include "report/assets.h"
#include "report/data_uri.h"
#include "report/sample_record_for_test.h"

namespace kface {
namespace {

using Json = nlohmann::ordered_json;
using report::small_compare;
using report::small_pair;
using report::small_sweep;
using std::filesystem::path;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
    ++found;
  }
  return found;
}

// What stands in <script type="application/json" id="NAME">.
Json embedded(const std::string& page, const std::string& name) {
  const std::string open = "id=\"" + name + "\">";
  const std::size_t begin = page.find(open) + open.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

class Report : public testing::Test {
 protected:
  void SetUp() override {
    folder =
        path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(write_file_atomic(folder / "chips/a.png", "\x89PNG\r\n\x1a\n").ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  path folder;
};

TEST_F(Report, CarriesTheRecordAndItsChips) {
  Json record = small_sweep();
  record["worst_pairs"] = Json::array(
      {small_pair("chips/a.png", "chips/gone.png"), small_pair("chips/a.png", "chips/a.png")});
  const auto page = render_report(record.dump(), folder);
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(embedded(page.value(), "record"), record);
  const Json chips = embedded(page.value(), "chips");
  ASSERT_EQ(chips.size(), 1u);  // the missing one is left out, the other stands once
  EXPECT_EQ(chips["chips/a.png"], "data:image/png;base64,iVBORw0KGgo=");
}

TEST_F(Report, IsTheSameBytesAgain) {
  EXPECT_EQ(render_report(small_sweep().dump(), folder).value(),
            render_report(small_sweep().dump(4), folder).value());
}

TEST_F(Report, LetsNoTextOfTheRecordBecomeMarkup) {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> @@RECORD@@ \" ' & 김";
  Json record = small_sweep();
  record["dataset"]["name"] = hostile;
  record["dataset"]["attributes"][hostile] = {{hostile, 1}};
  record["worst_pairs"] = Json::array({small_pair("chips/gone.png", "chips/gone.png")});
  record["worst_pairs"][0]["a"]["identity"] = hostile;
  const auto page = render_report(record.dump(), folder);
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(embedded(page.value(), "record"), record);
  EXPECT_EQ(page.value().find("<img src=x"), std::string::npos);
  EXPECT_EQ(page.value().find("<script>alert"), std::string::npos);
  const std::string plain = render_report(small_sweep().dump(), folder).value();
  EXPECT_EQ(count(page.value(), "</script"), count(plain, "</script"));
}

TEST_F(Report, AsksForNothingOutsideItself) {
  const std::string page = render_report(small_sweep().dump(), folder).value();
  for (const char* reference :
       {"src=\"http", "href=\"http", "src=\"//", "url(", "@import", "<link"}) {
    EXPECT_EQ(count(std::string(report::page_template()) + std::string(report::style_sheet()) +
                        report::page_script(),
                    reference),
              0u)
        << reference;
  }
  EXPECT_NE(page.find("default-src 'none'; script-src 'sha256-"), std::string::npos);
}

TEST_F(Report, SaysWhatIsWrongWithARecord) {
  EXPECT_EQ(render_report("{", folder).error().code(), ErrorCode::kCorruption);
  Json record = small_compare();
  record["version"] = 2;
  EXPECT_EQ(render_report(record.dump(), folder).error().code(), ErrorCode::kVersion);
}

TEST_F(Report, RefusesAChipThatIsNoPictureOrTooLargeOrOutside) {
  Json record = small_sweep();
  record["worst_pairs"] = Json::array({small_pair("chips/a.png", "../b.png")});
  EXPECT_EQ(render_report(record.dump(), folder).error().code(), ErrorCode::kCorruption);
  ASSERT_TRUE(write_file_atomic(folder / "chips/b.png", "text").ok());
  record["worst_pairs"] = Json::array({small_pair("chips/a.png", "chips/b.png")});
  EXPECT_EQ(render_report(record.dump(), folder).error().code(), ErrorCode::kCorruption);
  ASSERT_TRUE(write_file_atomic(folder / "chips/b.png", std::string((8u << 20) + 1, 'x')).ok());
  EXPECT_EQ(render_report(record.dump(), folder).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(Report, IsWrittenBesideItsRecord) {
  ASSERT_TRUE(write_file_atomic(folder / "results.json", small_compare().dump()).ok());
  const Status status =
      write_report(folder / "results.json", folder, folder / "new" / "report.html");
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(read_text(folder / "new" / "report.html").value(),
            render_report(small_compare().dump(), folder).value());
}

TEST_F(Report, NamesTheRecordThatCannotBeShown) {
  EXPECT_EQ(write_report(folder / "none.json", folder, folder / "r.html").code(),
            ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomic(folder / "results.json", "{").ok());
  const Status status = write_report(folder / "results.json", folder, folder / "r.html");
  EXPECT_EQ(status.code(), ErrorCode::kCorruption);
  EXPECT_NE(status.message().find("results.json: run record: not JSON"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "r.html"));
}

TEST_F(Report, SaysThatItCannotBeWritten) {
  ASSERT_TRUE(write_file_atomic(folder / "results.json", small_compare().dump()).ok());
  EXPECT_EQ(write_report(folder / "results.json", folder, folder / "chips/a.png" / "r.html").code(),
            ErrorCode::kIo);
}

TEST(ReportAssets, HaveEverySentenceInBothLanguages) {
  const Json strings = Json::parse(report::strings_json());
  std::set<std::string> english;
  std::set<std::string> korean;
  for (const auto& [key, text] : strings["en"].items()) {
    english.insert(key);
    // A figure that one language shows must not be missing in the other.
    EXPECT_EQ(count(text.get<std::string>(), "{"),
              count(strings["ko"].value(key, std::string()), "{"))
        << key;
  }
  for (const auto& item : strings["ko"].items()) {
    korean.insert(item.key());
  }
  EXPECT_EQ(english, korean);
}

TEST(ReportAssets, DoNotEndTheScriptElementTheyStandIn) {
  EXPECT_EQ(count(report::page_script(), "</script"), 0u);
  EXPECT_EQ(count(report::page_script(), "<!--"), 0u);
  EXPECT_EQ(count(report::echarts_script(), "</script"), 0u);
  EXPECT_EQ(count(report::echarts_script(), "<!--"), 0u);
}

}  // namespace
}  // namespace kface
