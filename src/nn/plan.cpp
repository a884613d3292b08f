#include "nn/plan.h"

#include <array>
#include <utility>

namespace kface {
namespace {

constexpr std::array<std::pair<Way, std::string_view>, 6> kWayNames = {{
    {Way::kF32Nhwc, "f32 nhwc"},
    {Way::kF32Blocked, "f32 blocked"},
    {Way::kWinograd, "winograd"},
    {Way::kBf16Nhwc, "bf16 nhwc"},
    {Way::kBf16Blocked, "bf16 blocked"},
    {Way::kInt8, "int8"},
}};

constexpr std::array<std::pair<Precision, std::string_view>, 3> kPrecisionNames = {{
    {Precision::kF32, "f32"},
    {Precision::kBf16, "bf16"},
    {Precision::kInt8, "int8"},
}};

template <typename Names, typename Value>
std::string name_of(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) {
      return std::string(name);
    }
  }
  return "?";
}

template <typename Value, std::size_t count>
std::optional<Value> parse(const std::array<std::pair<Value, std::string_view>, count>& names,
                           std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string way_name(Way way) { return name_of(kWayNames, way); }
std::optional<Way> parse_way(std::string_view name) { return parse(kWayNames, name); }
std::string precision_name(Precision precision) { return name_of(kPrecisionNames, precision); }
std::optional<Precision> parse_precision(std::string_view name) {
  return parse(kPrecisionNames, name);
}

bool is_bf16(Way way) { return way == Way::kBf16Nhwc || way == Way::kBf16Blocked; }
bool is_blocked(Way way) {
  return way == Way::kF32Blocked || way == Way::kWinograd || way == Way::kBf16Blocked;
}

}  // namespace kface
