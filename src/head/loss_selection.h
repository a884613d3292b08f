// Which pairs and triplets of a batch a loss looks at. Shared by the definition and the fast
// version, so that both see the same ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "head/loss_kinds.h"

namespace kface {

// Rows of a batch.
struct Triplet {
  std::uint32_t anchor = 0;
  std::uint32_t positive = 0;
  std::uint32_t negative = 0;
};

struct LossSelection {
  std::vector<ImagePair> pairs;   // pairs, contrastive: at n:p; mixface: all
  std::vector<Triplet> triplets;  // triplet
};

// Requires: similarity is [b, b] row-major, e_i . e_j of embeddings of length 1; people is [b].
// Ensures:  a < b in every pair. All same-person pairs of the batch are taken, and as many
//           different-person pairs as the ratio asks for, or all there are. semi-hard: nearest
//           first among those farther than half of the same pairs are; for triplets, among those
//           farther than the positive, and the farthest where none is. The result depends on the
//           arguments alone; equally near ones are taken in the order of their rows.
// Cost:     O(b^2 log b), and O(b) a triplet.
LossSelection select_for_loss(std::span<const float> similarity,
                              std::span<const std::uint32_t> people, const LossOptions& options,
                              Rng& rng);

}  // namespace kface
