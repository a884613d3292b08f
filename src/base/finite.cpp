#include "base/finite.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/vector_clones.h"

namespace kface {
namespace {

constexpr std::uint32_t kExponentBits = 0x7F800000U;  // all ones in a NaN or an infinity

// Without an early end, so that the loop becomes vector instructions.
KF_VECTOR_CLONES
std::uint32_t count_non_finite(const float* values, std::size_t count) {
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    found += (bits & kExponentBits) == kExponentBits ? 1U : 0U;
  }
  return found;
}

}  // namespace

bool all_finite(std::span<const float> values) {
  constexpr std::size_t kBlock = 1U << 16U;  // stops soon after a bad value; the count cannot wrap
  while (!values.empty()) {
    const auto block = values.first(std::min(kBlock, values.size()));
    if (count_non_finite(block.data(), block.size()) != 0) {
      return false;
    }
    values = values.subspan(block.size());
  }
  return true;
}

}  // namespace kface
