// How each layer of a network is computed. A plan is data, so that it can be chosen by timing
// (nn/tune.h), kept in a file and shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kface {

// A convolution: arithmetic and layout. A fully connected layer looks at the arithmetic alone, and
// only its weights are shortened.
enum class Way : std::uint8_t {
  kF32Nhwc,      // direct, channels innermost
  kF32Blocked,   // direct, channels in blocks of a vector
  kWinograd,     // Winograd's minimal filtering, blocked; 3x3, stride 1; sums differ in rounding
  kBf16Nhwc,     // bfloat16 values and weights, float32 sums
  kBf16Blocked,  // likewise, blocked
  kInt8,         // 8-bit values and weights, 32-bit sums; needs a calibration
};

inline constexpr Way kAllWays[] = {Way::kF32Nhwc,  Way::kF32Blocked,  Way::kWinograd,
                                   Way::kBf16Nhwc, Way::kBf16Blocked, Way::kInt8};

// "f32 nhwc", "winograd", ... and back.
std::string way_name(Way way);
std::optional<Way> parse_way(std::string_view name);

bool is_bf16(Way way);
bool is_blocked(Way way);

// Which arithmetic a caller accepts.
enum class Precision : std::uint8_t {
  kF32,   // float32 throughout; Winograd where it is faster
  kBf16,  // the fastest without 8-bit values: float32, bfloat16 or a mixture by layer
  kInt8,  // 8-bit convolutions and linear layers
};

std::string precision_name(Precision precision);  // f32, bf16, int8
std::optional<Precision> parse_precision(std::string_view name);

// One way for each convolution and fully connected layer, by name.
struct Plan {
  std::map<std::string, Way> ways = {};
  Way otherwise = Way::kF32Nhwc;  // for a layer that is not named

  Way of(const std::string& layer) const {
    const auto found = ways.find(layer);
    return found == ways.end() ? otherwise : found->second;
  }
  bool operator==(const Plan&) const = default;
};

// Largest magnitude that each value keeps when it is stored in 8 bits, by the name of the layer
// that gives it; "input" is the network's input. Values beyond saturate. Found by nn/calibrate.h.
struct Calibration {
  std::map<std::string, float> limits = {};

  bool operator==(const Calibration&) const = default;
};

inline constexpr char kInputName[] = "input";

}  // namespace kface
