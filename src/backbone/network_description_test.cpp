#include "backbone/network_description.h"

#include <gtest/gtest.h>

#include "base/files.h"

namespace kface {
namespace {

constexpr char kSound[] = R"(name = "mobilefacenet"
file = "net.onnx"
license = "MIT"
width = 112
height = 96
channels = "bgr"
mean = [127.5, 127, 126]
scale = [0.0078125, 0.5, 1]
customary_threshold = 1.2
)";

constexpr char kTemplate[] =
    "template = [[38.29, 51.70], [73.53, 51.50], [56.03, 71.74], [41.55, 92.37], [70.73, 92.20]]\n";

class NetworkDescriptionFile : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::path(testing::TempDir()) /
             ("kface-toml-" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    description_path = folder / "net.toml";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  Result<NetworkDescription> read(const std::string& text) const {
    EXPECT_TRUE(write_file_atomic(description_path, text).ok());
    return read_network_description(description_path);
  }

  // The message of the error, without the file's name.
  std::string fault(const std::string& text) const {
    const auto description = read(text);
    EXPECT_FALSE(description.ok()) << text;
    EXPECT_EQ(description.error().code(), ErrorCode::kCorruption);
    const std::string prefix = description_path.string() + ":";
    EXPECT_TRUE(description.error().message().starts_with(prefix));
    return description.error().message().substr(prefix.size());
  }

  static std::string without(const std::string& key) {
    std::string text = kSound;
    const auto begin = text.find(key + " =");
    return text.erase(begin, text.find('\n', begin) + 1 - begin);
  }
  static std::string with(const std::string& key, const std::string& value) {
    return without(key) + key + " = " + value + "\n";
  }

  std::filesystem::path folder;
  std::filesystem::path description_path;
};

TEST_F(NetworkDescriptionFile, IsReadWithItsDefaults) {
  const auto read_back = read(kSound);
  ASSERT_TRUE(read_back.ok()) << read_back.error().message();
  const NetworkDescription& description = read_back.value();
  EXPECT_EQ(description.name, "mobilefacenet");
  EXPECT_EQ(description.file, folder / "net.onnx");
  EXPECT_EQ(description.license, "MIT");
  EXPECT_EQ(describe(description.preprocess),
            "bgr 112x96 stretch bilinear mean 127.5 127 126 scale 0.0078125 0.5 1");
  EXPECT_FALSE(description.landmarks.has_value());
  EXPECT_EQ(description.chip_size, 150);
  EXPECT_EQ(description.chip_padding, 0.25);
  EXPECT_EQ(description.sha256, "");
  EXPECT_EQ(description.feature, "");
  EXPECT_TRUE(description.normalize);
  EXPECT_EQ(description.customary_threshold, 1.2);
}

TEST_F(NetworkDescriptionFile, MaySayMore) {
  const auto read_back = read(std::string(kSound) + kTemplate + "sha256 = \"" +
                              std::string(64, 'a') + "\"\nfeature = \"fc1\"\nnormalize = false\n");
  ASSERT_TRUE(read_back.ok()) << read_back.error().message();
  const NetworkDescription& description = read_back.value();
  ASSERT_TRUE(description.landmarks.has_value());
  EXPECT_EQ((*description.landmarks)[1].x, 73.53F);
  EXPECT_EQ((*description.landmarks)[4].y, 92.20F);
  EXPECT_EQ(description.chip_size, 150);
  EXPECT_EQ(description.chip_padding, 0.25);
  EXPECT_EQ(description.feature, "fc1");
  EXPECT_FALSE(description.normalize);
  const auto other =
      read(std::string(kSound) + kTemplate + "chip_size = 300\nchip_padding = 0.8\n");
  ASSERT_TRUE(other.ok()) << other.error().message();
  EXPECT_EQ(other.value().chip_size, 300);
  EXPECT_EQ(other.value().chip_padding, 0.8);
}

TEST_F(NetworkDescriptionFile, MustHaveItsKeys) {
  for (const std::string key : {"name", "file", "license", "width", "height", "channels", "mean",
                                "scale", "customary_threshold"}) {
    EXPECT_EQ(fault(without(key)), " '" + key + "' is missing");
  }
}

TEST_F(NetworkDescriptionFile, MayHaveNoOtherKey) {
  EXPECT_EQ(fault(std::string(kSound) + "treshold = 3\n"),
            "10: 'treshold' is not a known key; known are: channels, chip_padding, chip_size, "
            "customary_threshold, feature, file, height, license, mean, name, normalize, scale, "
            "sha256, template, width");
}

TEST_F(NetworkDescriptionFile, NamesTheLineOfAFault) {
  EXPECT_EQ(fault(with("name", "7")), "9: 'name' is not a text in quotes");
  EXPECT_EQ(fault(with("name", "\"\"")), "9: 'name' is not a text in quotes");
  EXPECT_EQ(fault(with("width", "0")), "9: 'width' is not a number from 1 to 1024");
  EXPECT_EQ(fault(with("width", "112.5")), "9: 'width' is not a whole number");
  EXPECT_EQ(fault(with("height", "99999")), "9: 'height' is not a number from 1 to 1024");
  EXPECT_EQ(fault(with("height", "\"112\"")), "9: 'height' is not a number from 1 to 1024");
  EXPECT_EQ(fault(with("channels", "\"gray\"")), "9: 'channels' is neither \"rgb\" nor \"bgr\"");
  EXPECT_EQ(fault(with("mean", "127")), "9: 'mean' is not a list of 3 numbers");
  EXPECT_EQ(fault(with("mean", "[1, 2]")), "9: 'mean' is not a list of 3 numbers");
  EXPECT_EQ(fault(with("mean", "[1, 2, nan]")), "9: 'mean' is not a number from -1e+06 to 1e+06");
  EXPECT_EQ(fault(with("scale", "[1, 0, 1]")), "9: 'scale' has a zero");
  EXPECT_EQ(fault(with("customary_threshold", "-1")),
            "9: 'customary_threshold' is not a number from 0 to 1e+06");
  EXPECT_EQ(fault(with("customary_threshold", "inf")),
            "9: 'customary_threshold' is not a number from 0 to 1e+06");
  EXPECT_EQ(fault(std::string(kSound) + "sha256 = \"abc\"\n"),
            "10: 'sha256' is not 64 digits 0-9 a-f");
  EXPECT_EQ(fault(std::string(kSound) + "normalize = 1\n"),
            "10: 'normalize' is neither true nor false");
  EXPECT_EQ(fault(std::string(kSound) + "chip_padding = 5\n"),
            "10: 'chip_padding' is not a number from 0 to 4");
}

TEST_F(NetworkDescriptionFile, HasATemplateThatIsAFace) {
  EXPECT_EQ(fault(std::string(kSound) + "template = [[1, 2]]\n"),
            "10: 'template' is not a list of five points [x, y]");
  EXPECT_EQ(fault(std::string(kSound) + "template = [1, 2, 3, 4, 5]\n"),
            "10: 'template' is not a list of 2 numbers");
  // The subject's right and left instead of the viewer's: the eyes change places.
  EXPECT_EQ(fault(std::string(kSound) +
                  "template = [[73, 51], [38, 51], [56, 71], [70, 92], [41, 92]]\n"),
            "10: 'template' is no upright face: eye on the picture's left, eye on its right, tip "
            "of the nose, corner of the mouth on the left, on the right are expected");
}

TEST_F(NetworkDescriptionFile, MustBeToml) {
  EXPECT_TRUE(fault("width = \n").starts_with("1: no TOML: "));
  EXPECT_TRUE(fault(std::string(kSound) + "width = 3\n").starts_with("10: no TOML: "));
  EXPECT_TRUE(fault(std::string(3000, '[')).starts_with("1: no TOML: "));
}

TEST_F(NetworkDescriptionFile, MustBeThere) {
  EXPECT_EQ(read_network_description(folder / "none.toml").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
