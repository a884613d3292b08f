// The operations of an engine while they are collected, and when they are bound to memory.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "nn/onednn.h"

namespace kface {

using BufferId = std::size_t;
inline constexpr BufferId kNoBuffer = std::numeric_limits<BufferId>::max();

// Where each buffer begins, once it is known.
using BufferTable = std::vector<std::byte*>;

// An argument of a oneDNN primitive: a buffer seen as `desc`, or fixed memory (weights).
struct Argument {
  int name = 0;
  dnnl::memory::desc desc;
  BufferId buffer = kNoBuffer;
  dnnl::memory fixed = {};
};

struct Op {
  std::string layer;
  std::string what;
  dnnl::primitive primitive;        // or, where there is none,
  std::vector<Argument> arguments;  // ...
  std::function<void(const BufferTable&)> kernel = {};
  // Filled by OpList::bind().
  std::vector<dnnl::memory> memories = {};
  std::vector<dnnl_exec_arg_t> bound = {};
};

// Operations in order, with the life of every buffer that they use.
class OpList {
 public:
  BufferId add_buffer(std::size_t bytes);
  // The buffer is needed from the beginning to the end.
  void pin(BufferId buffer) { pinned_.push_back(buffer); }
  void pin_all();

  // `uses`: the buffers of a kernel; those of a primitive are its arguments'.
  void add(Op op, const std::vector<BufferId>& uses = {});

  // Allocates the arena and binds every operation to it. Once, at the end.
  void bind();

  void run();
  void run_op(std::size_t index);

  std::size_t size() const { return ops_.size(); }
  const Op& op(std::size_t index) const { return ops_[index]; }
  std::byte* buffer(BufferId id) const { return table_[id]; }
  std::size_t arena_bytes() const { return arena_bytes_; }

 private:
  void touch(BufferId buffer);

  std::vector<Op> ops_;
  std::vector<BufferUse> buffers_;
  std::vector<bool> used_;
  std::vector<BufferId> pinned_;
  AlignedBytes arena_;
  std::size_t arena_bytes_ = 0;
  BufferTable table_;
};

}  // namespace kface
