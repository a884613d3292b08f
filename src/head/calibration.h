// Recipes without gradient descent: a population's mean is subtracted from the frozen network's
// embeddings, the directions in which one person's images scatter are damped, and what is left is
// divided by its length. docs/recipes.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

// How far measured covariances are trusted: their weights in C below; the sphere has the rest.
struct Shrinkage {
  double within = 0.10;
  double total = 0.05;

  bool operator==(const Shrinkage&) const = default;
};

// What a population's embeddings say: their mean over people, and how they scatter around each
// person's mean (within) and around the mean of all images (total).
//
// With more embedding values than kMaxDirections, or than images, scatter is looked at in the
// directions in which the images differ most; in all others C is the sphere.
//
// Immutable and thread-safe once made.
class Population {
 public:
  static constexpr std::size_t kMaxDirections = 512;

  // Requires: embeddings is [n, m]; identities is [n].
  // Errors:   kInvalidArgument if nobody has two images, or if all images are equal.
  // Cost:     O(n m^2), or O(n^2 m + n^3) where m > kMaxDirections and n < m.
  static Result<Population> measure(std::span<const float> embeddings, std::size_t m,
                                    std::span<const std::uint32_t> identities);

  // The map z -> L2((z - mean) C^-1/2), as a head with d = m = m:
  //   C = within N(Sw) + total N(St) + (1 - within - total) I,  N(S) = S m / trace(S)
  // Within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006) with the covariance
  // shrunk to a sphere of the same size (Ledoit and Wolf 2004); the total covariance damps what
  // this population has in common, and with it what tells its people apart least reliably.
  //
  // Requires: weights not negative, their sum below 1.
  Head calibrated(const Shrinkage& shrinkage) const;

 private:
  Population() = default;

  std::size_t m_ = 0;
  std::vector<double> mean_;    // [m]
  std::size_t r_ = 0;           // directions looked at
  std::vector<double> basis_;   // [r, m], rows orthonormal; empty: the coordinates themselves
  std::vector<double> within_;  // [r, r], N(Sw) in the basis
  std::vector<double> total_;   // [r, r], N(St) in the basis
};

// z = last_layer(f) before any normalisation: where the maps of this file begin.
// Requires: features is [n, last_layer.d]; last_layer is linear.
std::vector<float> frozen_embeddings(std::span<const float> features, const Head& last_layer);

// The head that gives map(last_layer(f)). Requires: last_layer and map are linear; map.d ==
// last_layer.m. `last_layer.l2_normalize` is passed over, map.l2_normalize kept.
Head compose(const Head& last_layer, const Head& map);

// The map z -> L2(z - mean(z)) of embeddings [n, m]: the mean over all images. Requires: n >= 1.
Head centred_map(std::span<const float> embeddings, std::size_t m);

// e = L2(z - mean(z)), z = last_layer(f): the mean over all images. Unlabelled photos of the
// population suffice.
//
// Requires: features is [n, last_layer.d]; last_layer is linear.
// Errors:   kInvalidArgument if n < 2.
// Cost:     O(n d m).
Result<Head> fit_centred(std::span<const float> features, const Head& last_layer);

// e = L2((z - mean) C^-1/2), see Population.
//
// Requires: as above; identities is [n]; the shrinkage as for Population::calibrated.
// Errors:   those of Population::measure.
// Cost:     O(n d m) and that of Population::measure. Deterministic.
Result<Head> fit_calibrated(std::span<const float> features,
                            std::span<const std::uint32_t> identities, const Head& last_layer,
                            const Shrinkage& shrinkage);

}  // namespace kface
