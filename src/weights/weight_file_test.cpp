// Every format, as other programs write it, gives the same numbers bit for bit.
#include "weights/weight_file.h"

#include "weights/rearrange.h"
#include "weights/weight_files_for_test.h"

namespace kface {
namespace {

struct GoodFile {
  const char* name;
  WeightFormat format;
  bool with_top;
  const char* source_channels;
  bool has_mean = false;
};

void PrintTo(const GoodFile& file, std::ostream* out) { *out << file.name; }

std::map<std::string, Tensor> expected_tensors(bool with_top) {
  auto file = read_safetensors(weight_file("expected.safetensors"));
  EXPECT_TRUE(file.ok()) << "the CTest fixture weights.files writes it; run the tests with ctest";
  std::map<std::string, Tensor> tensors;
  if (file.ok()) {
    tensors = std::move(file.value().tensors);
  }
  std::erase_if(tensors,
                [&](const auto& entry) { return !with_top && entry.first.starts_with("fc"); });
  return tensors;
}

void expect_same(const std::map<std::string, Tensor>& found,
                 const std::map<std::string, Tensor>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_EQ(found.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(found.at(name).data, tensor.data) << name;
  }
}

class GoodWeightFile : public ::testing::TestWithParam<GoodFile> {};

TEST_P(GoodWeightFile, GivesTheOneForm) {
  const GoodFile& good = GetParam();
  const auto weights =
      read_weights(weight_file(good.name), small_layout(), ChannelOrder::kOfFormat);
  ASSERT_TRUE(weights.ok()) << weights.error().message();
  EXPECT_EQ(weights.value().format, good.format);
  EXPECT_EQ(recognise_weight_file(weight_file(good.name)).value(), good.format);
  EXPECT_EQ(weights.value().with_top, good.with_top);
  ASSERT_EQ(weights.value().file.tensors.size(), good.with_top ? 32U : 26U);
  expect_same(weights.value().file.tensors, expected_tensors(good.with_top));
  EXPECT_EQ(weights.value().file.metadata.at("source_channels"), good.source_channels);
  EXPECT_EQ(weights.value().file.metadata.at("source_format"), format_name(good.format));
  EXPECT_EQ(weights.value().file.metadata.at("source_sha256").size(), 64U);
  ASSERT_EQ(weights.value().mean_bgr.has_value(), good.has_mean);
  if (good.has_mean) {
    const std::array<float, 3> mean = {93.59396362304688F, 104.76238250732422F, 129.186279296875F};
    EXPECT_EQ(*weights.value().mean_bgr, mean);
  }
}

TEST_P(GoodWeightFile, IsReadBackAsWritten) {
  const auto weights =
      read_weights(weight_file(GetParam().name), small_layout(), ChannelOrder::kOfFormat);
  ASSERT_TRUE(weights.ok()) << weights.error().message();
  const ScratchFile file({});
  ASSERT_TRUE(write_vgg_face(file.path(), weights.value()).ok());
  const auto again = read_weights(file.path(), small_layout(), ChannelOrder::kOfFormat);
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again.value().format, WeightFormat::kSafetensors);
  EXPECT_EQ(again.value().with_top, weights.value().with_top);
  EXPECT_EQ(again.value().mean_bgr, weights.value().mean_bgr);
  EXPECT_EQ(again.value().file.metadata, weights.value().file.metadata);
  expect_same(again.value().file.tensors, weights.value().file.tensors);
}

TEST_P(GoodWeightFile, TheUserMayNameTheChannelOrder) {
  const std::string stated = GetParam().source_channels;
  const ChannelOrder other = stated == "bgr" ? ChannelOrder::kRgb : ChannelOrder::kBgr;
  const auto weights = read_weights(weight_file(GetParam().name), small_layout(), other);
  ASSERT_TRUE(weights.ok()) << weights.error().message();
  auto expected = expected_tensors(GetParam().with_top);
  swap_red_and_blue(expected.at("conv1_1.weight"));
  expect_same(weights.value().file.tensors, expected);
  EXPECT_NE(weights.value().file.metadata.at("source_channels"), stated);
}

constexpr auto kSafetensors = WeightFormat::kSafetensors;
constexpr auto kKerasH5 = WeightFormat::kKerasH5;

INSTANTIATE_TEST_SUITE_P(
    Formats, GoodWeightFile,
    ::testing::Values(GoodFile{"pytorch.safetensors", kSafetensors, true, "rgb"},
                      GoodFile{"convolutions.safetensors", kSafetensors, true, "rgb"},
                      GoodFile{"notop.safetensors", kSafetensors, false, "rgb"},
                      GoodFile{"by_order.h5", kKerasH5, true, "rgb"},
                      GoodFile{"by_name.h5", kKerasH5, true, "bgr"},
                      GoodFile{"by_name_notop.h5", kKerasH5, false, "bgr"},
                      GoodFile{"model.h5", kKerasH5, true, "bgr"},
                      GoodFile{"gzip.h5", kKerasH5, true, "rgb"},
                      GoodFile{"new.caffemodel", WeightFormat::kCaffe, true, "bgr"},
                      GoodFile{"old.caffemodel", WeightFormat::kCaffe, true, "bgr"},
                      GoodFile{"float.t7", WeightFormat::kTorch7, true, "bgr"},
                      GoodFile{"double.t7", WeightFormat::kTorch7, true, "bgr"},
                      GoodFile{"notop.t7", WeightFormat::kTorch7, false, "bgr"},
                      GoodFile{"new.mat", WeightFormat::kMatConvNet, true, "rgb", true},
                      GoodFile{"old.mat", WeightFormat::kMatConvNet, true, "rgb", true},
                      GoodFile{"hdf5.mat", WeightFormat::kMatConvNet, true, "rgb", true}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(VggFaceLayout, IsTheNetworkOfThePaper) {
  const VggLayout layout = vgg_face_layout();
  ASSERT_EQ(layout.layers.size(), 16U);
  EXPECT_EQ(layout.convolutions(), 13U);
  std::size_t parameters = 0;
  for (const VggLayer& layer : layout.layers) {
    parameters += value_count(layer.weight_shape()) + value_count(layer.bias_shape());
  }
  EXPECT_EQ(parameters, 145'002'878U);  // reference: keras-vggface's summary
  EXPECT_EQ(layout.find("fc6")->weight_shape(), (TensorShape{4096, 25088}));
  EXPECT_EQ(layout.find("conv5_3")->weight_shape(), (TensorShape{512, 512, 3, 3}));
  EXPECT_EQ(layout.largest(), 4096U * 25088U);
}

TEST(ReadVggFace, WantsTheFullNetwork) {
  const auto weights = read_vgg_face(weight_file("pytorch.safetensors"));
  ASSERT_FALSE(weights.ok());
  EXPECT_NE(weights.error().message().find("'conv1_1.bias' has shape [2], VGG-Face's has [64]"),
            std::string::npos)
      << weights.error().message();
}

TEST(ReadVggFace, MissingFileAndFolderAreNotFound) {
  EXPECT_EQ(read_vgg_face("/nonexistent.h5").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(read_vgg_face("/").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
