#include "dataset/simulate_dataset.h"

#include "align/chip_adjust.h"
#include "align/decode.h"
#include "align/face_geometry.h"
#include "base/digest.h"
#include "base/files.h"
#include "dataset/import_image.h"
#include "dataset/simulated.h"
#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::read_bytes;
using test::row_of;
using test::snapshot;
using test::TempFolder;
using test::write_bytes;
using test::write_photo;
namespace fs = std::filesystem;

constexpr int kSide = 64;

// A chip with dlib's mean face where it belongs: what cutting it again would leave as it is.
Result<AlignFn> chip_aligner() {
  return AlignFn([](const Image& photo, const std::optional<Landmarks5>& /*known*/) {
    AlignedFace face;
    face.chip = photo;
    face.num_faces = 1;
    face.detector = "fake";
    face.box = {0, 0, photo.width, photo.height};
    face.landmarks = mean_landmarks(photo.width, AlignOptions{}.padding);
    face.quality = {static_cast<float>(photo.width), measure_sharpness(photo),
                    measure_brightness(photo), 0.25F, -3};
    return Result<AlignedFace>(std::move(face));
  });
}

// Two people with two photos each, and a file that is refused.
void import_people(const TempFolder& folder, const AlignOptions& align = {}) {
  for (const char* photo : {"Ann/1.ppm", "Ann/2.ppm", "Bob/1.ppm", "Bob/2.ppm"}) {
    write_photo(folder / "photos" / photo, kSide);
  }
  write_bytes(folder / "photos" / "Ann/broken.jpg", "no picture");
  const auto listing = scan_folder(folder / "photos", folder / "data", {});
  ASSERT_TRUE(listing.ok()) << listing.error().message();
  ImportOptions options;
  options.align = align;
  const auto imported = run_import(listing.value(), folder / "data", options, chip_aligner, {});
  ASSERT_TRUE(imported.ok()) << imported.error().message();
}

Result<SimulateSummary> simulate_to(const TempFolder& folder, const char* output,
                                    const SimulateOptions& options = {},
                                    const JobContext& context = {}) {
  return simulate_dataset(folder / "data", folder / output, options, context);
}

TEST(SimulateDataset, KeepsTheRealRowsAndMarksTheOthers) {
  const TempFolder folder;
  import_people(folder);
  const auto before = snapshot(folder / "data");
  const auto summary = simulate_to(folder, "more", {.per_image = 3});
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().num_real, 4U);
  EXPECT_EQ(summary.value().num_simulated, 12U);
  EXPECT_EQ(summary.value().num_too_few, 0U);
  EXPECT_EQ(snapshot(folder / "data"), before) << "the dataset that is read stays as it is";

  const auto real = read_manifest(folder / "data");
  const auto more = read_manifest(folder / "more");
  ASSERT_TRUE(real.ok() && more.ok()) << more.error().message();
  EXPECT_EQ(more.value().digest(), summary.value().digest);
  std::vector<ImageRecord> kept;
  std::size_t drawn = 0;
  for (const ImageRecord& image : more.value().images) {
    if (!is_simulated(image)) {
      kept.push_back(image);
      continue;
    }
    ++drawn;
    const ImageRecord under = row_of(folder / "data", image.attributes.at("simulated_from"));
    EXPECT_EQ(image.identity, under.identity);
    EXPECT_EQ(image.source, under.source);
    EXPECT_NE(image.chip_sha256, under.chip_sha256);
    EXPECT_TRUE(is_chip_name(fs::path(image.chip).filename().string()));
    const auto chip = read_file(folder / "more" / image.chip);
    ASSERT_TRUE(chip.ok()) << chip.error().message();
    EXPECT_EQ(sha256_hex(std::span(chip.value())), image.chip_sha256);
    EXPECT_EQ(measure_brightness(decode_image(chip.value()).value()), image.quality.brightness);
    EXPECT_EQ(image.quality.yaw_degrees, under.quality.yaw_degrees);
  }
  EXPECT_EQ(drawn, 12U);
  ASSERT_EQ(kept.size(), real.value().images.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].id, real.value().images[i].id);
    EXPECT_EQ(kept[i].reason, real.value().images[i].reason);
    EXPECT_EQ(kept[i].attributes, real.value().images[i].attributes);
    if (kept[i].accepted()) {
      EXPECT_EQ(read_bytes(folder / "more" / kept[i].chip),
                read_bytes(folder / "data" / kept[i].chip));
    }
  }
}

TEST(SimulateDataset, SaysInTheAttributesWhatWasDrawn) {
  const TempFolder folder;
  import_people(folder);
  ASSERT_TRUE(simulate_to(folder, "more", {.per_image = 20, .kinds = "lux,sunglasses"}).ok());
  const ImageRecord dim = row_of(folder / "more", "Ann/1.ppm#lux-40");
  EXPECT_EQ(dim.attributes.at("simulated"), "lux 40");
  EXPECT_EQ(dim.attributes.at("lux"), "40");
  EXPECT_EQ(dim.attributes.at("simulated_from"), "Ann/1.ppm");
  EXPECT_LT(dim.quality.brightness, row_of(folder / "data", "Ann/1.ppm").quality.brightness / 2);
  const ImageRecord worn = row_of(folder / "more", "Ann/1.ppm#sunglasses");
  EXPECT_EQ(worn.attributes.at("accessory"), "sunglasses");
  EXPECT_FALSE(worn.attributes.contains("lux"));
}

TEST(SimulateDataset, DrawsOnTheEyesWhereTheChipHasThem) {
  const TempFolder folder;
  import_people(folder);
  ASSERT_TRUE(simulate_to(folder, "more", {.per_image = 1, .kinds = "sunglasses"}).ok());
  const auto image = [&](const fs::path& dataset, const std::string& id) {
    return decode_image(read_file(dataset / row_of(dataset, id).chip).value()).value();
  };
  const Image before = image(folder / "data", "Bob/1.ppm");
  const Image after = image(folder / "more", "Bob/1.ppm#sunglasses");
  const auto changed = [&](double x, double y) {
    const auto at = before.offset(static_cast<int>(x), static_cast<int>(y));
    return !std::equal(before.pixels.begin() + static_cast<std::ptrdiff_t>(at),
                       before.pixels.begin() + static_cast<std::ptrdiff_t>(at + 3),
                       after.pixels.begin() + static_cast<std::ptrdiff_t>(at));
  };
  const Landmarks5 face = mean_landmarks(kSide, AlignOptions{}.padding);
  EXPECT_TRUE(changed((face[0].x + face[1].x) / 2, face[0].y));
  EXPECT_TRUE(changed((face[2].x + face[3].x) / 2, face[2].y));
  EXPECT_FALSE(changed(face[4].x, kSide - 4));  // the chin
}

TEST(SimulateDataset, GivesTheSameBytesForAnyNumberOfThreadsAndOthersForAnotherSeed) {
  const TempFolder folder;
  import_people(folder);
  ASSERT_TRUE(simulate_to(folder, "one").ok());
  ASSERT_TRUE(simulate_to(folder, "three", {}, {.threads = 3}).ok());
  ASSERT_TRUE(simulate_to(folder, "other", {.seed = 2}).ok());
  EXPECT_EQ(snapshot(folder / "one"), snapshot(folder / "three"));
  EXPECT_NE(snapshot(folder / "one"), snapshot(folder / "other"));
  ASSERT_TRUE(simulate_to(folder, "other").ok()) << "over the dataset that stands there";
  EXPECT_EQ(snapshot(folder / "one"), snapshot(folder / "other"));
}

TEST(SimulateDataset, AdjustsColoursAfterTheLightAsTheDatasetsChipsAre) {
  const TempFolder folder;
  import_people(folder, {.color = ColorAdjust::kGrayWorld});
  ASSERT_TRUE(simulate_to(folder, "more", {.per_image = 5, .kinds = "lux"}).ok());
  const auto chip =
      read_file(folder / "more" / row_of(folder / "more", "Ann/1.ppm#lux-100").chip).value();
  const Image dim = decode_image(chip).value();
  double sums[3] = {};
  for (std::size_t i = 0; i < dim.pixels.size(); ++i) {
    sums[i % 3] += dim.pixels[i];
  }
  EXPECT_NEAR(sums[0] / sums[2], 1, 0.03) << "dim light is warm; gray-world takes that away";
}

TEST(SimulateDataset, RefusesItsOwnFolderAndADatasetThatIsSimulatedAlready) {
  const TempFolder folder;
  import_people(folder);
  const auto itself = simulate_to(folder, "data");
  ASSERT_FALSE(itself.ok());
  EXPECT_NE(itself.error().message().find("is the dataset that is read"), std::string::npos);
  ASSERT_TRUE(simulate_to(folder, "more", {.per_image = 1}).ok());
  const auto twice = simulate_dataset(folder / "more", folder / "again", {}, {});
  ASSERT_FALSE(twice.ok());
  EXPECT_NE(twice.error().message().find("4 of its images are simulated already"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "again"));
}

TEST(SimulateDataset, RefusesWhatItCannotDrawWithoutLandmarks) {
  const TempFolder folder;
  import_people(folder, {.crop = false});
  const auto all = simulate_to(folder, "more");
  ASSERT_FALSE(all.ok());
  EXPECT_NE(all.error().message().find("'direction' needs it, --kinds lux,blur,noise do not"),
            std::string::npos);
  EXPECT_TRUE(simulate_to(folder, "more", {.kinds = "lux,blur,noise"}).ok());
}

TEST(SimulateDataset, NamesAChipThatIsNotTheManifests) {
  const TempFolder folder;
  import_people(folder);
  const std::string chip = row_of(folder / "data", "Bob/2.ppm").chip;
  write_bytes(folder / "data" / chip, "changed");
  const auto changed = simulate_to(folder, "more");
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(changed.error().message().find(chip + ": not the chip that the manifest describes"),
            std::string::npos);
  fs::remove(folder / "data" / chip);
  EXPECT_EQ(simulate_to(folder, "more").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(read_manifest(folder / "more").error().code(), ErrorCode::kNotFound)
      << "what is half done is no dataset";
}

TEST(SimulateDataset, LeavesWhatStandsWhenItIsStoppedAndStartsAnewAfterwards) {
  const TempFolder folder;
  import_people(folder);
  StopFlag stop;
  stop.request();
  const auto stopped = simulate_to(folder, "more", {}, {.stop = &stop});
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code(), ErrorCode::kInterrupted);
  EXPECT_NE(stopped.error().message().find("more: stopped before it was whole"), std::string::npos);
  const auto half = read_manifest(folder / "more");
  ASSERT_FALSE(half.ok());
  EXPECT_EQ(half.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(half.error().message().find("not finished; run the same"), std::string::npos);
  ASSERT_TRUE(simulate_to(folder, "more").ok()) << "its own folder is known again";
  const auto before = snapshot(folder / "more");
  EXPECT_FALSE(simulate_to(folder, "more", {.seed = 9}, {.stop = &stop}).ok());
  const auto manifest = read_manifest(folder / "more");
  ASSERT_TRUE(manifest.ok()) << manifest.error().message();
  EXPECT_EQ(before.at("manifest.csv"), read_bytes(folder / "more" / "manifest.csv"));
}

TEST(SimulateDataset, DrawsOnNoFaceThatIsTooSmallOnItsChip) {
  const TempFolder folder;
  import_people(folder, {.padding = 4});
  const auto summary = simulate_to(folder, "more", {.per_image = 3, .kinds = "mask,blur"});
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().simulated,
            (std::map<std::string, std::size_t>{{"blur 1", 4}, {"blur 2", 4}}));
  EXPECT_EQ(summary.value().num_too_few, 4U);
}

TEST(SimulateDataset, CountsImagesOnWhichLessCanBeDrawn) {
  const TempFolder folder;
  import_people(folder);
  const auto summary = simulate_to(folder, "more", {.per_image = 3, .kinds = "blur"});
  ASSERT_TRUE(summary.ok()) << summary.error().message();
  EXPECT_EQ(summary.value().num_simulated, 8U);
  EXPECT_EQ(summary.value().num_too_few, 4U);
}

}  // namespace
}  // namespace kface
