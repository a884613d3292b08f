#include "dataset/import.h"

#include <atomic>

#include "dataset/aihub.h"
#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::fake_aligner;
using test::row_of;
using test::snapshot;
using test::TempFolder;
using test::write_bytes;
using test::write_photo;
namespace fs = std::filesystem;

// Three people with three photos each, one refused.
void write_people(const fs::path& root) {
  for (const char* person : {"Ann", "Bob", "김 철수"}) {
    for (const char* name : {"1.ppm", "2.ppm", "deep/3.ppm"}) {
      write_photo(root / person / name);
    }
  }
  write_bytes(root / "Ann/broken.jpg", "no picture");
}

Result<ImportSummary> import_folder(const fs::path& source, const fs::path& dataset,
                                    const JobContext& context = {},
                                    const AlignFactory& make_align = fake_aligner,
                                    const ImportOptions& options = {}) {
  const auto listing = scan_folder(source, dataset, context);
  if (!listing.ok()) {
    return listing.error();
  }
  return run_import(listing.value(), dataset, options, make_align, context);
}

// An aligner that counts its photos and requests a stop after `limit`.
struct CountingAligner {
  std::atomic<int> count{0};
  int limit = 1000;
  StopFlag stop;

  AlignFactory factory() {
    return [this]() -> Result<AlignFn> {
      return AlignFn([this, align = fake_aligner().value()](
                         const Image& photo, const std::optional<Landmarks5>& known) {
        if (++count >= limit) {
          stop.request();
        }
        return align(photo, known);
      });
    };
  }
};

TEST(RunImport, MakesADatasetOfEveryPhotoItCanUse) {
  const TempFolder folder;
  write_people(folder / "photos");
  const auto summary = import_folder(folder / "photos", folder / "ds");
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().num_images, 10U);
  EXPECT_EQ(summary.value().num_accepted, 9U);
  EXPECT_EQ(summary.value().num_people, 3U);
  EXPECT_EQ(summary.value().refused.at("not an image"), 1U);
  const auto manifest = read_manifest(folder / "ds");
  ASSERT_TRUE(manifest.ok()) << manifest.error().message();
  EXPECT_EQ(manifest.value().digest(), summary.value().digest);
  EXPECT_EQ(manifest.value().facts.at("kind"), "folder");
  EXPECT_EQ(manifest.value().facts.at("crop"), "dlib");
  EXPECT_EQ(manifest.value().facts.at("color"), "none");
  EXPECT_EQ(manifest.value().facts.at("chip_size"), "150");
  const ImageRecord row = row_of(folder / "ds", "김 철수/deep/3.ppm");
  EXPECT_EQ(row.identity, "김 철수");
  EXPECT_TRUE(row.chip.starts_with("chips/김%20철수/deep+3.ppm-")) << row.chip;
  EXPECT_TRUE(fs::exists(folder / "ds" / row.chip));
  EXPECT_EQ(row.box.width, 8);
  EXPECT_FALSE(fs::exists(folder / "ds/import.journal"));
}

TEST(RunImport, WritesTheSameBytesForAnyNumberOfThreads) {
  const TempFolder folder;
  write_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "one", {.threads = 1}).ok());
  ASSERT_TRUE(import_folder(folder / "photos", folder / "many", {.threads = 7}).ok());
  EXPECT_EQ(snapshot(folder / "one"), snapshot(folder / "many"));
}

TEST(RunImport, DoesNothingTwice) {
  const TempFolder folder;
  write_people(folder / "photos");
  CountingAligner counting;
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds", {}, counting.factory()).ok());
  EXPECT_EQ(counting.count, 9);
  const auto before = snapshot(folder / "ds");
  const auto again = import_folder(folder / "photos", folder / "ds", {}, counting.factory());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.value().up_to_date);
  EXPECT_EQ(again.value().num_accepted, 9U);
  EXPECT_EQ(counting.count, 9);
  EXPECT_EQ(snapshot(folder / "ds"), before);
  // A chip that went missing, or a photo that changed, is work again.
  fs::remove(folder / "ds" / row_of(folder / "ds", "Ann/1.ppm").chip);
  EXPECT_FALSE(import_folder(folder / "photos", folder / "ds").value().up_to_date);
  EXPECT_EQ(snapshot(folder / "ds"), before);
  write_bytes(folder / "photos/Ann/1.ppm", test::photo_bytes(77, 9));
  EXPECT_FALSE(import_folder(folder / "photos", folder / "ds").value().up_to_date);
  EXPECT_EQ(row_of(folder / "ds", "Ann/1.ppm").box.width, 9);
}

TEST(RunImport, ContinuesWhereItWasStopped) {
  const TempFolder folder;
  write_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "straight").ok());
  CountingAligner counting;
  counting.limit = 4;
  const auto stopped =
      import_folder(folder / "photos", folder / "ds", {.stop = &counting.stop}, counting.factory());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code(), ErrorCode::kInterrupted);
  EXPECT_NE(read_manifest(folder / "ds").error().message().find("not finished"), std::string::npos);
  // The process was killed while it wrote a line and a chip.
  std::ofstream(folder / "ds/import.journal", std::ios::app) << "0123456789abcdef {\"pho";
  write_bytes(folder / "ds/chips/Ann/1.ppm-01234567.png.part", "half");
  counting.limit = 1000;
  counting.count = 0;
  const auto summary = import_folder(folder / "photos", folder / "ds", {}, counting.factory());
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(counting.count, 5);
  EXPECT_EQ(summary.value().num_resumed, 5U);  // 4 photos and the one that is none
  EXPECT_EQ(snapshot(folder / "ds"), snapshot(folder / "straight"));
}

TEST(RunImport, RedoesAJournalledPhotoWhoseChipIsNotWhole) {
  const TempFolder folder;
  write_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "straight").ok());
  CountingAligner counting;
  counting.limit = 4;
  ASSERT_FALSE(
      import_folder(folder / "photos", folder / "ds", {.stop = &counting.stop}, counting.factory())
          .ok());
  for (const auto& entry : fs::recursive_directory_iterator(folder / "ds/chips")) {
    if (entry.is_regular_file()) {
      write_bytes(entry.path(), "");  // as after a power cut
    }
  }
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  EXPECT_EQ(snapshot(folder / "ds"), snapshot(folder / "straight"));
}

TEST(RunImport, KeepsTheOldDatasetUntilTheNewOneIsWhole) {
  const TempFolder folder;
  write_people(folder / "photos");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds").ok());
  const std::string digest = read_manifest(folder / "ds").value().digest();
  // Other options, stopped half way: the old one still stands, with every chip.
  ImportOptions options;
  options.align.color = ColorAdjust::kClahe;
  CountingAligner counting;
  counting.limit = 3;
  ASSERT_FALSE(import_folder(folder / "photos", folder / "ds", {.stop = &counting.stop},
                             counting.factory(), options)
                   .ok());
  const auto old = read_manifest(folder / "ds");
  ASSERT_TRUE(old.ok());
  EXPECT_EQ(old.value().digest(), digest);
  // Then whole, with chips of other pixels; those of the old one are gone.
  const AlignFactory darker = []() -> Result<AlignFn> {
    return AlignFn([align = fake_aligner().value()](const Image& photo,
                                                    const std::optional<Landmarks5>& known) {
      auto face = align(photo, known);
      face.value().chip.pixels[0] = static_cast<std::uint8_t>(face.value().chip.pixels[0] ^ 1U);
      return face;
    });
  };
  options.align.color = ColorAdjust::kGrayWorld;
  write_bytes(folder / "ds/features/keep.safetensors", "of another stage");
  ASSERT_TRUE(import_folder(folder / "photos", folder / "ds", {}, darker, options).ok());
  const auto now = read_manifest(folder / "ds").value();
  EXPECT_EQ(now.facts.at("color"), "gray-world");
  EXPECT_NE(now.digest(), digest);
  std::size_t chips = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "ds/chips")) {
    chips += entry.is_regular_file() ? 1U : 0U;
  }
  EXPECT_EQ(chips, 9U);
  EXPECT_TRUE(fs::exists(folder / "ds/features/keep.safetensors"));
}

TEST(RunImport, UsesLandmarksBesideThePhotoAndFallsBackWhereTheyAreBad) {
  const TempFolder folder;
  const std::string good = "40 41\n20 20\n60 20\n25 70\n55 70\n1 1\n2 2\n";
  for (const char* person : {"19071641", "19071642"}) {
    const fs::path light = folder / "High" / person / "S001/L1/E01";
    write_photo(light / "C7.jpg", 100);
    write_bytes(light / "C7.txt", person[7] == '1' ? good : "9999 5\n" + good);
    write_photo(folder / "High" / person / "S002/L1/E01/C7.jpg", 100);
  }
  const auto listing = scan_aihub(folder.path(), folder / "ds", {}, {}).value();
  const auto summary = run_import(listing, folder / "ds", {}, fake_aligner, {});
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().num_sidecars, 1U);
  EXPECT_EQ(summary.value().num_sidecars_refused, 1U);
  const ImageRecord used = row_of(folder / "ds", "19071641/S001/L1/E01/C7.jpg");
  EXPECT_EQ(used.attributes.at("landmarks"), "sidecar");
  EXPECT_EQ(used.detector, "sidecar");
  EXPECT_EQ(used.attributes.at("lux"), "1000");
  EXPECT_EQ(used.landmarks[0].y, 20);
  const ImageRecord refused = row_of(folder / "ds", "19071642/S001/L1/E01/C7.jpg");
  EXPECT_EQ(refused.attributes.at("landmarks"), "sidecar-refused");
  EXPECT_EQ(refused.detector, "fake");
  EXPECT_FALSE(
      row_of(folder / "ds", "19071642/S002/L1/E01/C7.jpg").attributes.contains("landmarks"));
}

TEST(RunImport, ReportsProgressAndMeasuresWithTheClockThatItIsGiven) {
  const TempFolder folder;
  write_people(folder / "photos");
  std::size_t last = 0;
  std::atomic<int> ticks{0};
  ImportOptions options;
  options.clock = [&ticks] { return static_cast<double>(ticks++); };
  const auto summary = import_folder(
      folder / "photos", folder / "ds",
      {.threads = 2, .progress = [&last](std::size_t done, std::size_t) { last = done; }},
      fake_aligner, options);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(last, 10U);
  EXPECT_GT(summary.value().decode_seconds, 0);
  EXPECT_GT(summary.value().align_seconds, 0);
  EXPECT_GT(summary.value().write_seconds, 0);
  EXPECT_GT(summary.value().wall_seconds, 0);
}

TEST(RunImport, EndsWithTheErrorOfTheAlignerThatCannotBeMade) {
  const TempFolder folder;
  write_people(folder / "photos");
  const auto summary = import_folder(folder / "photos", folder / "ds", {}, [] {
    return Result<AlignFn>(Status{ErrorCode::kNotFound, "run make setup"});
  });
  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().message(), "run make setup");
}

}  // namespace
}  // namespace kface
