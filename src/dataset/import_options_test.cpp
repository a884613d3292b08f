#include "dataset/import_options.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

TEST(ImportOptions, BecomeAlignOptions) {
  const auto options =
      to_align_options({.crop = "none", .color = "clahe", .chip_size = 112, .padding = 0.6});
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(options.value().crop);
  EXPECT_EQ(options.value().color, ColorAdjust::kClahe);
  EXPECT_EQ(options.value().chip_size, 112);
  EXPECT_EQ(options.value().padding, 0.6);
  EXPECT_EQ(to_align_options({.color = "gray-world"}).value().color, ColorAdjust::kGrayWorld);
}

TEST(ImportOptions, RefuseOtherWordsAndSizes) {
  EXPECT_EQ(to_align_options({.crop = "opencv"}).error().message(),
            "--crop: 'opencv', expected dlib or none");
  EXPECT_FALSE(to_align_options({.color = "blue"}).ok());
  EXPECT_FALSE(to_align_options({.chip_size = 0}).ok());
  EXPECT_FALSE(to_align_options({.chip_size = 1'000'000}).ok());
  EXPECT_EQ(to_align_options({.padding = -0.5}).error().message(),
            "--padding: '-0.500000', expected 0 to 4");
  EXPECT_FALSE(to_align_options({.padding = 5}).ok());
}

TEST(ImportOptions, CountPeopleAndImagesByNumberOrAll) {
  const auto options = to_aihub_options({.people = "all", .images = "10", .seed = 7}, {});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options.value().people, 0U);
  EXPECT_EQ(options.value().images, 10U);
  EXPECT_EQ(options.value().seed, 7U);
  for (const char* bad : {"0", "-1", "many", "", "1.5", "99999999999"}) {
    EXPECT_EQ(to_aihub_options({.people = bad}, {}).error().code(), ErrorCode::kInvalidArgument)
        << bad;
    EXPECT_FALSE(to_aihub_options({.images = bad}, {}).ok()) << bad;
  }
}

}  // namespace
}  // namespace kface
