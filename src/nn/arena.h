// One block of memory for all the buffers of a computation, each placed where nothing that lives at
// the same time is.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace kface {

inline constexpr std::size_t kArenaAlignment = 64;  // a cache line and the widest vector

// A buffer needed from step `first` to step `last`, both included.
struct BufferUse {
  std::size_t bytes = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct ArenaPlan {
  std::vector<std::size_t> offsets;  // [buffers], multiples of kArenaAlignment
  std::size_t bytes = 0;
};

// Largest buffers first, each at the lowest offset that is free during its life.
// Ensures: buffers whose lives overlap do not overlap. Cost: O(n^2 log n). Deterministic.
ArenaPlan plan_arena(const std::vector<BufferUse>& buffers);

struct AlignedFree {
  void operator()(std::byte* bytes) const;
};
using AlignedBytes = std::unique_ptr<std::byte, AlignedFree>;

// Aligned to kArenaAlignment. Not written to: what is never used takes no memory (oneDNN asks for
// more scratch than it touches). Throws std::bad_alloc.
AlignedBytes allocate_aligned(std::size_t bytes);

}  // namespace kface
