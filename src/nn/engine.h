// Executes a network on oneDNN: layouts kept between layers, weights reordered once, activations in
// one planned arena, sums and activations written with the convolution that they follow.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/status.h"
#include "nn/network.h"
#include "nn/plan.h"

namespace kface {

// Weights of one network in the forms that engines need, each made once and shared by all engines
// of that network (of any batch size and number of threads). Thread-safe.
class WeightStore {
 public:
  // `copied(layer)` is called when a layer's weights have been brought into another form: the
  // original, if it lies in a mapped file, may leave memory. It must not use the store.
  explicit WeightStore(std::function<void(const std::string& layer)> copied = {});
  ~WeightStore();
  WeightStore(const WeightStore&) = delete;
  WeightStore& operator=(const WeightStore&) = delete;

  // Of the forms made, without the weights that are used where they lie.
  std::size_t bytes() const;
  // Names of the layers whose weights are used where they lie.
  std::vector<std::string> borrowed() const;

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

struct EngineOptions {
  std::size_t batch = 1;  // images a run
  unsigned threads = 1;
  Plan plan = {};
  Calibration calibration = {};  // for layers that the plan computes in 8 bits
  // Keeps every value until the end, float32, for visit_values(); slower.
  bool keep_values = false;
};

// What one operation took.
struct OpTime {
  std::string layer;  // whose operation it is
  std::string what;   // "brgconv:avx512_core", "reorder", ...: the implementation
  double ms = 0;
};

// Not thread-safe: one object a thread. Owns its activations, shares the weights.
class Engine {
 public:
  // A layer for which the plan's way does not exist on this CPU is computed in float32, direct;
  // profile() tells what was taken.
  // Errors: kCorruption (value_shapes of the network); kInvalidArgument, naming the layer: it has
  //         no limit in the calibration, or oneDNN refuses it.
  // Cost:   that of bringing the weights into the plan's forms, where the store lacks them.
  // Requires: the network's weights stay where they are while the engine lives; batch, threads > 0.
  static Result<std::unique_ptr<Engine>> create(const Network& network,
                                                const EngineOptions& options,
                                                const std::shared_ptr<WeightStore>& store);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::span<float> input();         // [batch, network.input] CHW; to be filled before run()
  std::span<const float> output();  // [batch, d]: the last value, CHW flattened; after run()

  // One forward pass. Ensures: no allocation of ours; output() depends on input() alone; image i of
  // the output on image i of the input alone.
  void run();

  // Runs `repeats` times, and gives every operation's median.
  std::vector<OpTime> profile(int repeats);

  // After a run with keep_values: every value with the name of the layer that gave it ("input" for
  // the network's), [batch, ...] in an order of the engine's choice.
  void visit_values(const std::function<void(const std::string&, std::span<const float>)>& visit);

  std::size_t arena_bytes() const;

  struct Impl;

 private:
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface
