#include "onnx/node_reader.h"

#include <algorithm>
#include <cmath>

namespace kface {
namespace {

constexpr std::int64_t kMaxWindow = 1 << 16;  // no face network comes near

bool all_within(const std::vector<std::int64_t>& values, std::size_t count, std::int64_t lowest) {
  return values.size() == count &&
         std::all_of(values.begin(), values.end(), [lowest](std::int64_t value) {
           return value >= lowest && value <= kMaxWindow;
         });
}

// Padding before and after one axis so that the output has ceil(in / stride) places.
struct Pads {
  std::size_t before;
  std::size_t after;
};

Pads same_pads(std::size_t in, std::size_t window, std::size_t stride, bool more_before) {
  const std::size_t out = (in + stride - 1) / stride;
  const std::size_t reach = (out - 1) * stride + window;
  const std::size_t total = reach > in ? reach - in : 0;
  const std::size_t less = total / 2;
  return more_before ? Pads{total - less, less} : Pads{less, total - less};
}

}  // namespace

Status NodeReader::unknown(const std::string& what) const {
  return {ErrorCode::kMismatch,
          model_.name + ": node '" + node_.name + "' (" + node_.op + ") " + what};
}

bool NodeReader::has_input(std::size_t place) const {
  return place < node_.inputs.size() && !node_.inputs[place].empty();
}

const OnnxTensor* NodeReader::constant(std::size_t place) const {
  if (!has_input(place)) {
    return nullptr;
  }
  const auto found = model_.constants.find(node_.inputs[place]);
  return found == model_.constants.end() ? nullptr : &found->second;
}

Result<const OnnxTensor*> NodeReader::float_constant(std::size_t place) const {
  const OnnxTensor* tensor = constant(place);
  if (tensor == nullptr) {
    return unknown("has no constant as input " + std::to_string(place));
  }
  if (!tensor->is_float()) {
    return unknown("has numbers of type " + tensor->type + ", expected FLOAT");
  }
  return tensor;
}

const OnnxAttribute* NodeReader::find(const std::string& key) const {
  const auto found = node_.attributes.find(key);
  return found == node_.attributes.end() ? nullptr : &found->second;
}

Result<std::int64_t> NodeReader::integer(const std::string& key, std::int64_t otherwise) const {
  const OnnxAttribute* attribute = find(key);
  if (attribute == nullptr) {
    return otherwise;
  }
  const auto* value = std::get_if<std::int64_t>(attribute);
  return value != nullptr ? Result<std::int64_t>(*value)
                          : unknown("has an attribute " + key + " that is no integer");
}

Result<float> NodeReader::number(const std::string& key, float otherwise) const {
  const OnnxAttribute* attribute = find(key);
  if (attribute == nullptr) {
    return otherwise;
  }
  const auto* value = std::get_if<float>(attribute);
  return value != nullptr && std::isfinite(*value)
             ? Result<float>(*value)
             : unknown("has an attribute " + key + " that is no finite number");
}

Result<std::string> NodeReader::text(const std::string& key, const std::string& otherwise) const {
  const OnnxAttribute* attribute = find(key);
  if (attribute == nullptr) {
    return otherwise;
  }
  const auto* value = std::get_if<std::string>(attribute);
  return value != nullptr ? Result<std::string>(*value)
                          : unknown("has an attribute " + key + " that is no text");
}

Result<std::vector<std::int64_t>> NodeReader::integers(const std::string& key,
                                                       std::vector<std::int64_t> otherwise) const {
  const OnnxAttribute* attribute = find(key);
  if (attribute == nullptr) {
    return otherwise;
  }
  const auto* value = std::get_if<std::vector<std::int64_t>>(attribute);
  return value != nullptr ? Result<std::vector<std::int64_t>>(*value)
                          : unknown("has an attribute " + key + " that is no list of integers");
}

Result<Window> NodeReader::window(const Shape& in, std::size_t height, std::size_t width) const {
  KF_ASSIGN(const auto strides, integers("strides", {1, 1}));
  KF_ASSIGN(const auto dilations, integers("dilations", {1, 1}));
  KF_ASSIGN(const auto pads, integers("pads", {0, 0, 0, 0}));
  KF_ASSIGN(const auto auto_pad, text("auto_pad", "NOTSET"));
  if (dilations != std::vector<std::int64_t>{1, 1}) {
    return unknown("is dilated");
  }
  if (!all_within(strides, 2, 1) || !all_within(pads, 4, 0) || height < 1 || width < 1 ||
      height > kMaxWindow || width > kMaxWindow) {
    return unknown("has strides, pads or a window that are not understood");
  }
  Window result{.height = height,
                .width = width,
                .stride_y = static_cast<std::size_t>(strides[0]),
                .stride_x = static_cast<std::size_t>(strides[1])};
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    const bool more_before = auto_pad == "SAME_LOWER";
    const Pads y = same_pads(in.height, height, result.stride_y, more_before);
    const Pads x = same_pads(in.width, width, result.stride_x, more_before);
    result.pad_top = y.before;
    result.pad_bottom = y.after;
    result.pad_left = x.before;
    result.pad_right = x.after;
  } else if (auto_pad == "NOTSET") {
    result.pad_top = static_cast<std::size_t>(pads[0]);
    result.pad_left = static_cast<std::size_t>(pads[1]);
    result.pad_bottom = static_cast<std::size_t>(pads[2]);
    result.pad_right = static_cast<std::size_t>(pads[3]);
  } else if (auto_pad != "VALID") {
    return unknown("has auto_pad " + auto_pad);
  }
  if (in.height + result.pad_top + result.pad_bottom < height ||
      in.width + result.pad_left + result.pad_right < width) {
    return unknown("has a window larger than its picture");
  }
  return result;
}

Result<std::vector<float>> NodeReader::per_channel(const OnnxTensor& tensor,
                                                   const MappedValue& value) const {
  const std::size_t channels = value.sizes.empty() ? 0 : value.sizes[0];
  // Counted from the right, as broadcasting does: the channel stands before height and width.
  const std::size_t after_channel = value.sizes.size() - 1;
  const std::size_t rank = tensor.shape.size();
  if (channels != value.shape.channels || !(value.is_picture() || value.is_vector()) ||
      rank > value.sizes.size() + 1) {
    return unknown("has a constant whose shape does not go with its input");
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const bool at_channel = rank - 1 - i == after_channel;
    if (tensor.shape[i] != 1 && !(at_channel && tensor.shape[i] == channels)) {
      return unknown("has a constant that is not one number a channel");
    }
  }
  const auto numbers = tensor.floats.values;
  return numbers.size() == channels ? std::vector<float>(numbers.begin(), numbers.end())
                                    : std::vector<float>(channels, numbers[0]);
}

Shape window_output(const Shape& in, const Window& window) {
  return {
      in.channels,
      (in.height + window.pad_top + window.pad_bottom - window.height) / window.stride_y + 1,
      (in.width + window.pad_left + window.pad_right - window.width) / window.stride_x + 1,
  };
}

}  // namespace kface
