// Good files damaged in memory: cut anywhere, sizes turned huge and negative, single bytes changed;
// and files that are something else.
#include <algorithm>
#include <cmath>
#include <random>

#include "weights/weight_files_for_test.h"

// As outside the sanitizer: memory that is not there is an error that HDF5 handles.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace kface {
namespace {

class DamagedWeightFile : public ::testing::TestWithParam<const char*> {};

TEST_P(DamagedWeightFile, EveryCutIsRefused) {
  expect_every_cut_refused(weight_bytes(GetParam()), /*cuts=*/150);
}

TEST_P(DamagedWeightFile, BytesAfterItsEndAreRefusedOrChangeNothing) {
  Bytes bytes = weight_bytes(GetParam());
  const auto good = read_small(bytes);
  ASSERT_TRUE(good.ok());
  bytes.insert(bytes.end(), 9, 0xFF);
  const auto longer = read_small(bytes);
  if (longer.ok()) {  // HDF5 says itself where it ends
    EXPECT_TRUE(longer.value().format == WeightFormat::kKerasH5 ||
                longer.value().format == WeightFormat::kMatConvNet);
    for (const auto& [name, tensor] : good.value().file.tensors) {
      EXPECT_EQ(longer.value().file.tensors.at(name).data, tensor.data) << name;
    }
  }
}

// Whatever is accepted is complete and finite; the sanitizers watch the rest.
TEST_P(DamagedWeightFile, AChangedByteNeverPassesForMissingOrInfiniteTensors) {
  const Bytes good = weight_bytes(GetParam());
  ASSERT_FALSE(good.empty());
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    Bytes bytes = good;
    for (int i = 0; i < 4; ++i) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    const auto weights = read_small(bytes);
    refused += weights.ok() ? 0 : 1;
    if (weights.ok()) {
      ASSERT_EQ(weights.value().file.tensors.size(), weights.value().with_top ? 32U : 26U);
      for (const auto& [name, tensor] : weights.value().file.tensors) {
        ASSERT_TRUE(std::all_of(tensor.data.begin(), tensor.data.end(), [](float value) {
          return std::isfinite(value);
        })) << name;
      }
    }
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedWeightFile,
                         ::testing::Values("pytorch.safetensors", "by_name.h5", "gzip.h5",
                                           "new.caffemodel", "old.caffemodel", "float.t7",
                                           "double.t7", "new.mat", "old.mat", "hdf5.mat"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(DamagedTorch7, EverySizeIsCheckedBeforeItIsBelieved) {
  const Bytes good = weight_bytes("float.t7");
  const std::size_t storage = position(good, "torch.FloatStorage") + 18;
  const std::size_t tensor = position(good, "torch.FloatTensor") + 17;  // dimensions, sizes, ...
  const auto changed = [&](std::size_t at, auto value) {
    Bytes bytes = good;
    put(bytes, at, value);
    return bytes;
  };
  expect_refusal(changed(storage, std::int64_t{-1}), "a storage of -1 values");
  expect_refusal(changed(storage, std::int64_t{1} << 62), "a storage of 4611686018427387904");
  expect_refusal(changed(storage, std::int64_t{3}), "not a usable Torch7 file");
  expect_refusal(changed(tensor, std::int32_t{-2}), "a tensor of -2 dimensions");
  expect_refusal(changed(tensor, std::int32_t{1 << 30}), "a tensor of 1073741824 dimensions");
  expect_refusal(changed(tensor + 4, std::int64_t{-2}), "'conv1_1.weight' has shape [184467440737");
  expect_refusal(changed(tensor + 4, std::int64_t{1} << 62), "'conv1_1.weight' has shape [46116");
  expect_refusal(changed(tensor + 36, std::int64_t{9}), "'conv1_1.weight' is not contiguous");
  expect_refusal(changed(tensor + 68, std::int64_t{0}), "reaches beyond its storage");
  expect_refusal(changed(tensor + 68, INT64_MIN), "reaches beyond its storage");
  expect_refusal(changed(tensor + 68, std::int64_t{1} << 60), "reaches beyond its storage");
  expect_refusal(changed(4, std::int32_t{-1}), "an object of number -1");
  expect_refusal(changed(15, std::int32_t{-5}), "a text of -5 bytes");
  expect_refusal(changed(good.size() - 8, std::int32_t{6}), "a Lua function");
  expect_refusal(changed(good.size() - 8, std::int32_t{99}), "an unknown kind of value, 99");
}

TEST(DamagedTorch7, AnObjectMayNotStandForTheFieldsOfAnother) {
  Bytes bytes = weight_bytes("float.t7");
  const std::size_t fields = position(bytes, "nn.Sequential") + 13;
  put(bytes, fields + 4, std::int32_t{1});
  expect_refusal(bytes, "belong to another object");
  put(bytes, fields, std::int32_t{2});
  expect_refusal(bytes, "does not keep its fields in a table");
}

TEST(DamagedSafetensors, HeadersAreChecked) {
  const Bytes good = weight_bytes("pytorch.safetensors");
  const auto changed = [&](std::string_view from, std::string_view to) {
    Bytes bytes = good;
    overwrite(bytes, from, to);
    return bytes;
  };
  Bytes huge = good;
  put(huge, 0, std::uint64_t{90} << 20U);
  expect_refusal(huge, "cut short inside its header");
  put(huge, 0, std::uint64_t{1} << 60U);
  expect_refusal(huge, "is not a weight file that is known");
  expect_refusal(changed("conv1_2.weight", "conv1_1.weight"), "a tensor name occurs twice");
  expect_refusal(changed("conv1_2.weight", "conv1_9.weight"), "'conv1_9.weight' is superfluous");
  expect_refusal(changed("F32", "F16"), "has dtype \"F16\"");
  expect_refusal(changed("[2, 3, 3, 3]", "[2,-3, 3, 3]"), "an impossible shape");
  expect_refusal(changed("[2, 3, 3, 3]", "[2, 3, 3, 4]"), "its shape [2,3,3,4] needs 288");
}

TEST(DamagedCaffe, FieldsOfAnotherKindAreNotTaken) {
  Bytes bytes = weight_bytes("new.caffemodel");
  bytes[0] = 0x0D;  // name as a fixed32
  expect_refusal(bytes, "is not a weight file that is known");
  bytes = weight_bytes("new.caffemodel");
  const Bytes group = {0x4B, 0x4C};  // start and end of a group, field 9
  bytes.insert(bytes.end(), group.begin(), group.end());
  expect_refusal(bytes, "is not a weight file that is known");
}

TEST(DamagedMatlab5, TheHeaderIsChecked) {
  Bytes bytes = weight_bytes("old.mat");
  std::swap(bytes[126], bytes[127]);
  expect_refusal(bytes, "it is not little-endian");
  bytes = weight_bytes("old.mat");
  put(bytes, 132, std::uint32_t{0xFFFFFFFF});
  expect_refusal(bytes, "cut short: an element of 4294967295 bytes at byte 128");
  put(bytes, 128, std::uint32_t{9});
  expect_refusal(bytes, "an element of type 9 at byte 128");
  bytes = weight_bytes("new.mat");
  bytes[200] ^= 0xFFU;
  expect_refusal(bytes, "not a usable MATLAB 5 file");
}

Bytes text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(RecogniseWeightFile, SaysWhatIsRead) {
  for (const char* format :
       {"Keras .h5", "Caffe .caffemodel", "Torch7 .t7", "MatConvNet .mat", ".safetensors"}) {
    expect_refusal(text_bytes("hello, I am a letter"), format);
  }
}

TEST(RecogniseWeightFile, GivesAdviceAboutFilesThatAreNotRead) {
  using namespace std::string_view_literals;
  expect_refusal({}, "is empty");
  expect_refusal(text_bytes("PK\x03\x04"
                            "archive/data.pkl"),
                 "from safetensors.torch import");
  expect_refusal(text_bytes("\x80\x02}q"), "a pickle can run any program");
  expect_refusal(text_bytes("\x93NUMPY\x01"), "is a NumPy .npy");
  expect_refusal(text_bytes("\x08\x07\x12\x07pytorch"), "is an ONNX network");
  expect_refusal(text_bytes("version https://git-lfs.github.com/spec/v1"), "git lfs pull");
  expect_refusal(text_bytes("<!DOCTYPE html><html>"), "is a web page");
  expect_refusal(text_bytes("\x04\0\0\0"sv), "is not a weight file that is known");
}

TEST(RecogniseWeightFile, KnowsItWhateverItsName) {
  for (const auto& [name, format] : {std::pair{"old.caffemodel", WeightFormat::kCaffe},
                                     std::pair{"notop.t7", WeightFormat::kTorch7},
                                     std::pair{"hdf5.mat", WeightFormat::kMatConvNet},
                                     std::pair{"gzip.h5", WeightFormat::kKerasH5}}) {
    const ScratchFile file(weight_bytes(name));  // a name that says nothing
    const auto recognised = recognise_weight_file(file.path());
    ASSERT_TRUE(recognised.ok()) << recognised.error().message();
    EXPECT_EQ(recognised.value(), format);
  }
}

TEST(OwnWeightFile, AnotherChannelOrderIsRefused) {
  const auto weights = read_small(weight_bytes("by_name.h5"));
  ASSERT_TRUE(weights.ok()) << weights.error().message();
  const Bytes bytes = encode_safetensors(weights.value().file);
  EXPECT_TRUE(read_small(bytes, ChannelOrder::kBgr).ok());
  const auto turned = read_small(bytes, ChannelOrder::kRgb);
  ASSERT_FALSE(turned.ok());
  EXPECT_EQ(turned.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(turned.error().message().find("import the original file again"), std::string::npos);
}

}  // namespace
}  // namespace kface
