#include "report/data_uri.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "base/files.h"

namespace kface::report {
namespace {

using std::filesystem::path;

constexpr std::string_view kPngBytes = "\x89PNG\r\n\x1a\n...";
constexpr std::string_view kJpegBytes = "\xff\xd8\xff\xe0";

std::string base64_of(std::string_view text) {
  return base64(std::vector<std::uint8_t>(text.begin(), text.end()));
}

class ChipDataUri : public testing::Test {
 protected:
  void SetUp() override {
    folder =
        path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    dataset = folder / "데이터 set";
    ASSERT_TRUE(make_folder(dataset / "chips").ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void put(const path& file, std::string_view bytes) {
    ASSERT_TRUE(write_file_atomic(dataset / file, bytes).ok());
  }

  path folder;
  path dataset;
};

TEST(Base64, AgreesWithRfc4648) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\xff\xfe\xfd"), "//79");
}

TEST_F(ChipDataUri, NamesThePictureByItsBytesNotByItsName) {
  put("chips/a.jpg", kPngBytes);
  put("chips/나.png", kJpegBytes);
  EXPECT_EQ(chip_data_uri(dataset, "chips/a.jpg").value(),
            "data:image/png;base64," + base64_of(kPngBytes));
  EXPECT_EQ(chip_data_uri(dataset, "chips/나.png").value(),
            "data:image/jpeg;base64," + base64_of(kJpegBytes));
}

TEST_F(ChipDataUri, SaysThatAChipIsMissing) {
  EXPECT_EQ(chip_data_uri(dataset, "chips/none.png").error().code(), ErrorCode::kNotFound);
}

TEST_F(ChipDataUri, RefusesWhatIsNoPicture) {
  put("chips/a.png", "<svg onload=alert(1)>");
  const auto uri = chip_data_uri(dataset, "chips/a.png");
  ASSERT_FALSE(uri.ok());
  EXPECT_EQ(uri.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(uri.error().message().find("neither PNG nor JPEG"), std::string::npos);
}

TEST_F(ChipDataUri, RefusesAPathThatLeavesTheDataset) {
  ASSERT_TRUE(write_file_atomic(folder / "secret.png", kPngBytes).ok());
  std::filesystem::create_symlink(folder / "secret.png", dataset / "chips" / "link.png");
  const std::string absolute = (folder / "secret.png").string();
  for (const std::string& chip : {std::string("../secret.png"), absolute, std::string(),
                                  std::string("chips/../../secret.png"),
                                  std::string("chips/link.png"), std::string("a\0b", 3)}) {
    const auto uri = chip_data_uri(dataset, chip);
    ASSERT_FALSE(uri.ok()) << chip;
    EXPECT_EQ(uri.error().code(), ErrorCode::kCorruption) << chip;
    EXPECT_NE(uri.error().message().find("is not inside"), std::string::npos) << chip;
  }
}

TEST_F(ChipDataUri, RefusesAChipBeyondEightMebibytes) {
  put("chips/big.png", std::string(kPngBytes) + std::string((8u << 20) + 1, 'x'));
  EXPECT_EQ(chip_data_uri(dataset, "chips/big.png").error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kface::report
