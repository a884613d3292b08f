#include "nn/arena.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace kface {
namespace {

TEST(PlanArena, ReusesMemoryOfBuffersThatAreNotNeededAnyMore) {
  const ArenaPlan plan = plan_arena({{.bytes = 100, .first = 0, .last = 1},
                                     {.bytes = 100, .first = 1, .last = 2},
                                     {.bytes = 100, .first = 2, .last = 3}});
  EXPECT_EQ(plan.offsets, (std::vector<std::size_t>{0, 128, 0}));
  EXPECT_EQ(plan.bytes, 256U);
}

TEST(PlanArena, NeverLetsBuffersMeetThatLiveTogether) {
  Rng rng(3);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<BufferUse> uses;
    for (int i = 0; i < 30; ++i) {
      const std::size_t first = rng.below(20);
      uses.push_back({.bytes = rng.below(1000), .first = first, .last = first + rng.below(6)});
    }
    const ArenaPlan plan = plan_arena(uses);
    for (std::size_t a = 0; a < uses.size(); ++a) {
      EXPECT_EQ(plan.offsets[a] % kArenaAlignment, 0U);
      EXPECT_LE(plan.offsets[a] + uses[a].bytes, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        const bool together = uses[a].first <= uses[b].last && uses[b].first <= uses[a].last;
        const bool apart = plan.offsets[a] + uses[a].bytes <= plan.offsets[b] ||
                           plan.offsets[b] + uses[b].bytes <= plan.offsets[a];
        EXPECT_TRUE(!together || apart) << a << ' ' << b;
      }
    }
  }
}

}  // namespace
}  // namespace kface
