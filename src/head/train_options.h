// The options of the paper's recipe; the defaults are the paper (spec, "The system").
#pragma once

#include <cstdint>

#include "base/options.h"

namespace kface {

struct TrainOptions {
  int epochs = 200;
  int batch = 32;  // pairs a step
  double learning_rate = 0.01;
  double final_learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;  // Keras' default
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_train_options(Options& o, Visitor&& field) {
  field("train.epochs", o.epochs, Range{1, 100000}, "passes over the training pairs");
  field("train.batch", o.batch, Range{1, 65536}, "pairs a training step");
  field("train.learning_rate", o.learning_rate, Range{1e-8, 10},
        "Adam's step size at the start of the cosine schedule");
  field("train.final_learning_rate", o.final_learning_rate, Range{0, 10},
        "Adam's step size at the end of the cosine schedule");
  field("train.beta1", o.beta1, Range{0, 0.9999999}, "Adam's decay of the first moment");
  field("train.beta2", o.beta2, Range{0, 0.9999999}, "Adam's decay of the second moment");
  field("train.epsilon", o.epsilon, Range{1e-12, 1}, "Adam's guard against division by zero");
}

// Rate of `epoch` (0-based), set once an epoch:
// 0.5 (1 + cos(pi epoch / epochs)) (first - final) + final (spec, "optimiser").
double cosine_learning_rate(const TrainOptions& options, int epoch);

}  // namespace kface
