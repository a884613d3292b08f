// The losses of head/loss_kinds.h over a batch of embeddings, through matrix products: a loss that
// looks at pairs is a function of the similarities s_ij, so its gradient is one product of the
// matrix d loss / d s with the embeddings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "head/loss_selection.h"

namespace kface {

struct UnitBatch {
  std::span<const float> embeddings;      // [b, m] row-major, of length 1
  std::span<const float> similarity;      // [b, b], embeddings times their transpose
  std::span<const std::uint32_t> people;  // [b], below num_people
};

// Keeps its working memory from one batch to the next. Not thread-safe.
class FastLoss {
 public:
  FastLoss(const LossOptions& options, std::size_t m, std::size_t num_people);

  std::size_t num_parameters() const;

  // The loss. d_embeddings [b, m] and d_parameters [num_parameters()] are overwritten with its
  // gradient; what it has along an embedding, which a division by the length takes away, is left
  // undefined.
  // Requires: parameters is [num_parameters()]; the selection is of this batch and options.
  double evaluate(const UnitBatch& batch, const LossSelection& selection,
                  std::span<const float> parameters, std::span<float> d_embeddings,
                  std::span<float> d_parameters);

 private:
  void begin(const UnitBatch& batch);
  void add_slope(std::size_t a, std::size_t b, float slope);
  void finish(const UnitBatch& batch, std::span<float> d_embeddings);
  double pairs(const UnitBatch& batch, const LossSelection& selection, std::span<const float> unit,
               std::span<float> d_unit);
  double contrastive(const UnitBatch& batch, const LossSelection& selection);
  double triplets(const UnitBatch& batch, const LossSelection& selection);
  double sn_pairs(const UnitBatch& batch, const LossSelection& selection);
  double centres(const UnitBatch& batch, std::span<const float> parameters,
                 std::span<float> d_embeddings, std::span<float> d_parameters);
  double softmax_rows(const UnitBatch& batch);
  void normalise_centres(std::span<const float> parameters);

  LossOptions options_;
  std::size_t m_;
  std::size_t num_people_;
  std::size_t batch_size_ = 0;
  std::vector<float> slopes_;              // [b, b] symmetric, d loss / d s
  std::vector<float> unit_centres_;        // [C, m]
  std::vector<float> transposed_centres_;  // [m, C]
  std::vector<float> lengths_;             // [C]
  std::vector<float> logits_;              // [b, C], then d loss / d cosine
  std::vector<float> from_centres_;        // [b, m]
};

// Takes from d_rows [n, m] what is along the unit rows and divides by the lengths [n] that the rows
// had: the gradient before the division by the length. A row of length 0 gets 0.
void through_length(std::span<const float> unit_rows, std::span<const float> lengths, std::size_t m,
                    std::span<float> d_rows);

}  // namespace kface
