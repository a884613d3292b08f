// What the world does to an import: bad photos, bad folders, full disks.
#include <sys/resource.h>

#include <csignal>

#include "dataset/import.h"
#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::fake_aligner;
using test::photo_bytes;
using test::read_bytes;
using test::row_of;
using test::snapshot;
using test::TempFolder;
using test::write_bytes;
using test::write_photo;
namespace fs = std::filesystem;

Result<ImportSummary> import_folder(const fs::path& source, const fs::path& dataset,
                                    const AlignFactory& make_align = fake_aligner) {
  const auto listing = scan_folder(source, dataset, {});
  if (!listing.ok()) {
    return listing.error();
  }
  return run_import(listing.value(), dataset, {}, make_align, {});
}

void write_two_people(const fs::path& root) {
  for (const char* name : {"Ann/1.ppm", "Ann/2.ppm", "Bob/1.ppm", "Bob/2.ppm"}) {
    write_photo(root / name);
  }
}

TEST(ImportBadInput, RefusesEachBadPhotoWithItsReasonAndGoesOn) {
  const TempFolder folder;
  const fs::path photos = folder / "photos";
  write_two_people(photos);
  write_bytes(photos / "Ann/empty.jpg", "");
  write_bytes(photos / "Ann/text.jpg", "This is no picture.");
  write_bytes(photos / "Ann/truncated.ppm", photo_bytes(1).substr(0, 60));
  write_bytes(photos / "Ann/bomb.ppm", "P6\n90000 90000\n255\n");
  write_photo(photos / "stray.jpg");
  fs::create_directory_symlink(photos, photos / "Bob/loop");
  const auto summary = import_folder(photos, folder / "ds");
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().num_accepted, 4U);
  EXPECT_EQ(summary.value().num_images, 10U);
  EXPECT_TRUE(row_of(folder / "ds", "Ann/empty.jpg").reason.starts_with("empty file"));
  EXPECT_TRUE(row_of(folder / "ds", "Ann/text.jpg").reason.starts_with("not an image"));
  EXPECT_TRUE(row_of(folder / "ds", "Ann/truncated.ppm").reason.starts_with("truncated"));
  EXPECT_TRUE(row_of(folder / "ds", "Ann/bomb.ppm").reason.starts_with("enormous"));
  EXPECT_TRUE(row_of(folder / "ds", "stray.jpg").reason.starts_with("not in a person's folder"));
  EXPECT_TRUE(row_of(folder / "ds", "Bob/loop").reason.starts_with("a link to a folder"));
}

TEST(ImportBadInput, TakesTheReasonOfTheAligner) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_photo(folder / "photos/Ann/noface.ppm", 5);
  const AlignFactory picky = []() -> Result<AlignFn> {
    return AlignFn([align = fake_aligner().value()](const Image& photo,
                                                    const std::optional<Landmarks5>& known) {
      return photo.width == 5 ? Result<AlignedFace>(Status{ErrorCode::kInvalidArgument,
                                                           "no face found (tried: hog)"})
                              : align(photo, known);
    });
  };
  const auto summary = import_folder(folder / "photos", folder / "ds", picky).value();
  EXPECT_EQ(summary.refused.at("no face found"), 1U);
  EXPECT_EQ(row_of(folder / "ds", "Ann/noface.ppm").reason, "no face found (tried: hog)");
}

TEST(ImportBadInput, DoesNotReadAHugeFileThatIsNoPicture) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_bytes(folder / "photos/Ann/film.mov", "ftyp");
  fs::resize_file(folder / "photos/Ann/film.mov", std::uintmax_t{1} << 40U);  // sparse
  write_bytes(folder / "photos/Ann/huge.jpg", "\xFF\xD8\xFF\xE0");
  fs::resize_file(folder / "photos/Ann/huge.jpg", std::uintmax_t{1} << 40U);
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  EXPECT_TRUE(row_of(folder / "ds", "Ann/film.mov").reason.starts_with("not an image"));
  EXPECT_TRUE(row_of(folder / "ds", "Ann/huge.jpg").reason.starts_with("enormous"));
}

TEST(ImportBadInput, RefusesTheSecondOfTwoEqualFiles) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  const std::string same = read_bytes(folder / "photos/Ann/1.ppm");
  write_bytes(folder / "photos/Ann/copy.ppm", same);
  write_bytes(folder / "photos/Bob/copy.ppm", same);
  const auto summary = import_folder(folder / "photos", folder / "ds").value();
  EXPECT_EQ(summary.num_duplicates, 2U);
  EXPECT_EQ(row_of(folder / "ds", "Ann/copy.ppm").reason, "duplicate of Ann/1.ppm");
  EXPECT_EQ(row_of(folder / "ds", "Bob/copy.ppm").reason,
            "duplicate of Ann/1.ppm, which is a photo of Ann, but this one is of Bob: one of the "
            "two is wrong");
  EXPECT_TRUE(row_of(folder / "ds", "Ann/1.ppm").accepted());
  std::size_t chips = 0;  // those of the duplicates are gone
  for (const auto& [name, bytes] : snapshot(folder / "ds/chips")) {
    chips += bytes.empty() ? 0U : 1U;
  }
  EXPECT_EQ(chips, 4U);
}

TEST(ImportBadInput, KeepsAndCountsPeopleWithOneImage) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_photo(folder / "photos/Cho/1.ppm");
  const auto summary = import_folder(folder / "photos", folder / "ds").value();
  EXPECT_EQ(summary.num_people, 3U);
  EXPECT_EQ(summary.num_single_people, 1U);
  EXPECT_TRUE(row_of(folder / "ds", "Cho/1.ppm").accepted());
}

TEST(ImportBadInput, SaysWhatWasFoundAndNeededWhereTooLittleIsLeft) {
  const TempFolder folder;
  fs::create_directories(folder / "empty");
  const auto empty = import_folder(folder / "empty", folder / "ds-empty");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(empty.error().message().find(
                "found 0 usable of 0 images of 0 people; needed at least 2 people"),
            std::string::npos)
      << empty.error().message();

  write_photo(folder / "singles/Ann/1.ppm");
  write_photo(folder / "singles/Bob/1.ppm");
  write_bytes(folder / "singles/Bob/2.ppm", "no picture");
  const auto singles = import_folder(folder / "singles", folder / "ds");
  ASSERT_FALSE(singles.ok());
  EXPECT_NE(singles.error().message().find("2 usable of 3 images (1 not an image) of 2 people"),
            std::string::npos)
      << singles.error().message();
  EXPECT_EQ(singles.error().message().find('\n'), std::string::npos);
  // The reasons can be seen, and more photos make it a dataset.
  EXPECT_EQ(row_of(folder / "ds", "Bob/2.ppm").reason.substr(0, 12), "not an image");
  EXPECT_FALSE(import_folder(folder / "singles", folder / "ds").ok());
  write_photo(folder / "singles/Ann/2.ppm");
  EXPECT_TRUE(import_folder(folder / "singles", folder / "ds").ok());
}

TEST(ImportBadInput, TooLittleDoesNotReplaceADatasetThatStands) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  const auto before = snapshot(folder / "ds");
  write_photo(folder / "few/Ann/1.ppm");
  const auto few = import_folder(folder / "few", folder / "ds");
  ASSERT_FALSE(few.ok());
  EXPECT_NE(few.error().message().find("import-refused.csv"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder / "ds/import-refused.csv"));
  fs::remove(folder / "ds/import-refused.csv");
  EXPECT_EQ(snapshot(folder / "ds"), before);
}

TEST(ImportBadInput, LeavesAFolderAloneThatIsNotADataset) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_bytes(folder / "ds/thesis.doc", "precious");
  const auto summary = import_folder(folder / "photos", folder / "ds");
  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(summary.error().message().find("holds other files (thesis.doc)"), std::string::npos);
  EXPECT_EQ(snapshot(folder / "ds").size(), 1U);
  write_bytes(folder / "ds/dataset.json", "{\"format\":\"something else\"}");
  EXPECT_FALSE(import_folder(folder / "photos", folder / "ds").ok());
  EXPECT_EQ(import_folder(folder / "photos", folder / "photos/Ann/1.ppm").error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(ImportBadInput, DoesNotReplaceADatasetOfANewerVersion) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_bytes(folder / "ds/dataset.json", "{\"format\":\"kface-dataset\",\"version\":2}");
  EXPECT_EQ(import_folder(folder / "photos", folder / "ds").error().code(), ErrorCode::kVersion);
}

TEST(ImportBadInput, ReplacesAHalfWrittenDatasetOfOurs) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  const auto whole = snapshot(folder / "ds");
  fs::resize_file(folder / "ds/manifest.csv", 100);
  EXPECT_EQ(read_manifest(folder / "ds").error().code(), ErrorCode::kCorruption);
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  EXPECT_EQ(snapshot(folder / "ds"), whole);
}

// Writes beyond `bytes` fail (as on a full disk) while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(ImportBadInput, LeavesNothingHalfWrittenOnAFullDiskAndContinuesLater) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  write_photo(folder / "photos/Bob/3-large.ppm", 100);  // a chip of 30 kB
  ASSERT_TRUE(import_folder(folder / "photos", folder / "straight").ok());
  {
    const FileSizeLimit full(8000);
    const auto summary = import_folder(folder / "photos", folder / "ds");
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().code(), ErrorCode::kIo);
    EXPECT_NE(summary.error().message().find("run the same command again"), std::string::npos)
        << summary.error().message();
  }
  EXPECT_FALSE(fs::exists(folder / "ds/dataset.json"));
  for (const auto& [name, bytes] : snapshot(folder / "ds")) {
    EXPECT_EQ(name.find(".part"), std::string::npos) << name;
  }
  const auto later = import_folder(folder / "photos", folder / "ds");
  ASSERT_TRUE(later.ok()) << later.error().message();
  EXPECT_EQ(later.value().num_resumed, 4U);
  EXPECT_EQ(snapshot(folder / "ds"), snapshot(folder / "straight"));
}

TEST(ImportBadInput, StopsWhereTheJournalOrTheManifestCannotBeWritten) {
  const TempFolder folder;
  write_two_people(folder / "photos");
  for (const rlim_t bytes : {rlim_t{0}, rlim_t{300}, rlim_t{1000}}) {
    const FileSizeLimit full(bytes);
    EXPECT_EQ(import_folder(folder / "photos", folder / "ds").error().code(), ErrorCode::kIo)
        << bytes;
    EXPECT_FALSE(read_manifest(folder / "ds").ok());
  }
  EXPECT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  EXPECT_TRUE(read_manifest(folder / "ds").ok());
}

TEST(ReasonKind, LeavesOutNamesAndNumbers) {
  EXPECT_EQ(reason_kind("duplicate of Ann/1.jpg"), "duplicate");
  EXPECT_EQ(reason_kind("enormous (90000 x 90000, at most 100000000)"), "enormous");
  EXPECT_EQ(reason_kind("cannot be opened: Permission denied"), "cannot be opened");
  EXPECT_EQ(reason_kind("not an image"), "not an image");
}

}  // namespace
}  // namespace kface
