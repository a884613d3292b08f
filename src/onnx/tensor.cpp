#include "onnx/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace kface {
namespace {

using onnx::TensorProto;

constexpr std::size_t kMaxElements = std::size_t{1} << 31U;  // what a protobuf file can hold

Status corrupt(const std::string& name, const std::string& what) {
  return {ErrorCode::kCorruption, "tensor '" + name + "' " + what};
}

// Bytes of a number, 0 for types without a fixed width.
std::size_t width_of(int type) {
  switch (type) {
    case TensorProto::BOOL:
    case TensorProto::INT8:
    case TensorProto::UINT8:
      return 1;
    case TensorProto::INT16:
    case TensorProto::UINT16:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return 2;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
    case TensorProto::UINT32:
      return 4;
    case TensorProto::DOUBLE:
    case TensorProto::INT64:
    case TensorProto::UINT64:
    case TensorProto::COMPLEX64:
      return 8;
    case TensorProto::COMPLEX128:
      return 16;
    default:
      return 0;
  }
}

// How many numbers stand in the typed field that belongs to this type.
std::size_t num_typed(const TensorProto& proto) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      return static_cast<std::size_t>(proto.float_data_size());
    case TensorProto::COMPLEX64:
      return static_cast<std::size_t>(proto.float_data_size()) / 2;
    case TensorProto::DOUBLE:
      return static_cast<std::size_t>(proto.double_data_size());
    case TensorProto::COMPLEX128:
      return static_cast<std::size_t>(proto.double_data_size()) / 2;
    case TensorProto::INT64:
      return static_cast<std::size_t>(proto.int64_data_size());
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return static_cast<std::size_t>(proto.uint64_data_size());
    default:
      return static_cast<std::size_t>(proto.int32_data_size());
  }
}

Result<std::size_t> read_shape(const TensorProto& proto, const std::string& name,
                               std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t size : proto.dims()) {
    if (size < 0) {
      return corrupt(name, "has a negative size, " + std::to_string(size));
    }
    shape.push_back(static_cast<std::size_t>(size));
    if (shape.back() > kMaxElements || __builtin_mul_overflow(count, shape.back(), &count) ||
        count > kMaxElements) {
      return corrupt(name, "has more numbers than an ONNX file can hold");
    }
  }
  return count;
}

// T from the raw bytes (little-endian, as the format says), or from the typed field.
template <typename T, typename Field>
std::vector<T> numbers_of(const TensorProto& proto, const Field& field) {
  if (!proto.has_raw_data()) {
    return {field.begin(), field.end()};
  }
  std::vector<T> numbers(proto.raw_data().size() / sizeof(T));
  if (!numbers.empty()) {
    std::memcpy(numbers.data(), proto.raw_data().data(), numbers.size() * sizeof(T));
  }
  return numbers;
}

// A half-precision number is infinite or NaN when its exponent is all ones.
bool all_finite_halves(const TensorProto& proto) {
  const std::uint16_t exponent = proto.data_type() == TensorProto::FLOAT16 ? 0x7C00U : 0x7F80U;
  const auto halves = numbers_of<std::uint16_t>(proto, proto.int32_data());
  return std::none_of(halves.begin(), halves.end(),
                      [exponent](std::uint16_t half) { return (half & exponent) == exponent; });
}

Status take_floats(const std::string& name, std::vector<float> floats, OnnxTensor& tensor) {
  const auto bad = std::find_if_not(floats.begin(), floats.end(),
                                    [](float value) { return std::isfinite(value); });
  if (bad != floats.end()) {
    return corrupt(
        name, "has a number that is not finite, at place " + std::to_string(bad - floats.begin()));
  }
  tensor.floats = own_weights(std::move(floats));
  return {};
}

Status take_numbers(const TensorProto& proto, const std::string& name, OnnxTensor& tensor) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      return take_floats(name, numbers_of<float>(proto, proto.float_data()), tensor);
    case TensorProto::DOUBLE: {
      const auto doubles = numbers_of<double>(proto, proto.double_data());
      std::vector<float> floats(doubles.size());
      std::transform(doubles.begin(), doubles.end(), floats.begin(), [](double value) {
        // Beyond float's range the conversion is undefined; it is refused as infinite.
        return std::abs(value) <= double{std::numeric_limits<float>::max()}
                   ? static_cast<float>(value)
                   : std::numeric_limits<float>::infinity();
      });
      return take_floats(name, std::move(floats), tensor);
    }
    case TensorProto::INT64:
      tensor.integers = numbers_of<std::int64_t>(proto, proto.int64_data());
      return {};
    case TensorProto::INT32: {
      const auto integers = numbers_of<std::int32_t>(proto, proto.int32_data());
      tensor.integers.assign(integers.begin(), integers.end());
      return {};
    }
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return all_finite_halves(proto) ? Status() : corrupt(name, "has a number that is not finite");
    default:
      return {};
  }
}

}  // namespace

Result<OnnxTensor> take_tensor(TensorProto& proto, const std::string& name) {
  if (proto.data_location() == TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    return Status{ErrorCode::kMismatch,
                  "tensor '" + name +
                      "' is in a file of its own (external data), which is not read; save the "
                      "model as one file"};
  }
  const std::size_t width = width_of(proto.data_type());
  if (width == 0 || proto.has_segment()) {
    return Status{ErrorCode::kMismatch,
                  "tensor '" + name + "' is of type " +
                      (width == 0 ? std::to_string(proto.data_type()) : "segment") +
                      ", which is not read"};
  }
  OnnxTensor tensor;
  tensor.type = TensorProto::DataType_Name(static_cast<TensorProto::DataType>(proto.data_type()));
  KF_ASSIGN(const std::size_t count, read_shape(proto, name, tensor.shape));
  const std::size_t found =
      proto.has_raw_data() ? proto.raw_data().size() / width : num_typed(proto);
  if (found != count || (proto.has_raw_data() && proto.raw_data().size() % width != 0)) {
    return corrupt(name, "has " + std::to_string(found) + " numbers, its shape asks for " +
                             std::to_string(count));
  }
  KF_TRY(take_numbers(proto, name, tensor));
  TensorProto().Swap(&proto);  // gives its memory back; Clear() would keep it
  return tensor;
}

}  // namespace kface
