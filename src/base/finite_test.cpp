#include "base/finite.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace kface {
namespace {

TEST(AllFinite, EveryFiniteValueIsFinite) {
  EXPECT_TRUE(all_finite({}));
  EXPECT_TRUE(all_finite(std::vector<float>{0.0F, -0.0F, 1.0F, std::numeric_limits<float>::max(),
                                            std::numeric_limits<float>::lowest(),
                                            std::numeric_limits<float>::denorm_min()}));
}

TEST(AllFinite, OneBadValueAtAnyPlaceOfAnyLengthIsFound) {
  for (const std::uint32_t bad :
       {0x7F800000U, 0xFF800000U, 0x7F800001U, 0xFFFFFFFFU, 0x7FC00000U}) {
    for (std::size_t length = 1; length < 70; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        std::vector<float> values(length, 1.0F);
        values[at] = std::bit_cast<float>(bad);
        ASSERT_FALSE(all_finite(values)) << bad << ' ' << length << ' ' << at;
      }
    }
  }
}

TEST(AllFinite, LooksIntoEveryBlockOfALongArray) {
  std::vector<float> values(300'000, 2.0F);
  EXPECT_TRUE(all_finite(values));
  for (const std::size_t at : {std::size_t{65'535}, std::size_t{65'536}, std::size_t{299'999}}) {
    values[at] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(all_finite(values)) << at;
    values[at] = 2.0F;
  }
}

}  // namespace
}  // namespace kface
