#include "experiment/published_list.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

Manifest dataset(const std::vector<std::string>& ids) {
  Manifest manifest;
  for (const std::string& id : ids) {
    manifest.images.emplace_back().id = id;
  }
  return manifest;
}

PairList published(const std::string& text) { return parse_pair_list(text, "q.txt").value(); }

TEST(PublishedList, IsReadAsItIsPublishedAndFitsImportedIds) {
  const std::string text =
      "19071641/S001/L1/E01/C4.jpg 19071641/S001/L1/E01/C10.jpg 1\n"
      "19071641/S001/L1/E01/C4.jpg 19071642/S001/L1/E01/C7.jpg 0\n";
  const auto matched = match_published_list(
      published(text), dataset({"19071641/S001/L1/E01/C4.jpg", "19071641/S001/L1/E01/C10.jpg",
                                "19071642/S001/L1/E01/C7.jpg"}));
  ASSERT_TRUE(matched.ok()) << matched.error().message();
  EXPECT_EQ(list_text(matched.value().list), text);
  EXPECT_EQ(matched.value().num_absent, 0u);
  EXPECT_EQ(matched.value().num_refused, 0u);
}

TEST(PublishedList, FindsPhotosOfOtherSpellingAndTheBestResolution) {
  Manifest manifest =
      dataset({"1/high/S001/L1/E01/C4.png", "1/low/S001/L1/E01/C4.png", "1/high/S001/L1/E01/C5.png",
               "1/low/S001/L1/E01/C5.png", "1/high/S001/L1/E01/C6.png"});
  manifest.images[2].reason = "no face found";  // but the small one was taken
  manifest.images[4].reason = "no face found";
  const auto matched =
      match_published_list(published("1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C5.jpg 1\n"
                                     "1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C6.jpg 1\n"
                                     "1/S001/L1/E01/C4.jpg 2/S001/L1/E01/C6.jpg 0\n"),
                           manifest);
  ASSERT_TRUE(matched.ok()) << matched.error().message();
  EXPECT_EQ(list_text(matched.value().list),
            "1/high/S001/L1/E01/C4.png 1/low/S001/L1/E01/C5.png 1\n"
            "1/high/S001/L1/E01/C4.png 1/high/S001/L1/E01/C6.png 1\n");
  EXPECT_EQ(matched.value().num_absent, 1u);
  EXPECT_EQ(matched.value().num_refused, 1u);
}

TEST(PublishedList, RefusesOtherListsAndOtherDatasets) {
  const auto error = [](const std::string& text, const std::vector<std::string>& ids) {
    return match_published_list(published(text), dataset(ids)).error().message();
  };
  EXPECT_NE(error("a_0001 b_0001 0\n", {"1/S001/L1/E01/C4.jpg"}).find("'a_0001' is no photo"),
            std::string::npos);
  EXPECT_NE(
      error("1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C5.jpg 1\n", {"a.jpg"}).find("'a.jpg' is no photo"),
      std::string::npos);
  EXPECT_NE(error("1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C5.jpg 1\n", {"1/S001/L1/E01/C4.jpg"})
                .find("both photos of none of the 1 pairs"),
            std::string::npos);
}

}  // namespace
}  // namespace kface
