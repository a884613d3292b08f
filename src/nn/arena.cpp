#include "nn/arena.h"

#include <algorithm>
#include <new>
#include <numeric>

namespace kface {
namespace {

std::size_t aligned(std::size_t bytes) {
  return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

}  // namespace

ArenaPlan plan_arena(const std::vector<BufferUse>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  ArenaPlan plan;
  plan.offsets.resize(buffers.size());
  std::vector<std::size_t> placed;  // sorted by offset
  for (const std::size_t index : order) {
    const BufferUse& buffer = buffers[index];
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      const BufferUse& there = buffers[other];
      const bool together = there.first <= buffer.last && buffer.first <= there.last;
      const std::size_t end = plan.offsets[other] + aligned(there.bytes);
      if (together && plan.offsets[other] < offset + aligned(buffer.bytes) && end > offset) {
        offset = end;
      }
    }
    plan.offsets[index] = offset;
    plan.bytes = std::max(plan.bytes, offset + aligned(buffer.bytes));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), index,
                                   [&](std::size_t a, std::size_t b) {
                                     return plan.offsets[a] < plan.offsets[b];
                                   }),
                  index);
  }
  return plan;
}

void AlignedFree::operator()(std::byte* bytes) const {
  ::operator delete (bytes, std::align_val_t{kArenaAlignment});
}

AlignedBytes allocate_aligned(std::size_t bytes) {
  return AlignedBytes(static_cast<std::byte*>(
      ::operator new (std::max<std::size_t>(bytes, 1), std::align_val_t{kArenaAlignment})));
}

}  // namespace kface
