// The definition of the paper's recipe in plain loops and double precision. Everything faster is
// tested against this file; nothing else uses it.
#pragma once

#include <span>
#include <vector>

#include "head/trainer.h"

namespace kface::ref {

// The trained parameters, in double.
struct Parameters {
  std::vector<double> weight;  // [d, m]
  std::vector<double> bias;    // [m]
  double score_weight = 0;
  double score_bias = 0;
};

struct Gradient {
  Parameters parameters;  // d loss / d parameter
  double loss = 0;        // mean over the batch
  double accuracy = 0;
};

// Mean binary cross-entropy of `batch` and its gradient.
Gradient batch_gradient(const PairTrainingSet& set, std::span<const ImagePair> batch,
                        const Parameters& parameters, std::size_t m);

// The whole recipe, with the same draws from the seed as train_on_pairs.
TrainedHead train_on_pairs_ref(const PairTrainingSet& set, const Head& initial,
                               const TrainOptions& options);

}  // namespace kface::ref
