// The paper's recipe: the last layer, with tanh, trained on pairs through a siamese head.
//
//   e = tanh(x W + b);  s = sqrt(max(sum (e_1 - e_2)^2, 1e-7));  p = sigmoid(w s + c)
//   loss = binary cross-entropy, label 1 = same person;  Adam;  cosine rate, set once an epoch
//
// Sources: the paper, section 2; the authors' notebook for the square root's guard, the output
// unit, Adam's constants and the exact cosine. docs/recipes.md.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "head/pairs.h"
#include "head/train_options.h"
#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

// What is trained on: cached features, [n, d] row-major, and pairs of rows.
struct PairTrainingSet {
  std::span<const float> features;
  std::size_t d = 0;
  std::span<const ImagePair> training;
  std::span<const ImagePair> validation;  // may be empty
};

struct EpochRecord {
  double loss = 0;      // mean over the training pairs as they were met during the epoch (as Keras)
  double accuracy = 0;  // share with (score >= 0.5) == same, likewise
  double validation_loss = 0;  // after the epoch; 0 without validation pairs
  double validation_accuracy = 0;
};

struct TrainedHead {
  Head head;
  ScoreUnit score;
  std::vector<EpochRecord> history;
};

// Starts from `initial` (its activation is replaced by tanh) and a Glorot-uniform output unit drawn
// from the seed, as Keras draws it.
//
// Requires: initial.d == set.d; pair rows < n; at least one training pair.
// Ensures:  the same bytes for the same arguments and build.
// Errors:   kInterrupted if a stop was requested; kInvalidArgument if the loss stops being finite.
// Cost:     epochs * pairs * 4 d m multiply-adds. Uses the calling thread alone; thread-safe.
Result<TrainedHead> train_on_pairs(const PairTrainingSet& set, const Head& initial,
                                   const TrainOptions& options, const StopFlag* stop = nullptr);

// Loss and accuracy of pairs under a head. Requires: as above, pairs not empty.
struct PairQuality {
  double loss = 0;
  double accuracy = 0;
};
PairQuality evaluate_pairs(const PairTrainingSet& set, std::span<const ImagePair> pairs,
                           const Head& head, ScoreUnit score);

}  // namespace kface
