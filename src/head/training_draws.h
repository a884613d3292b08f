// What the recipe draws at random, shared by the reference and the fast trainer so that both see
// the same batches.
#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "nn/last_layer.h"

namespace kface {

// The output unit as Keras' Dense(1) starts: Glorot-uniform weight, limit sqrt(6 / (1 + 1)); bias
// 0.
ScoreUnit draw_score_unit(std::uint64_t seed);

// Orders of the training pairs, one an epoch.
class EpochOrders {
 public:
  EpochOrders(std::uint64_t seed, std::size_t num_pairs);
  // The order of the next epoch: a fresh permutation of [0, num_pairs).
  const std::vector<std::uint32_t>& next();

 private:
  Rng rng_;
  std::vector<std::uint32_t> order_;
};

}  // namespace kface
