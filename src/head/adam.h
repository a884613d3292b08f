// Adam (Kingma and Ba 2015) in the form that Keras has it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "head/train_options.h"

namespace kface {

// The state of one flat array of parameters. Not thread-safe.
class Adam {
 public:
  explicit Adam(std::size_t size) : first_(size), second_(size) {}
  std::size_t size() const { return first_.size(); }

  // parameters -= rate sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon).
  // Requires: both arrays have size() values.
  void step(std::span<float> parameters, std::span<const float> gradient,
            const TrainOptions& options, double rate);

 private:
  std::vector<float> first_;
  std::vector<float> second_;
  double beta1_power_ = 1;
  double beta2_power_ = 1;
};

}  // namespace kface
