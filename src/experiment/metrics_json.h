// Metrics as the JSON that other programs read.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "kface/metrics.h"
#include "kface/paired.h"

namespace kface {

// {"value": x, "ci95": [low, high]}, without "ci95" where no interval was asked for.
nlohmann::ordered_json to_json(const Estimate& estimate);

// null if there is none.
nlohmann::ordered_json to_json(const std::optional<Estimate>& estimate);

// The key of a rate: 0.01, 0.001, 0.0001, 1e-05, 1e-06, as JSON writes the number.
std::string rate_key(double rate);

// {"0.01": ..., "0.001": ..., "0.0001": ..., "1e-05": ..., "1e-06": ...}: the true-accept rates;
// null where there are too few pairs to say.
nlohmann::ordered_json to_json(const std::vector<TarAtFar>& tar_at_far);

// The same in NIST's words, false non-match rate at a false match rate: 1 - TAR.
nlohmann::ordered_json fnmr_json(const std::vector<TarAtFar>& tar_at_far);

// The thresholds, with the same keys.
nlohmann::ordered_json threshold_json(const std::vector<TarAtFar>& tar_at_far);

// {"fmr": [...], "fnmr": [...]}: the points of a DET curve.
nlohmann::ordered_json det_json(const std::vector<DetPoint>& curve);

// {"a", "b", "difference": {"value", "ci95"}, "verdict"}.
nlohmann::ordered_json to_json(const Difference& difference);

// {"verdict", "eer", "tar_at_far", "num_same", "num_different", "num_identities"}; the verdict is
// that of the equal error rate.
nlohmann::ordered_json to_json(const PairedDifference& difference);

// Ensures: exactly these keys, in this order, whatever the metrics: eer, threshold_at_eer,
//          accuracy, loss, overlap, auc, tar_at_far, fnmr_at_fmr, threshold_at_far,
//          far_at_threshold, frr_at_threshold, d_prime, num_same, num_different, num_identities,
//          num_images. An estimate that was not asked for is null.
nlohmann::ordered_json to_json(const Metrics& metrics);

}  // namespace kface
