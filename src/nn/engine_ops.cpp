#include "nn/engine_ops.h"

#include <algorithm>

namespace kface {

BufferId OpList::add_buffer(std::size_t bytes) {
  buffers_.push_back({.bytes = bytes, .first = 0, .last = 0});
  used_.push_back(false);
  return buffers_.size() - 1;
}

void OpList::pin_all() {
  for (BufferId id = 0; id < buffers_.size(); ++id) {
    pin(id);
  }
}

void OpList::touch(BufferId buffer) {
  BufferUse& use = buffers_[buffer];
  if (!used_[buffer]) {
    used_[buffer] = true;
    use.first = ops_.size();
  }
  use.last = ops_.size();
}

void OpList::add(Op op, const std::vector<BufferId>& uses) {
  for (const BufferId buffer : uses) {
    touch(buffer);
  }
  for (const Argument& argument : op.arguments) {
    if (argument.buffer != kNoBuffer) {
      touch(argument.buffer);
    }
  }
  ops_.push_back(std::move(op));
}

void OpList::bind() {
  for (const BufferId id : pinned_) {
    buffers_[id].first = 0;
    buffers_[id].last = ops_.size();
  }
  const ArenaPlan plan = plan_arena(buffers_);
  arena_ = allocate_aligned(plan.bytes);
  arena_bytes_ = plan.bytes;
  for (const std::size_t offset : plan.offsets) {
    table_.push_back(arena_.get() + offset);
  }
  for (Op& op : ops_) {
    for (const Argument& argument : op.arguments) {
      op.memories.push_back(
          argument.buffer == kNoBuffer
              ? argument.fixed
              : dnnl::memory(argument.desc, onednn_engine(), table_[argument.buffer]));
    }
    for (std::size_t i = 0; i < op.arguments.size(); ++i) {
      op.bound.push_back({op.arguments[i].name, op.memories[i].get()});
    }
  }
}

void OpList::run_op(std::size_t index) {
  const Op& op = ops_[index];
  if (op.kernel) {
    op.kernel(table_);
    return;
  }
  const dnnl_status_t status =
      dnnl_primitive_execute(op.primitive.get(), onednn_stream().get(),
                             static_cast<int>(op.bound.size()), op.bound.data());
  KF_REQUIRE(status == dnnl_success, op.layer, op.what, static_cast<int>(status));
}

void OpList::run() {
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    run_op(i);
  }
}

}  // namespace kface
