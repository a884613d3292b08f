#include "dataset/derive.h"

#include <gtest/gtest.h>

#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::TempFolder;

// Three images with chips, the last of them refused.
Manifest small_dataset(const TempFolder& folder) {
  Manifest manifest;
  manifest.facts = {{"kind", "aihub"}, {"crop", "none"}};
  for (const char* name : {"a", "b", "c"}) {
    ImageRecord image;
    image.id = name;
    image.identity = "person";
    image.source = name;
    image.source_sha256 = std::string(64, '0');
    image.attributes = {{"lux", "40"}};
    if (image.id == "c") {
      image.reason = "no face found";
    } else {
      image.num_faces = 1;
      image.detector = "none";
      image.chip = "chips/person/" + image.id + ".png";
      image.chip_sha256 = std::string(64, '1');
      test::write_bytes(folder / ("from/" + image.chip), "chip of " + image.id);
    }
    manifest.images.push_back(image);
  }
  return manifest;
}

TEST(DeriveDataset, CopiesTheChosenImagesAlone) {
  const TempFolder folder;
  const Manifest manifest = small_dataset(folder);
  const Status status = derive_dataset(folder / "from", manifest, {"b"}, "T2", folder / "to");
  ASSERT_TRUE(status.ok()) << status.message();
  const auto derived = read_manifest(folder / "to");
  ASSERT_TRUE(derived.ok()) << derived.error().message();
  ASSERT_EQ(derived.value().images.size(), 1u);
  EXPECT_EQ(derived.value().images[0].id, "b");
  EXPECT_EQ(derived.value().images[0].attributes.at("lux"), "40");
  EXPECT_EQ(derived.value().facts.at("selection"), "T2");
  EXPECT_EQ(derived.value().facts.at("kind"), "aihub");
  EXPECT_EQ(test::read_bytes(folder / "to/chips/person/b.png"), "chip of b");
  EXPECT_FALSE(std::filesystem::exists(folder / "to/chips/person/a.png"));
}

TEST(DeriveDataset, RefusesAFolderInUseNothingAndALostChip) {
  const TempFolder folder;
  const Manifest manifest = small_dataset(folder);
  const auto derive = [&](const std::vector<std::string>& ids, const char* target) {
    return derive_dataset(folder / "from", manifest, ids, "T2", folder / target);
  };
  EXPECT_NE(derive({"a"}, "from").message().find("is not an empty folder"), std::string::npos);
  EXPECT_NE(derive({}, "to").message().find("no image of the dataset is in T2"), std::string::npos);
  std::filesystem::remove(folder / "from/chips/person/a.png");
  const Status lost = derive({"a"}, "to");
  EXPECT_EQ(lost.code(), ErrorCode::kNotFound);
  EXPECT_NE(lost.message().find("import the photos again"), std::string::npos);
  EXPECT_FALSE(read_manifest(folder / "to").ok()) << "half a dataset is none";
  EXPECT_THROW((void)derive({"c"}, "other"), ContractViolation) << "refused: it has no chip";
}

}  // namespace
}  // namespace kface
