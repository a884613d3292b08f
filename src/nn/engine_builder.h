// Turns a network and a plan into operations.
#pragma once

#include <memory>
#include <vector>

#include "nn/engine_ops.h"
#include "nn/engine_values.h"
#include "nn/fuse.h"

namespace kface {

// What the builder leaves behind.
struct BuiltEngine {
  OpList ops;
  BufferId input = kNoBuffer;
  BufferId output = kNoBuffer;
  struct Kept {
    std::string name;
    BufferId buffer = kNoBuffer;
    std::size_t size = 0;  // floats
  };
  std::vector<Kept> values;  // with keep_values
};

// Errors: those of Engine::create. May throw dnnl::error.
Status build_engine(const Network& network, std::span<const Shape> shapes,
                    const EngineOptions& options, WeightStore::Impl& store, BuiltEngine& built);

}  // namespace kface
