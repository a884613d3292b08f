// Weight files of VGG-Face as other programs write them, brought into one form.
//
// The one form: tensors conv1_1.weight, conv1_1.bias, ..., conv5_3.bias, and, unless the file ends
// at conv5_3, fc6, fc7, fc8 (.weight, .bias). Convolutions are [out, in, height, width], linear
// layers [out, in]; fc6 takes the picture flattened in CHW order; conv1_1's first input channel is
// BLUE (docs/formats/vgg-face.md).
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "base/safetensors.h"
#include "kface/status.h"

namespace kface {

enum class WeightFormat { kSafetensors, kKerasH5, kCaffe, kTorch7, kMatConvNet };

// "Keras .h5", "Caffe .caffemodel", ...
std::string format_name(WeightFormat format);

// By content, never by name. Errors: kNotFound, kIo; kCorruption, which lists what is read.
Result<WeightFormat> recognise_weight_file(const std::filesystem::path& path);

// Which colour conv1_1's first input channel is, in the file.
enum class ChannelOrder {
  kOfFormat,  // blue in Caffe, Torch7 and by-name Keras; red in MatConvNet, PyTorch, by-order Keras
  kBgr,
  kRgb,
};

struct VggFaceWeights {
  TensorFile file;                               // the one form; metadata says where it came from
  WeightFormat format{};                         // what it was read from
  bool with_top = false;                         // has fc6, fc7, fc8
  std::optional<std::array<float, 3>> mean_bgr;  // average colour, where the file carries one
};

// Every tensor's shape and type is checked, none may be missing or superfluous, no value NaN or
// infinite; nothing is ever filled in.
//
// Errors: kNotFound, kIo; kCorruption, which names the file and the tensor; kVersion and
//         kInvalidArgument (kRgb asked of it): a file that kface wrote.
// Cost:   memory for the weights once, and for the largest tensor once more.
Result<VggFaceWeights> read_vgg_face(const std::filesystem::path& path,
                                     ChannelOrder order = ChannelOrder::kOfFormat);

// The one form as a safetensors file, which read_vgg_face reads back as it was. Metadata: format
// "kface-vgg-face", version "1", channels "bgr", and, of the file that the weights were first read
// from, source_format, source_channels ("bgr" or "rgb", as they were taken), source_sha256, and
// mean_bgr ("blue,green,red") where it had one.
//
// Requires: weights as read_vgg_face gives them.
// Errors:   kIo.
Status write_vgg_face(const std::filesystem::path& path, const VggFaceWeights& weights);

}  // namespace kface
