#include "nn/tanh.h"

#include <bit>
#include <cstdint>

#include "base/vector_clones.h"

namespace kface {
namespace {

// e^x for x in [-20, 20]: 2^k * e^r with |r| <= ln2/2, the Taylor polynomial of degree 7 for e^r.
inline float exp_small(float x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;       // exact in few bits, so k * high is exact
  constexpr float kLn2Low = -2.12194440e-4F;     // ln 2 - high
  constexpr float kRoundingShift = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const float k = (x * kLog2E + kRoundingShift) - kRoundingShift;
  const float r = (x - k * kLn2High) - k * kLn2Low;
  float p = 1.0F / 5040.0F;
  p = p * r + 1.0F / 720.0F;
  p = p * r + 1.0F / 120.0F;
  p = p * r + 1.0F / 24.0F;
  p = p * r + 1.0F / 6.0F;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  constexpr int kMantissaBits = 23;
  constexpr std::int32_t kExponentBias = 127;
  const std::int32_t exponent = static_cast<std::int32_t>(k) + kExponentBias;
  return p * std::bit_cast<float>(exponent << kMantissaBits);
}

}  // namespace

// The whole kernel is contracted or not by the compiler alike for every element, so the place in
// the array does not matter.
KF_VECTOR_CLONES void tanh_in_place(float* values, std::size_t count) {
  constexpr float kSaturation = 9.5F;  // tanh is 1 in single precision from 9.01 on
  for (std::size_t i = 0; i < count; ++i) {
    const float x = values[i];
    const float clamped = x > kSaturation ? kSaturation : (x < -kSaturation ? -kSaturation : x);
    const float e = exp_small(2.0F * clamped);
    values[i] = (e - 1.0F) / (e + 1.0F);
  }
}

}  // namespace kface
