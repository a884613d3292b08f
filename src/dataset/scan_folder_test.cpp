#include <sys/stat.h>

#include "dataset/source.h"
#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::TempFolder;
using test::write_bytes;
using test::write_photo;
namespace fs = std::filesystem;

const JobContext kContext;

std::vector<std::string> ids(const SourceListing& listing) {
  std::vector<std::string> result;
  for (const Candidate& candidate : listing.candidates) {
    result.push_back(candidate.id);
  }
  return result;
}

std::map<std::string, std::string> refusals(const SourceListing& listing) {
  std::map<std::string, std::string> result;
  for (const Refusal& refusal : listing.refused) {
    result[refusal.id] = refusal.reason;
  }
  return result;
}

using Names = std::vector<std::string>;

TEST(ScanFolder, FindsPhotosOfEachPersonAlsoDeeperAndInKorean) {
  const TempFolder folder;
  write_photo(folder / "김 철수/정면 1.jpg");
  write_photo(folder / "김 철수/2023/여름/2.JPG");
  write_photo(folder / "Ann/noextension");
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext);
  ASSERT_TRUE(listing.ok()) << listing.error().message();
  EXPECT_EQ(ids(listing.value()),
            (Names{"Ann/noextension", "김 철수/2023/여름/2.JPG", "김 철수/정면 1.jpg"}));
  EXPECT_EQ(listing.value().candidates[1].identity, "김 철수");
  EXPECT_EQ(listing.value().candidates[1].source, "김 철수/2023/여름/2.JPG");
  EXPECT_GT(listing.value().candidates[1].stamp.size, 0U);
  EXPECT_TRUE(listing.value().refused.empty());
}

TEST(ScanFolder, RefusesPhotosThatLieInNobodysFolder) {
  const TempFolder folder;
  write_photo(folder / "stray.jpg");
  write_photo(folder / "Ann/1.jpg");
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext).value();
  EXPECT_EQ(refusals(listing).at("stray.jpg"), "not in a person's folder (expected PERSON/photo)");
  EXPECT_EQ(ids(listing), Names{"Ann/1.jpg"});
}

TEST(ScanFolder, IgnoresHiddenFilesAndWhatDescribesPhotos) {
  const TempFolder folder;
  write_photo(folder / "Ann/1.jpg");
  for (const char* name :
       {"Ann/.DS_Store", "Ann/Thumbs.db", "Ann/1.txt", "Ann/1.JSON", "list.csv", ".git/config"}) {
    write_bytes(folder / name, "x");
  }
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext).value();
  EXPECT_EQ(ids(listing), Names{"Ann/1.jpg"});
  EXPECT_TRUE(listing.refused.empty());
  EXPECT_EQ(listing.ignored_files, 6U);
}

TEST(ScanFolder, EndsAtLinksThatLoopAndReadsEachFileOnce) {
  const TempFolder folder;
  write_photo(folder / "Bob/1.jpg");
  fs::create_directory_symlink(folder.path(), folder / "Bob/up");        // to an ancestor
  fs::create_directory_symlink(folder / "Bob", folder / "Alice");        // sorts before Bob
  fs::create_symlink(folder / "Bob/self", folder / "Bob/self");          // to itself
  fs::create_symlink(folder / "Bob/1.jpg", folder / "Bob/0-again.jpg");  // to a photo
  fs::create_symlink(folder / "nowhere", folder / "Bob/dangling.jpg");
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext);
  ASSERT_TRUE(listing.ok());
  EXPECT_EQ(ids(listing.value()), Names{"Bob/1.jpg"});
  const auto refused = refusals(listing.value());
  EXPECT_EQ(refused.at("Bob/up"), "a link to a folder that is read already");
  EXPECT_EQ(refused.at("Alice"), "a link to a folder that is read already");
  EXPECT_EQ(refused.at("Bob/self"), "a link that leads to itself");
  EXPECT_EQ(refused.at("Bob/0-again.jpg"),
            "the same file on disk as another photo of this folder (a link)");
  EXPECT_NE(refused.at("Bob/dangling.jpg").find("No such file"), std::string::npos);
}

TEST(ScanFolder, FollowsLinksOutOfTheFolder) {
  const TempFolder folder;
  write_photo(folder / "elsewhere/1.jpg");
  fs::create_directories(folder / "photos");
  fs::create_directory_symlink(folder / "elsewhere", folder / "photos/Ann");
  EXPECT_EQ(ids(scan_folder(folder / "photos", folder / "ds", kContext).value()),
            Names{"Ann/1.jpg"});
}

TEST(ScanFolder, RefusesWhatIsNoRegularFileWithoutOpeningIt) {
  const TempFolder folder;
  write_photo(folder / "Ann/1.jpg");
  ASSERT_EQ(mkfifo((folder / "Ann/pipe.jpg").c_str(), 0600), 0);
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext).value();
  EXPECT_EQ(refusals(listing).at("Ann/pipe.jpg"), "not a regular file");
}

TEST(ScanFolder, NamesFilesWhoseNameIsNotUtf8) {
  const TempFolder folder;
  write_photo(folder / "Ann/\xFFx.jpg");
  write_photo(folder / "Ann/%FFx.jpg");
  const auto listing = scan_folder(folder.path(), folder / "../ds", kContext).value();
  EXPECT_EQ(ids(listing), Names{"Ann/%FFx.jpg"});
  EXPECT_EQ(refusals(listing).at("Ann/%FFx.jpg#2"), "another photo has the same id: Ann/%FFx.jpg");
}

TEST(ScanFolder, SkipsADatasetInsideAndRefusesToReadOne) {
  const TempFolder folder;
  write_photo(folder / "Ann/1.jpg");
  write_photo(folder / "ds/chips/Ann/1.png");
  EXPECT_EQ(ids(scan_folder(folder.path(), folder / "ds", kContext).value()), Names{"Ann/1.jpg"});
  for (const auto& source : {folder / "ds/chips", folder / "ds"}) {
    const auto inside = scan_folder(source, folder / "ds", kContext);
    ASSERT_FALSE(inside.ok());
    EXPECT_EQ(inside.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(inside.error().message().find("lies inside the dataset's folder"), std::string::npos);
  }
}

TEST(ScanFolder, SaysWhichFolderIsMissingAndStopsOnRequest) {
  const TempFolder folder;
  write_bytes(folder / "file", "x");
  for (const char* name : {"missing", "file"}) {
    EXPECT_EQ(scan_folder(folder / name, folder / "ds", kContext).error().code(),
              ErrorCode::kNotFound);
  }
  StopFlag stop;
  stop.request();
  JobContext stopped;
  stopped.stop = &stop;
  EXPECT_EQ(scan_folder(folder.path(), folder / "ds", stopped).error().code(),
            ErrorCode::kInterrupted);
}

TEST(ScanLfw, NamesPhotosAsThePairListDoes) {
  const TempFolder folder;
  write_photo(folder / "images/Ann_Lee/Ann_Lee_0001.jpg");
  write_photo(folder / "images/Ann_Lee/Ann_Lee_0012.jpg");
  write_photo(folder / "images/Ann_Lee/other.jpg");
  write_photo(folder / "images/Ann_Lee/Ann_Lee_0012.png");
  write_bytes(folder / "pairs.txt", "10 300\n");
  const auto listing = scan_lfw(folder.path(), folder / "ds", kContext).value();
  EXPECT_EQ(ids(listing), (Names{"Ann_Lee_0001", "Ann_Lee_0012"}));
  EXPECT_EQ(listing.candidates[0].source, "images/Ann_Lee/Ann_Lee_0001.jpg");
  EXPECT_EQ(refusals(listing).at("images/Ann_Lee/other.jpg"),
            "not named like a photo of LFW (expected NAME/NAME_0001.jpg)");
  EXPECT_EQ(refusals(listing).at("Ann_Lee_0012#2"),
            "another photo has the same id: images/Ann_Lee/Ann_Lee_0012.jpg");
  // The images folder itself gives the same ids.
  EXPECT_EQ(ids(scan_lfw(folder / "images", folder / "ds", kContext).value()), ids(listing));
}

}  // namespace
}  // namespace kface
