#include "verify/verifier.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"

namespace kface {
namespace {

TEST(ParseAlign, ReadsAModelsPreprocessing) {
  const auto options =
      parse_align({{"crop", "none"}, {"color", "clahe"}, {"chip_size", "224"}, {"padding", "0.5"}});
  ASSERT_TRUE(options.ok()) << options.error().message();
  EXPECT_FALSE(options.value().crop);
  EXPECT_EQ(options.value().color, ColorAdjust::kClahe);
  EXPECT_EQ(options.value().chip_size, 224);
  EXPECT_EQ(options.value().padding, 0.5);
}

TEST(ParseAlign, RefusesWhatItDoesNotKnow) {
  using Facts = std::map<std::string, std::string>;
  for (const Facts& facts :
       {Facts{{"crop", "maybe"}}, Facts{{"color", "blue"}}, Facts{{"chip_size", "-5"}},
        Facts{{"chip_size", "99999"}}, Facts{{"padding", "x"}}, Facts{{"spin", "1"}}}) {
    const auto options = parse_align(facts);
    ASSERT_FALSE(options.ok()) << facts.begin()->second;
    EXPECT_NE(options.error().message().find(facts.begin()->first), std::string::npos);
  }
}

TEST(AlignFacts, KeepsOnlyHowPhotosBecameChips) {
  EXPECT_EQ(align_facts({{"kind", "lfw"}, {"crop", "dlib"}, {"seed", "1"}}),
            (std::map<std::string, std::string>{{"crop", "dlib"}}));
}

TEST(OpenModel, SaysWhatIsMissing) {
  EXPECT_EQ(open_model("/nonexistent.kface", "dlib-resnet", ".").error().code(),
            ErrorCode::kNotFound);
  const auto no_weights = open_model("frozen", "dlib-resnet", "/nonexistent");
  ASSERT_FALSE(no_weights.ok());
  EXPECT_NE(no_weights.error().message().find("make setup"), std::string::npos);
  const auto unknown = open_model("frozen", "vgg", ".");
  EXPECT_NE(unknown.error().message().find("no backbone is called 'vgg'"), std::string::npos);
}

// The rest needs the network's weights and real faces.
class VerifierOnFaces : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* models = std::getenv("KFACE_MODELS");
    const char* data = std::getenv("KFACE_DATA");
    if (models == nullptr || data == nullptr ||
        !std::filesystem::exists(std::filesystem::path(data) / "orl")) {
      GTEST_SKIP() << "KFACE_MODELS and KFACE_DATA with orl are needed";
    }
    models_ = models;
    data_ = data;
  }

  std::vector<std::uint8_t> orl(const char* name) const {
    return read_file(data_ / "orl" / name).value();
  }

  std::filesystem::path models_;
  std::filesystem::path data_;
};

TEST_F(VerifierOnFaces, TellsTwoPeopleApartAndKnowsOneAgain) {
  const auto opened = open_model("frozen", "dlib-resnet", models_);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const auto verifier = Verifier::create(opened.value(), models_);
  ASSERT_TRUE(verifier.ok()) << verifier.error().message();
  const auto same = verifier.value()->verify(orl("s1/1.pgm"), orl("s1/2.pgm"));
  const auto different = verifier.value()->verify(orl("s1/1.pgm"), orl("s2/1.pgm"));
  ASSERT_TRUE(same.ok() && different.ok());
  EXPECT_TRUE(same.value().same);
  EXPECT_LT(same.value().distance, different.value().distance);
  const auto itself = verifier.value()->verify(orl("s1/1.pgm"), orl("s1/1.pgm"));
  EXPECT_EQ(itself.value().distance, 0.0F);
}

TEST_F(VerifierOnFaces, NamesThePhotoThatCannotBeUsed) {
  const auto opened = open_model("frozen", "dlib-resnet", models_);
  const auto verifier = Verifier::create(opened.value(), models_);
  const std::vector<std::uint8_t> rubbish = {1, 2, 3};
  const auto result = verifier.value()->verify(orl("s1/1.pgm"), rubbish);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message().rfind("second photo: ", 0), 0U);
}

}  // namespace
}  // namespace kface
