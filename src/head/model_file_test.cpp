#include "head/model_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/files.h"
#include "base/safetensors.h"

namespace kface {
namespace {

Model small_model() {
  Model model;
  model.recipe = "paper";
  model.backbone = "dlib-resnet";
  model.backbone_digest = "0123456789abcdef";
  model.head = {.d = 2,
                .m = 3,
                .weight = {1, 2, 3, 4, 5, 6},
                .bias = {0, 1, 2},
                .activation = Activation::kTanh,
                .l2_normalize = true};
  model.score = ScoreUnit{-2, 1};
  model.threshold = {
      .distance = 0.5F, .rule = "far", .far = 0.001, .num_people = 20, .unseen_people = true};
  model.preprocessing = {{"crop", "dlib"}};
  model.options = {{"train.epochs", "200"}};
  model.data_digest = "feed";
  model.program = "0.1.0";
  return model;
}

class ModelFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("kface-model-" + std::to_string(::getpid()) + ".kface");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  // Writes the model's file after `change`, reads it back, returns the error's text.
  template <typename Change>
  Status error_after(Change change) {
    EXPECT_TRUE(write_model(path_, small_model()).ok());
    TensorFile file = read_safetensors(path_).value();
    change(file);
    EXPECT_TRUE(write_safetensors(path_, file).ok());
    const auto model = read_model(path_);
    EXPECT_FALSE(model.ok());
    return model.error();
  }

  std::filesystem::path path_;
};

TEST_F(ModelFile, ReadsBackWhatWasWritten) {
  ASSERT_TRUE(write_model(path_, small_model()).ok());
  const auto model = read_model(path_);
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ(model_name(model.value()), model_name(small_model()));
  EXPECT_EQ(model.value().head.weight, small_model().head.weight);
  EXPECT_EQ(model.value().threshold.far, small_model().threshold.far);
  EXPECT_EQ(model.value().head.activation, Activation::kTanh);
  EXPECT_TRUE(model.value().head.l2_normalize);
}

TEST_F(ModelFile, AThresholdNeverMeasuredStaysUnmeasured) {
  Model model = small_model();
  model.threshold.far.reset();
  model.score.reset();
  ASSERT_TRUE(write_model(path_, model).ok());
  const auto read = read_model(path_);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read.value().threshold.far.has_value());
  EXPECT_FALSE(read.value().score.has_value());
}

TEST_F(ModelFile, EveryTruncationIsRefused) {
  ASSERT_TRUE(write_model(path_, small_model()).ok());
  const auto bytes = read_file(path_).value();
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    ASSERT_TRUE(write_file_atomic(path_, std::span(bytes).first(size)).ok());
    ASSERT_FALSE(read_model(path_).ok()) << size;
  }
}

TEST_F(ModelFile, HostileFilesEndInTheirOwnMessage) {
  const auto has = [](const Status& status, const char* text) {
    EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
  };
  has(error_after([](TensorFile& f) { f.metadata["format"] = "other"; }), "format 'other'");
  const Status newer = error_after([](TensorFile& f) { f.metadata["version"] = "3"; });
  EXPECT_EQ(newer.code(), ErrorCode::kVersion);
  has(newer, "version '3', this build reads 1..2");
  has(error_after([](TensorFile& f) { f.metadata["version"] = "99999999999"; }), "version");
  has(error_after([](TensorFile& f) { f.metadata["model"] = "{"; }), "does not parse");
  has(error_after([](TensorFile& f) { f.metadata["model"] = "{}"; }), "recipe");
  has(error_after([](TensorFile& f) { f.tensors.erase("head.bias"); }), "missing");
  has(error_after([](TensorFile& f) { f.tensors["extra"] = {{1}, {0}}; }), "'extra'");
  has(error_after([](TensorFile& f) { f.tensors["head.bias"] = {{2}, {0, 0}}; }), "do not fit");
  has(error_after([](TensorFile& f) { f.tensors["score"] = {{1}, {0}}; }), "expected 2");
}

TEST_F(ModelFile, AnotherBackboneIsRefused) {
  EXPECT_TRUE(check_backbone(small_model(), "dlib-resnet", "0123456789abcdef").ok());
  const Status status = check_backbone(small_model(), "vgg-face", "ffff");
  EXPECT_EQ(status.code(), ErrorCode::kMismatch);
  EXPECT_NE(status.message().find("was fitted on backbone dlib-resnet"), std::string::npos);
}

TEST_F(ModelFile, MissingFileIsNotFound) {
  EXPECT_EQ(read_model("/nonexistent.kface").error().code(), ErrorCode::kNotFound);
}

TEST_F(ModelFile, KeepsHowTheBackboneComputesAndItsLimits) {
  Model model = small_model();
  model.engine =
      EngineChoice{.precision = Precision::kInt8,
                   .plan = {.ways = {{"conv1", Way::kBf16Nhwc}}, .otherwise = Way::kInt8},
                   .calibration = {.limits = {{"input", 1.5F}, {"conv1", 0.1F}}},
                   .rule = "squares",
                   .lowest_cosine = 0.998};
  ASSERT_TRUE(write_model(path_, model).ok());
  EXPECT_EQ(read_safetensors(path_).value().metadata["version"], "2");
  const auto read = read_model(path_);
  ASSERT_TRUE(read.ok()) << read.error().message();
  ASSERT_TRUE(read.value().engine.has_value());
  const EngineChoice& engine = *read.value().engine;
  EXPECT_EQ(engine.precision, Precision::kInt8);
  EXPECT_EQ(engine.plan, model.engine->plan);
  EXPECT_EQ(engine.calibration, model.engine->calibration);
  EXPECT_EQ(engine.rule, "squares");
  EXPECT_EQ(engine.lowest_cosine, 0.998);
}

TEST_F(ModelFile, IsVersion1WithoutThatSoThatOlderProgramsReadIt) {
  ASSERT_TRUE(write_model(path_, small_model()).ok());
  EXPECT_EQ(read_safetensors(path_).value().metadata["version"], "1");
}

TEST_F(ModelFile, RefusesAWayOfComputingThatItDoesNotKnow) {
  Model model = small_model();
  model.engine = EngineChoice{.precision = Precision::kF32};
  ASSERT_TRUE(write_model(path_, model).ok());
  TensorFile file = read_safetensors(path_).value();
  std::string& text = file.metadata["model"];
  text.replace(text.find("f32 nhwc"), 8, "f64 nhwc");
  ASSERT_TRUE(write_safetensors(path_, file).ok());
  const auto read = read_model(path_);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message().find("'f64 nhwc' is not a name that this build knows"),
            std::string::npos);
}

}  // namespace
}  // namespace kface
