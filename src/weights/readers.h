// One reader a format. weight_file.cpp chooses among them; tests and fuzzers call read_weights with
// a small layout.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/safetensors.h"
#include "kface/status.h"
#include "weights/vgg_layout.h"
#include "weights/weight_file.h"

namespace kface {

struct SourceFile {
  std::filesystem::path path;
  std::span<const std::uint8_t> bytes;  // all of it

  std::string name() const { return path.string(); }
};

// What a reader finds: the one form, but conv1_1 in the order of `channels`.
struct FoundWeights {
  std::map<std::string, Tensor> tensors = {};
  bool with_top = false;
  ChannelOrder channels = ChannelOrder::kBgr;  // kBgr or kRgb
  std::optional<std::array<float, 3>> mean_bgr = {};
  std::map<std::string, std::string> metadata = {};  // of a file that kface wrote; else empty
};

// Errors of each: kCorruption, with the file's name.
Result<FoundWeights> read_safetensors_weights(const SourceFile& file, const VggLayout& layout);
Result<FoundWeights> read_keras_h5(const SourceFile& file, const VggLayout& layout);
Result<FoundWeights> read_caffe(const SourceFile& file, const VggLayout& layout);
Result<FoundWeights> read_torch7(const SourceFile& file, const VggLayout& layout);
Result<FoundWeights> read_matconvnet(const SourceFile& file, const VggLayout& layout);

// By the text at the head of the file: MATLAB 7.3, which is HDF5.
bool is_matlab73(std::span<const std::uint8_t> bytes);

// Whether the fields of the file are a NetParameter's, up to its end or to where it was cut.
bool looks_like_caffe(std::span<const std::uint8_t> bytes);

// By content. Errors: kCorruption.
Result<WeightFormat> recognise_bytes(const SourceFile& file);

// read_vgg_face for any layout.
Result<VggFaceWeights> read_weights(const std::filesystem::path& path, const VggLayout& layout,
                                    ChannelOrder order);

}  // namespace kface
