// A batch's objective and gradient for recipe `trained`, fast; head/loss_ref.h is its definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "head/loss_fast.h"

namespace kface {

// Keeps its working memory from one batch to the next. Not thread-safe.
class SafeObjective {
 public:
  // start: W [d, m], b [m], then the start of what the loss learns; copied.
  SafeObjective(std::size_t d, std::size_t m, std::size_t num_people, const LossOptions& options,
                double anchor, std::span<const float> start);

  // Returns the batch's loss, without the pull; writes the objective's gradient in the layout of
  // the start. rng is drawn from for random negatives alone.
  // Requires: rows is [b, d], people [b], b > 0; parameters and gradient have the start's size.
  // Cost:     about 4 b d m + 4 b^2 m multiply-adds (and 6 b C m with C centres).
  double evaluate(std::span<const float> rows, std::span<const std::uint32_t> people,
                  std::span<const float> parameters, Rng& rng, std::span<float> gradient);

  // What the last call of evaluate looked at.
  const LossSelection& selection() const { return selection_; }

 private:
  void forward(std::span<const float> rows, std::span<const float> parameters);

  std::size_t d_;
  std::size_t m_;
  LossOptions options_;
  double anchor_;
  std::vector<float> start_;
  FastLoss loss_;
  LossSelection selection_;
  std::vector<float> embeddings_;    // [b, m], of length 1
  std::vector<float> transposed_;    // [m, b]
  std::vector<float> lengths_;       // [b]
  std::vector<float> similarity_;    // [b, b]
  std::vector<float> d_embeddings_;  // [b, m]
};

}  // namespace kface
