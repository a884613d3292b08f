#include <set>

#include "dataset/aihub.h"
#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::TempFolder;
using test::write_bytes;
using test::write_photo;
namespace fs = std::filesystem;

const JobContext kContext;

// People x sessions 1..6 x given lights, neutral and smiling, C7 and C1.
void write_tree(const fs::path& root, const std::vector<std::string>& people,
                const std::vector<int>& lights) {
  for (const std::string& person : people) {
    for (int session = 1; session <= 6; ++session) {
      for (const int light : lights) {
        for (const char* photo : {"E01/C7.jpg", "E01/C1.jpg", "E02/C7.jpg"}) {
          write_bytes(root / person / ("S00" + std::to_string(session)) /
                          ("L" + std::to_string(light)) / photo,
                      "x");
        }
      }
    }
  }
}

Result<SourceListing> scan(const fs::path& root, const AihubOptions& options = {}) {
  return scan_aihub(root, root / "../no-dataset", options, kContext);
}

std::vector<std::string> ids(const SourceListing& listing) {
  std::vector<std::string> result;
  for (const Candidate& candidate : listing.candidates) {
    result.push_back(candidate.id);
  }
  return result;
}

TEST(ScanAihub, TakesThePapersFivePhotosThatDiffer) {
  const TempFolder folder;
  write_tree(folder / "High_Resolution", {"19071641", "19071642"}, {1, 2, 7, 8, 16, 22, 25});
  const auto listing = scan(folder.path());
  ASSERT_TRUE(listing.ok()) << listing.error().message();
  ASSERT_EQ(listing.value().candidates.size(), 10U);
  std::map<std::string, std::set<std::string>> accessories;
  std::map<std::string, std::set<std::string>> directions;
  for (const Candidate& photo : listing.value().candidates) {
    accessories[photo.identity].insert(photo.attributes.at("accessory"));
    directions[photo.identity].insert(photo.attributes.at("light_direction"));
    EXPECT_EQ(photo.attributes.at("expression"), "neutral");
    EXPECT_EQ(photo.attributes.at("camera"), "C7");
    EXPECT_EQ(photo.attributes.at("resolution"), "high");
    EXPECT_NE(photo.attributes.at("lux"), "0");  // only if nothing else is left
    EXPECT_FALSE(photo.attributes.contains("simulated"));
  }
  EXPECT_EQ(accessories.at("19071641").size(), 5U);
  EXPECT_EQ(directions.at("19071641").size(), 5U);  // all, up30, right90, front, left45
}

TEST(ScanAihub, DrawsTheSamePhotosForTheSameSeedOnly) {
  const TempFolder folder;
  write_tree(folder / "High", {"1", "2", "3", "4", "5", "6"}, {1, 8, 12, 16});
  AihubOptions options;
  options.people = 3;
  const auto first = ids(scan(folder.path(), options).value());
  EXPECT_EQ(first.size(), 15U);
  EXPECT_EQ(ids(scan(folder.path(), options).value()), first);
  options.seed = 2;
  EXPECT_NE(ids(scan(folder.path(), options).value()), first);
}

TEST(ScanAihub, FindsTheTreeInAllItsSpellings) {
  for (const char* inner : {"High_Resolution", "High", "HIGH_RESOLUTION", "high", "", "K-FACE",
                            "data/원천데이터/Low_Resolution", "Middle"}) {
    const TempFolder folder;
    const fs::path tree = *inner == '\0' ? folder.path() : folder / inner;
    write_photo(tree / "ID19071641/s001/l1/e01/c7.JPG");
    write_photo(tree / "ID19071641/S002/L30/E01/C7.jpeg");
    const auto listing = scan(folder.path());
    ASSERT_TRUE(listing.ok()) << inner << listing.error().message();
    EXPECT_EQ(ids(listing.value()), (std::vector<std::string>{"19071641/S001/L1/E01/C7.jpg",
                                                              "19071641/S002/L30/E01/C7.jpg"}))
        << inner;
    EXPECT_EQ(listing.value().candidates[0].source,
              (std::string(inner) + (*inner == '\0' ? "" : "/") + "ID19071641/s001/l1/e01/c7.JPG"));
  }
}

TEST(ScanAihub, TakesTheResolutionFolderItself) {
  const TempFolder folder;
  write_tree(folder / "Middle_Resolution", {"19071641"}, {1});
  const auto listing = scan(folder / "Middle_Resolution").value();
  EXPECT_EQ(listing.candidates.at(0).attributes.at("resolution"), "middle");
}

TEST(ScanAihub, TakesTheBestResolutionUnlessAskedForMore) {
  const TempFolder folder;
  write_tree(folder / "Low_Resolution", {"19071641"}, {1});
  write_tree(folder / "High_Resolution", {"19071641"}, {1});
  AihubOptions options;
  options.images = 0;
  const auto best = scan(folder.path(), options).value();
  for (const Candidate& photo : best.candidates) {
    EXPECT_EQ(photo.attributes.at("resolution"), "high");
  }
  options.filters["resolution"] = "all";
  const auto both = ids(scan(folder.path(), options).value());
  EXPECT_EQ(both.size(), 12U);
  EXPECT_EQ(both.front(), "19071641/high/S001/L1/E01/C7.jpg");
  options.filters["resolution"] = "middle";
  const auto none = scan(folder.path(), options);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message().find("change --resolution"), std::string::npos);
}

TEST(ScanAihub, FiltersByEveryAttribute) {
  const TempFolder folder;
  write_tree(folder / "High", {"19071641"}, {1, 8, 16});
  AihubOptions options;
  options.images = 0;
  const auto count = [&](std::map<std::string, std::string> filters) {
    options.filters = std::move(filters);
    const auto listing = scan(folder.path(), options);
    return listing.ok() ? listing.value().candidates.size() : 0;
  };
  EXPECT_EQ(count({}), 18U);
  EXPECT_EQ(count({{"session", "S001"}}), 3U);
  EXPECT_EQ(count({{"accessory", "cap,glasses"}}), 6U);
  EXPECT_EQ(count({{"lux", "400"}}), 12U);
  EXPECT_EQ(count({{"light", "L1"}}), 6U);
  EXPECT_EQ(count({{"expression", "all"}}), 36U);
  EXPECT_EQ(count({{"camera", "all"}}), 36U);
  EXPECT_EQ(scan(folder.path(), {.filters = {{"accessory", "hat"}}}).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(ScanAihub, SaysWhoHasFewerPhotosAndLeavesOutWhoHasOne) {
  const TempFolder folder;
  write_tree(folder / "High", {"19071641"}, {1});
  write_photo(folder / "High/19071642/S001/L1/E01/C7.jpg");
  write_photo(folder / "High/19071642/S001/L2/E01/C7.jpg");
  write_photo(folder / "High/19071643/S001/L1/E01/C7.jpg");
  write_photo(folder / "High/19071643/S001/L1/E02/C7.jpg");
  const auto listing = scan(folder.path()).value();
  EXPECT_EQ(listing.candidates.size(), 7U);
  ASSERT_EQ(listing.notes.size(), 3U);
  EXPECT_EQ(listing.notes[0], "2 people instead of 400: the tree holds 3");
  EXPECT_EQ(listing.notes[1],
            "1 people have fewer than 5 photos that pass the filters; they are taken with what "
            "they have");
  EXPECT_EQ(listing.notes[2],
            "1 people have fewer than 2 photos that pass the filters; they are left out");
}

TEST(ScanAihub, TakesTheDarkPhotoOnlyWhereNothingElseIsLeft) {
  const TempFolder folder;
  for (const char* light : {"L1", "L2", "L7"}) {
    write_photo(folder / "High/19071641/S001" / light / "E01/C7.jpg");
  }
  AihubOptions options;
  options.images = 2;
  EXPECT_EQ(
      ids(scan(folder.path(), options).value()),
      (std::vector<std::string>{"19071641/S001/L1/E01/C7.jpg", "19071641/S001/L2/E01/C7.jpg"}));
  options.images = 3;
  EXPECT_EQ(scan(folder.path(), options).value().candidates.size(), 3U);
}

TEST(ScanAihub, NotesSidecarsAndSimulation) {
  const TempFolder folder;
  write_bytes(folder / "SIMULATED.txt", "conditions drawn by a program");
  write_tree(folder / "High", {"19071641"}, {1});
  write_bytes(folder / "High/19071641/S001/L1/E01/C7.txt", "1 2\n");
  write_photo(folder / "High/19071641/S001/L1/E01/IMG_1.jpg");
  AihubOptions options;
  options.images = 0;
  const auto listing = scan(folder.path(), options).value();
  EXPECT_EQ(listing.facts.at("simulated"), "yes");
  EXPECT_EQ(listing.candidates[0].attributes.at("simulated"), "yes");
  EXPECT_EQ(listing.candidates[0].sidecar.filename(), "C7.txt");
  EXPECT_TRUE(listing.candidates[1].sidecar.empty());
  ASSERT_EQ(listing.refused.size(), 1U);
  EXPECT_EQ(listing.refused[0].reason, "not named like a photo of K-FACE (expected C1 to C20)");
}

TEST(ScanAihub, SurvivesLinksThatLoop) {
  const TempFolder folder;
  write_tree(folder / "High", {"19071641"}, {1});
  fs::create_directory_symlink(folder.path(), folder / "High/19071641/S001/L1/E01/C7");
  fs::create_directory_symlink(folder.path(), folder / "loop");
  fs::create_directory_symlink(folder.path(), folder / "High/loop");
  EXPECT_EQ(scan(folder.path()).value().candidates.size(), 5U);
}

TEST(ScanAihub, SaysWhatItExpectedWhereThereIsNoTree) {
  const TempFolder folder;
  write_photo(folder / "Ann/1.jpg");
  const auto listing = scan(folder.path());
  ASSERT_FALSE(listing.ok());
  EXPECT_EQ(listing.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(listing.error().message().find("expected High_Resolution"), std::string::npos);
  EXPECT_EQ(scan(folder / "missing").error().code(), ErrorCode::kNotFound);
  StopFlag stop;
  stop.request();
  write_tree(folder / "High", {"19071641"}, {1});
  EXPECT_EQ(scan_aihub(folder.path(), folder / "ds", {}, {.stop = &stop}).error().code(),
            ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kface
