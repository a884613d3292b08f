#include "kface/manifest.h"

#include "base/digest.h"
#include "dataset/manifest_csv.h"
#include "dataset/test_tree.h"
#include "dataset/text.h"

namespace kface {
namespace {

using test::read_bytes;
using test::TempFolder;
using test::write_bytes;

const std::string kDigestA(64, 'a');
const std::string kDigestB(64, 'b');

ImageRecord accepted_record() {
  ImageRecord image;
  image.id = "김 철수/1, \"front\".jpg";
  image.identity = "김 철수";
  image.source = "김 철수/1, \"front\".jpg";
  image.source_sha256 = kDigestA;
  image.attributes = {{"lux", "1000"}, {"accessory", "glasses"}};
  image.num_faces = 2;
  image.detector = "hog";
  image.box = {-3, 4, 100, 101};
  image.landmarks = {{{90.5F, 40}, {70, 41.25F}, {20, 40}, {40, 41}, {55, 80}}};
  image.quality = {100, 12.5F, 99, -4, 2};
  image.chip = "chips/김%20철수/1.jpg-bbbbbbbb.png";
  image.chip_sha256 = kDigestB;
  return image;
}

Manifest sample() {
  Manifest manifest;
  manifest.facts = {{"kind", "folder"}, {"crop", "dlib"}};
  ImageRecord refused;
  refused.id = "Ann/2.jpg";
  refused.identity = "Ann";
  refused.source = "Ann/2.jpg";
  refused.reason = "empty file";
  manifest.images = {accepted_record(), refused};  // not sorted
  return manifest;
}

std::string sample_csv() { return format_manifest_csv(sample().images).value(); }

Status parse_error(const std::string& text) {
  const auto parsed = parse_manifest_csv(text, "m.csv");
  return parsed.ok() ? Status{} : parsed.error();
}

// The sample with its accepted row changed.
template <typename Change>
Status error_of(Change&& change) {
  ImageRecord image = accepted_record();
  change(image);
  return parse_error(format_manifest_csv({image}).value());
}

std::string with_replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Manifest, ComesBackAsItWasWritten) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  const auto read = read_manifest(folder.path());
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read.value().facts, sample().facts);
  ASSERT_EQ(read.value().images.size(), 2U);
  EXPECT_EQ(read.value().images[0].id, "Ann/2.jpg");
  EXPECT_EQ(read.value().images[0].reason, "empty file");
  const ImageRecord& image = read.value().images[1];
  const ImageRecord expected = accepted_record();
  EXPECT_EQ(record_fields(image), record_fields(expected));
  EXPECT_EQ(image.attributes, expected.attributes);
  EXPECT_EQ(image.landmarks[1].y, 41.25F);
  EXPECT_EQ(image.box.x, -3);
  EXPECT_EQ(read.value().digest(), sample().digest());
}

TEST(Manifest, DigestSpeaksOfAcceptedIdentitiesAndChipsOnly) {
  Manifest manifest = sample();
  const std::string digest = manifest.digest();
  manifest.images[1].reason = "another reason";
  manifest.images[0].quality.sharpness = 1;
  EXPECT_EQ(manifest.digest(), digest);
  manifest.images[0].identity = "Bob";
  EXPECT_NE(manifest.digest(), digest);
}

// A released file of format version 1 must always load.
TEST(Manifest, ReadsTheGoldenFile) {
  const auto golden = std::filesystem::path(KFACE_TESTDATA) / "manifest-v1";
  const auto read = read_manifest(golden);
  ASSERT_TRUE(read.ok()) << read.error().message();
  ASSERT_EQ(read.value().images.size(), 2U);
  EXPECT_EQ(read.value().facts.at("kind"), "folder");
  EXPECT_EQ(read.value().images[1].attributes.at("lux"), "1000");
  EXPECT_EQ(read.value().digest(), sample().digest());
  // And the writer still writes it, byte for byte.
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  EXPECT_EQ(read_bytes(folder / "manifest.csv"), read_bytes(golden / "manifest.csv"));
  EXPECT_EQ(read_bytes(folder / "dataset.json"), read_bytes(golden / "dataset.json"));
}

TEST(Manifest, SaysHowToMakeADatasetWhereThereIsNone) {
  const TempFolder folder;
  const auto read = read_manifest(folder.path());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(read.error().message().find("kface import"), std::string::npos);
  write_bytes(folder / "import.journal", "x");
  EXPECT_NE(read_manifest(folder.path()).error().message().find("not finished"), std::string::npos);
}

TEST(Manifest, RefusesAManifestTruncatedAnywhere) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  const std::string whole = read_bytes(folder / "manifest.csv");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(folder / "manifest.csv", whole.substr(0, size));
    const auto read = read_manifest(folder.path());
    ASSERT_FALSE(read.ok()) << size;
    EXPECT_EQ(read.error().code(), ErrorCode::kCorruption) << size;
  }
}

TEST(Manifest, TextTruncatedAnywhereNeverCrashesAndIsRefusedInsideARow) {
  const std::string whole = sample_csv();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto parsed = parse_manifest_csv(whole.substr(0, size), "m.csv");
    const bool after_a_row = size > 0 && whole[size - 1] == '\n';
    EXPECT_EQ(parsed.ok(), after_a_row) << size;
  }
}

TEST(Manifest, RefusesAHeadTruncatedAnywhere) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  const std::string whole = read_bytes(folder / "dataset.json");
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {  // the last byte is a newline
    write_bytes(folder / "dataset.json", whole.substr(0, size));
    EXPECT_EQ(read_manifest(folder.path()).error().code(), ErrorCode::kCorruption) << size;
  }
}

TEST(Manifest, RefusesAHeadWithoutItsManifest) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  std::filesystem::remove(folder / "manifest.csv");
  EXPECT_EQ(read_manifest(folder.path()).error().code(), ErrorCode::kCorruption);
}

TEST(Manifest, RefusesAnotherVersion) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  write_bytes(folder / "dataset.json", with_replaced(read_bytes(folder / "dataset.json"),
                                                     "\"version\": 1", "\"version\": 2"));
  const auto read = read_manifest(folder.path());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), ErrorCode::kVersion);
  EXPECT_NE(read.error().message().find("format version 2, this build reads 1"), std::string::npos);
}

TEST(Manifest, RefusesJsonOfOtherShapes) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), sample()).ok());
  for (const char* text : {"[]", "null", "{}", "{\"format\":7}", "{\"format\":\"kface-dataset\"}",
                           "{\"format\":\"kface-dataset\",\"version\":1}",
                           "{\"format\":\"kface-dataset\",\"version\":1,\"facts\":{\"a\":1},"
                           "\"manifest_sha256\":\"\"}"}) {
    write_bytes(folder / "dataset.json", text);
    EXPECT_EQ(read_manifest(folder.path()).error().code(), ErrorCode::kCorruption) << text;
  }
}

TEST(ManifestCsv, NamesAMissingOrRepeatedColumn) {
  EXPECT_NE(parse_error(with_replaced(sample_csv(), "chip_sha256", "chip_digest"))
                .message()
                .find("column chip_sha256 is missing"),
            std::string::npos);
  EXPECT_EQ(parse_error(with_replaced(sample_csv(), "lux", "id")).code(), ErrorCode::kCorruption);
  EXPECT_EQ(parse_error("").code(), ErrorCode::kCorruption);
}

TEST(ManifestCsv, NamesTheLineOfADuplicateId) {
  const std::string text = sample_csv();
  const std::size_t last_row = text.find("\"김 철수/1");
  ASSERT_NE(last_row, std::string::npos);
  const Status status = parse_error(text + text.substr(last_row));
  EXPECT_EQ(status.code(), ErrorCode::kCorruption);
  EXPECT_NE(status.message().find("line 4: a second row with the id"), std::string::npos)
      << status.message();
}

TEST(ManifestCsv, RefusesARowWithFieldsTooFewOrTooMany) {
  EXPECT_EQ(parse_error(sample_csv() + "a,b\n").code(), ErrorCode::kCorruption);
}

TEST(ManifestCsv, RefusesNumbersThatAreNone) {
  const std::string text = format_manifest_csv({accepted_record()}).value();
  for (const char* bad : {"nan", "inf", "-1", "", "1e400", "seven"}) {
    const Status status = parse_error(with_replaced(text, ",12.5,", std::string(",") + bad + ','));
    EXPECT_EQ(status.code(), ErrorCode::kCorruption) << bad;
    EXPECT_NE(status.message().find("sharpness"), std::string::npos) << status.message();
  }
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.box.width = -1; }).ok());
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.num_faces = -1; }).ok());
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.quality.brightness = 256; }).ok());
  EXPECT_TRUE(error_of([](ImageRecord& r) { r.box.x = -50; }).ok());
}

TEST(ManifestCsv, RefusesPathsThatLeaveTheDataset) {
  for (const char* bad : {"../../etc/passwd", "/etc/passwd", "chips/../../x.png", "x.png"}) {
    const Status status = error_of([&](ImageRecord& r) { r.chip = bad; });
    EXPECT_EQ(status.code(), ErrorCode::kCorruption) << bad;
    EXPECT_NE(status.message().find("chip"), std::string::npos);
  }
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.source = "../x.jpg"; }).ok());
}

TEST(ManifestCsv, RefusesInvalidUtf8AndDigestsThatAreNone) {
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.identity = "\xFF"; }).ok());
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.chip_sha256 = "abc"; }).ok());
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.source_sha256 = std::string(64, 'G'); }).ok());
  EXPECT_FALSE(error_of([](ImageRecord& r) { r.identity.clear(); }).ok());
}

TEST(ManifestCsv, WritesNothingThatCannotBeReadBack) {
  ImageRecord image = accepted_record();
  image.attributes["chip"] = "x";
  EXPECT_EQ(format_manifest_csv({image}).error().code(), ErrorCode::kInvalidArgument);
  image = accepted_record();
  EXPECT_EQ(format_manifest_csv({image, image}).error().code(), ErrorCode::kInvalidArgument);
  image.chip.clear();
  EXPECT_EQ(format_manifest_csv({image}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Manifest, LeavesTheOldOneWhereTheFolderCannotBeWritten) {
  const TempFolder folder;
  write_bytes(folder / "file", "x");
  EXPECT_EQ(write_manifest(folder / "file" / "ds", sample()).code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace kface
