#include "weights/weight_file.h"

#include "base/mapped_file.h"
#include "weights/isolated.h"
#include "weights/own_form.h"
#include "weights/readers.h"
#include "weights/rearrange.h"

namespace kface {
namespace {

Result<FoundWeights> read_format(WeightFormat format, const SourceFile& file,
                                 const VggLayout& layout) {
  switch (format) {
    case WeightFormat::kSafetensors:
      return read_safetensors_weights(file, layout);
    case WeightFormat::kKerasH5:
      return read_isolated(read_keras_h5, file, layout);
    case WeightFormat::kCaffe:
      return read_caffe(file, layout);
    case WeightFormat::kTorch7:
      return read_torch7(file, layout);
    case WeightFormat::kMatConvNet:
      return is_matlab73(file.bytes) ? read_isolated(read_matconvnet, file, layout)
                                     : read_matconvnet(file, layout);
  }
  return Status{ErrorCode::kInvalidArgument, file.name() + ": no reader for this format"};
}

}  // namespace

std::string format_name(WeightFormat format) {
  switch (format) {
    case WeightFormat::kSafetensors:
      return "safetensors";
    case WeightFormat::kKerasH5:
      return "Keras .h5";
    case WeightFormat::kCaffe:
      return "Caffe .caffemodel";
    case WeightFormat::kTorch7:
      return "Torch7 .t7";
    case WeightFormat::kMatConvNet:
      return "MatConvNet .mat";
  }
  return "unknown";
}

Result<WeightFormat> recognise_weight_file(const std::filesystem::path& path) {
  KF_ASSIGN(const MappedFile bytes, MappedFile::open(path));
  return recognise_bytes({path, bytes.bytes()});
}

Result<VggFaceWeights> read_weights(const std::filesystem::path& path, const VggLayout& layout,
                                    ChannelOrder order) {
  KF_ASSIGN(const MappedFile bytes, MappedFile::open(path));
  const SourceFile file{path, bytes.bytes()};
  KF_ASSIGN(const WeightFormat format, recognise_bytes(file));
  KF_ASSIGN(FoundWeights found, read_format(format, file, layout));
  if (!found.metadata.empty() && order == ChannelOrder::kRgb) {
    return Status{ErrorCode::kInvalidArgument,
                  file.name() +
                      ": was written by kface, its first channel is blue; to take another "
                      "order, import the original file again"};
  }
  const ChannelOrder channels = order == ChannelOrder::kOfFormat ? found.channels : order;
  if (channels == ChannelOrder::kRgb) {
    swap_red_and_blue(found.tensors.at("conv1_1.weight"));
  }
  VggFaceWeights weights;
  weights.format = format;
  weights.with_top = found.with_top;
  weights.mean_bgr = found.mean_bgr;
  weights.file.metadata = found.metadata.empty() ? metadata_of_import(file, format, channels, found)
                                                 : std::move(found.metadata);
  weights.file.tensors = std::move(found.tensors);
  return weights;
}

Result<VggFaceWeights> read_vgg_face(const std::filesystem::path& path, ChannelOrder order) {
  return read_weights(path, vgg_face_layout(), order);
}

Status write_vgg_face(const std::filesystem::path& path, const VggFaceWeights& weights) {
  KF_REQUIRE(weights.file.metadata.contains("format"), path.string());
  return write_safetensors(path, weights.file);
}

}  // namespace kface
