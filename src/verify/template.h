// One template of several photos of a person: the mean of their embeddings, each weighted by how
// good its photo is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kface/image.h"
#include "nn/last_layer.h"

namespace kface {

enum class PoolWeighting { kMean, kQuality };

// How much a photo counts in a template, in (0, 1]: size * sharp * pose * light, with
//   size  = min(1, face_size_px / 100)             a smaller face is enlarged for the chip, which
//                                                  shows it at about 100 pixels: no detail is
//                                                  gained
//   sharp = sharpness / (sharpness + 20)           20 is what a blur of one pixel leaves of a face
//                                                  of LFW; saturates, since noise raises it, too
//   pose  = cos(yaw)^2                             the part of the face that is seen from the front
//   light = min(1, min(brightness, 255 - brightness) / 60)   lost in the dark or in the glare
// each at least 0.05, so that a bad photo counts little and the only photo counts. It does not fall
// with size or sharpness, nor rise with the yaw's size. The constants are reasoned, not fitted.
// Quality that is not finite counts as the worst.
double template_weight(const Quality& quality);

// embedding = post(sum(w_i e_i) / sum(w_i)); post = L2 normalisation if the head normalises, so
// that the template lies where embeddings do.
//
// embeddings: [k, head.m] row-major, of one person; weights: [k].
// Requires: k >= 1; weights finite, positive.
std::vector<float> pool_embeddings(const Head& head, std::span<const float> embeddings,
                                   std::span<const double> weights);

// The weights of photos of this quality: all 1 for kMean.
std::vector<double> pool_weights(PoolWeighting weighting, std::span<const Quality> qualities);

}  // namespace kface
