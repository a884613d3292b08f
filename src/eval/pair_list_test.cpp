#include "eval/pair_list.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"

namespace kface {
namespace {

std::string error_of(std::string_view text) {
  const auto list = parse_pair_list(text, "pairs.txt");
  return list.ok() ? "" : list.error().message();
}

TEST(PairList, ReadsTheFormatOfLfw) {
  const auto list = parse_pair_list(
      "2\t1\nAnn\t1\t12\nAnn\t1\tBob_Lee\t3\nCy\t2\t1\nCy\t9999\tAnn\t1\n", "pairs.txt");
  ASSERT_TRUE(list.ok()) << list.error().message();
  EXPECT_EQ(list.value().num_folds, 2u);
  const auto& pairs = list.value().pairs;
  ASSERT_EQ(pairs.size(), 4u);
  EXPECT_EQ(pairs[0].a, "Ann_0001");
  EXPECT_EQ(pairs[0].b, "Ann_0012");
  EXPECT_TRUE(pairs[0].same);
  EXPECT_EQ(pairs[1].b, "Bob_Lee_0003");
  EXPECT_FALSE(pairs[1].same);
  EXPECT_EQ(pairs[1].fold, 0u);
  EXPECT_EQ(pairs[3].a, "Cy_9999");
  EXPECT_EQ(pairs[3].fold, 1u);
}

TEST(PairList, ReadsOneFoldSpacesWindowsLinesAndNoLastNewline) {
  const auto list = parse_pair_list(
      "\xEF\xBB\xBF"
      "1\r\nAnn  1 2\r\n\r\nAnn 1 Bob 2",
      "dev.txt");
  ASSERT_TRUE(list.ok()) << list.error().message();
  EXPECT_EQ(list.value().num_folds, 1u);
  EXPECT_EQ(list.value().pairs[1].b, "Bob_0002");
}

TEST(PairList, ReadsAPlainListWithSpacesInNames) {
  const auto list =
      parse_pair_list("# office\n김 철수/1\t김 철수/2\t1\na b/1\tc/2\t0\nx y 0\n", "list");
  ASSERT_TRUE(list.ok()) << list.error().message();
  ASSERT_EQ(list.value().pairs.size(), 3u);
  EXPECT_EQ(list.value().pairs[0].a, "김 철수/1");
  EXPECT_TRUE(list.value().pairs[0].same);
  EXPECT_EQ(list.value().pairs[1].a, "a b/1");
  EXPECT_FALSE(list.value().pairs[2].same);
}

TEST(PairList, RefusesAListWithoutPairs) {
  for (const char* text : {"", "\n\n", "# nothing\n"}) {
    const auto list = parse_pair_list(text, "pairs.txt");
    ASSERT_FALSE(list.ok());
    EXPECT_EQ(list.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(list.error().message(),
              "pairs.txt: no pairs; expected lines 'A B 1' or 'A B 0', or LFW's pairs.txt");
  }
}

TEST(PairList, RefusesRowsThatDoNotFitTheHeader) {
  const std::string rows = "Ann\t1\t2\nAnn\t1\tBob\t2\n";
  EXPECT_EQ(error_of("1\t2\n" + rows),
            "pairs.txt: 2 pairs, but the first line announces 4 (1 folds x 2 x 2)");
  EXPECT_EQ(error_of("1\t1\n" + rows + "Cy\t1\t2\n"),
            "pairs.txt: 3 pairs, but the first line announces 2 (1 folds x 2 x 1)");
  EXPECT_EQ(error_of("1000000\t1000000\n" + rows),
            "pairs.txt: 2 pairs, but the first line announces 2000000000000 (1000000 folds x 2 x "
            "1000000)");
  EXPECT_EQ(error_of("1\t1\nAnn\t1\tBob\t2\nAnn\t1\t2\n"),
            "pairs.txt: line 2: 4 columns, expected 3 of a same pair (name, number, number)");
  EXPECT_NE(error_of("1\t1\nAnn\t1\t2\nAnn\t1\tBob\n").find("line 3: 3 columns, expected 4"),
            std::string::npos);
}

TEST(PairList, RefusesHeadersThatAreNotNumbers) {
  for (const char* header :
       {"0\t1", "-1\t1", "1\t99999999999999999999", "ten\t300", "1.5", "1e3", "1000001"}) {
    const std::string error = error_of(std::string(header) + "\nAnn\t1\t2\nAnn\t1\tBob\t2\n");
    EXPECT_NE(error.find("line 1: found '"), std::string::npos) << header << ": " << error;
  }
}

TEST(PairList, RefusesBadImageNumbers) {
  for (const char* number : {"0", "-1", "10000", "1x", "99999999999999999999", "+1"}) {
    const std::string error =
        error_of(std::string("1\t1\nAnn\t1\t") + number + "\nAnn\t1\tBob\t2\n");
    EXPECT_EQ(error,
              "pairs.txt: line 2: image number '" + std::string(number) + "', expected 1 to 9999");
  }
}

TEST(PairList, RefusesPairsThatSayNothing) {
  EXPECT_EQ(error_of("1\t1\nAnn\t2\t2\nAnn\t1\tBob\t2\n"),
            "pairs.txt: line 2: a pair of an image with itself, 'Ann_0002'");
  EXPECT_EQ(error_of("1\t1\nAnn\t1\t2\nAnn\t1\tAnn\t2\n"),
            "pairs.txt: line 3: a different pair of one person, 'Ann'");
  EXPECT_EQ(error_of("a a 1\n"), "pairs.txt: line 1: a pair of an image with itself, 'a'");
}

TEST(PairList, RefusesPlainRowsThatAreNotPairs) {
  EXPECT_EQ(error_of("a b 1\n\na b\n"),
            "pairs.txt: line 3: 2 columns, expected 3: image, image, 1 or 0");
  EXPECT_EQ(error_of("a b 2\n"),
            "pairs.txt: line 1: label '2', expected 1 (same person) or 0 (different people)");
  EXPECT_NE(error_of("a b c 1\n").find("4 columns"), std::string::npos);
  EXPECT_EQ(error_of(std::string_view("a b 1\n\0", 7)),
            "pairs.txt: a zero byte at offset 6; this is not a text file");
}

TEST(PairList, ReadsTheRealListOfLfw) {
  const char* data = std::getenv("KFACE_DATA");
  const auto path = std::filesystem::path(data == nullptr ? "" : data) / "lfw/pairs.txt";
  if (data == nullptr || !std::filesystem::exists(path)) {
    GTEST_SKIP() << "set KFACE_DATA to a folder that has lfw/pairs.txt";
  }
  const auto list = parse_pair_list(read_text(path).value(), path.string());
  ASSERT_TRUE(list.ok()) << list.error().message();
  EXPECT_EQ(list.value().num_folds, 10u);
  EXPECT_EQ(list.value().pairs.size(), 6000u);
  EXPECT_EQ(list.value().pairs[0].b, "Abel_Pacheco_0004");
}

}  // namespace
}  // namespace kface
