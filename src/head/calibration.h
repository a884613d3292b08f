// Recipes without gradient descent: a population's mean is subtracted from the frozen network's
// embeddings, the directions in which one person's images scatter are damped, and what is left is
// divided by its length. docs/recipes.md.
#pragma once

#include <cstdint>
#include <span>

#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

// e = L2(z - mean(z)), z = last_layer(f): the mean over all images. Unlabelled photos of the
// population suffice.
//
// Requires: features is [n, last_layer.d]; last_layer is linear.
// Errors:   kInvalidArgument if n < 2.
// Cost:     O(n d m).
Result<Head> fit_centred(std::span<const float> features, const Head& last_layer);

// e = L2((z - mean(z)) S^-1/2), S = (1 - shrinkage) W + shrinkage (trace(W) / m) I, W the pooled
// covariance of the embeddings around their person's mean, over n - people degrees of freedom.
// Within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006) with the covariance
// shrunk to a sphere of the same size (Ledoit and Wolf 2004).
//
// Requires: as above; identities is [n]; shrinkage in [0, 1].
// Errors:   kInvalidArgument if n < 2, if nobody has two images, or if S is singular (shrinkage too
//           small for so few images).
// Cost:     O(n d m + n m^2 + m^3). Deterministic.
Result<Head> fit_calibrated(std::span<const float> features,
                            std::span<const std::uint32_t> identities, const Head& last_layer,
                            double shrinkage);

}  // namespace kface
