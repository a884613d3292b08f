// A model on simulated images: what other light, glasses or a mask would cost, as far as drawings
// can say. SIMULATED, every figure but those of the real pairs.
#pragma once

#include "backbone/feature_set.h"
#include "experiment/probe_metrics.h"

namespace kface {

// For everything that was drawn ("lux 40", "mask"), pairs of a real image and a drawing:
//   different  two people, any of their images
//   same       one person, and the drawing was made on ANOTHER photo than the real image of the
//              pair; apart from these, of people with one real photo only, the drawing and the very
//              photo under it ("same_photo": too easy, everything but the drawing is equal)
// beside all pairs of real images.
//
// {model ..., "simulated": true, "note", "num_real_images", "num_simulated_images",
//  "real": METRICS|null,
//  "stress": [{"simulated": "lux 40", "kind": "lux", "num_images",
//              "other_photo": METRICS|null, "same_photo": METRICS|null}]},
// METRICS as probe_metrics gives them at the model's threshold; "stress" in the order of
// dataset/simulated_kinds.h.
//
// Ensures: the same for any number of threads.
// Errors:  kInvalidArgument: no simulated images (says how to make them), more than kMaxPairs
//          pairs, a distance that is not finite; kInterrupted.
Result<Json> stress_model(const FeatureSet& set, const Manifest& manifest, const Model& model,
                          const std::string& model_name, const ProbeOptions& options,
                          const JobContext& context);

}  // namespace kface
