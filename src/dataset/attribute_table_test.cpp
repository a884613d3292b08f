#include "dataset/attribute_table.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

Manifest two_images() {
  Manifest manifest;
  for (const char* id : {"a/1.jpg", "a/2.jpg"}) {
    ImageRecord image;
    image.id = id;
    image.identity = "a";
    image.attributes = {{"lux", "1000"}};
    manifest.images.push_back(image);
  }
  return manifest;
}

TEST(AttributeTable, AddsAndReplacesByImage) {
  Manifest manifest = two_images();
  const std::string digest = manifest.digest();
  const Status status =
      add_attributes(manifest, "id,lux,mask\na/2.jpg,40,yes\na/1.jpg,,no\n", "t.csv");
  ASSERT_TRUE(status.ok()) << status.message();
  using Attributes = std::map<std::string, std::string>;
  EXPECT_EQ(manifest.images[0].attributes, (Attributes{{"lux", "1000"}, {"mask", "no"}}));
  EXPECT_EQ(manifest.images[1].attributes, (Attributes{{"lux", "40"}, {"mask", "yes"}}));
  EXPECT_EQ(manifest.digest(), digest);
}

struct Bad {
  const char* csv;
  ErrorCode code;
  const char* text;
};

TEST(AttributeTable, RefusesWhatIsNoTableOfThisDataset) {
  const Bad all_bad[] = {
      {"", ErrorCode::kCorruption, "t.csv: no row"},
      {"id\n", ErrorCode::kCorruption, "the first column is 'id' of 1 columns"},
      {"image,lux\n", ErrorCode::kCorruption, "the first column is 'image'"},
      {"id,\n", ErrorCode::kCorruption, "column '' has no name"},
      {"id,lux,lux\n", ErrorCode::kCorruption, "column 'lux' stands twice"},
      {"id,identity\n", ErrorCode::kCorruption, "column 'identity' is one of the manifest's own"},
      {"id,lux\na/1.jpg\n", ErrorCode::kCorruption, "row 2 has 1 columns, the header 2"},
      {"id,lux\na/1.jpg,1\na/1.jpg,2\n", ErrorCode::kCorruption,
       "row 3 is the second of image 'a/1.jpg'"},
      {"id,lux\n\"a", ErrorCode::kCorruption, "t.csv: "},
      {"id,lux\na/1.jpg,1\nb,2\nc,2\n", ErrorCode::kNotFound,
       "names 2 images that the dataset does not have, the first is 'b'"},
  };
  for (const Bad& bad : all_bad) {
    Manifest manifest = two_images();
    const Status status = add_attributes(manifest, bad.csv, "t.csv");
    EXPECT_EQ(status.code(), bad.code) << bad.csv;
    EXPECT_NE(status.message().find(bad.text), std::string::npos) << status.message();
    EXPECT_EQ(manifest.images[0].attributes.at("lux"), "1000");
  }
}

}  // namespace
}  // namespace kface
