// What the parts of the engine's builder share.
#pragma once

#include <span>
#include <vector>

#include "nn/engine_ops.h"
#include "nn/engine_values.h"
#include "nn/fuse.h"

namespace kface {

inline float* as_floats(const BufferTable& table, BufferId buffer) {
  return reinterpret_cast<float*>(table[buffer]);
}

inline dnnl::memory::dims as_dims(std::size_t y, std::size_t x) {
  return {static_cast<dnnl::memory::dim>(y), static_cast<dnnl::memory::dim>(x)};
}

struct EngineContext {
  EngineContext(const Network& the_network, std::span<const Shape> the_shapes,
                const EngineOptions& the_options, WeightStore::Impl& the_store, OpList& the_ops);

  // Type and scale of `value` in 8 bits: unsigned where a ReLU gave it.
  struct Quantized {
    DataType type = DataType::s8;
    float scale = 1;
  };
  // Errors: kInvalidArgument if the calibration has no usable limit for it.
  Result<Quantized> quantized(std::size_t value) const;

  // Does some reader of `value` take it in 8 bits?
  bool wanted_in_int8(std::size_t value) const;
  // Is `step` the last that reads `value`?
  bool last_reader(const Step& step, std::size_t value) const;

  Argument scratchpad(const dnnl::memory::desc& desc);
  // Adds an operation that fills the buffer with zeros.
  void clear(const std::string& layer, const Stored& stored);

  const Network& network;
  std::span<const Shape> shapes;
  const EngineOptions& options;
  WeightStore::Impl& store;
  OpList& ops;
  ValueForms values;
  std::vector<Step> steps;
  bool activation_done = false;  // did the last step's main operation apply the activation?

 private:
  std::vector<std::size_t> last_use_;      // step, by value
  std::vector<std::size_t> scale_source_;  // value whose limit it has: pools keep their input's
  std::vector<bool> never_negative_;       // by value
};

}  // namespace kface
