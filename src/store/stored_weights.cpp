#include "store/stored_weights.h"

#include "base/mapped_file.h"
#include "base/safetensors_header.h"

namespace kface {
namespace {

constexpr char kVersion[] = "1";
constexpr char kChannels[] = "bgr";

std::string value_or_empty(const std::map<std::string, std::string>& metadata,
                           const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

Status check_metadata(const std::map<std::string, std::string>& metadata, const std::string& name) {
  const std::string format = value_or_empty(metadata, "format");
  const std::string version = value_or_empty(metadata, "version");
  const std::string channels = value_or_empty(metadata, "channels");
  if (format != kVggFaceFormat) {
    return {ErrorCode::kCorruption,
            name + ": is of format '" + format + "', expected '" + kVggFaceFormat + "'"};
  }
  if (version != kVersion) {
    return {ErrorCode::kVersion, name + ": format version '" + version + "', this build reads " +
                                     kVersion + "; update kface, or import the file again"};
  }
  if (channels != kChannels) {
    return {ErrorCode::kCorruption,
            name + ": its channels are '" + channels + "', expected '" + kChannels + "'"};
  }
  return {};
}

Status check_tensor(const MappedTensors& weights, const std::string& tensor,
                    const TensorShape& shape, const std::string& name) {
  const auto found = weights.tensors().find(tensor);
  if (found == weights.tensors().end()) {
    return {ErrorCode::kCorruption, name + ": tensor '" + tensor + "' is missing"};
  }
  if (found->second.shape != shape) {
    return {ErrorCode::kCorruption, name + ": tensor '" + tensor + "' has shape " +
                                        shape_text(found->second.shape) + ", expected " +
                                        shape_text(shape)};
  }
  return {};
}

}  // namespace

std::optional<std::string> safetensors_format(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  if (!file.ok()) {
    return std::nullopt;
  }
  const auto header = decode_safetensors_header(file.value().bytes(), path.string());
  return header.ok() ? std::optional(value_or_empty(header.value().metadata, "format"))
                     : std::nullopt;
}

Status check_stored_weights(const MappedTensors& weights, const VggLayout& layout,
                            const std::string& name) {
  KF_TRY(check_metadata(weights.metadata(), name));
  const bool with_top = weights.tensors().contains("fc6.weight");
  std::size_t count = 0;
  for (const VggLayer& layer : layout.layers) {
    if (with_top || !layer.linear) {
      KF_TRY(check_tensor(weights, layer.name + ".weight", layer.weight_shape(), name));
      KF_TRY(check_tensor(weights, layer.name + ".bias", layer.bias_shape(), name));
      count += 2;
    }
  }
  return count == weights.tensors().size()
             ? Status{}
             : Status{ErrorCode::kCorruption,
                      name + ": holds " + std::to_string(weights.tensors().size()) +
                          " tensors, VGG-Face has " + std::to_string(count) + " of them"};
}

}  // namespace kface
