// Metrics as the JSON that other programs read.
#pragma once

#include <nlohmann/json.hpp>

#include "kface/metrics.h"

namespace kface {

// {"value": x, "ci95": [low, high]}, without "ci95" where no interval was asked for.
nlohmann::ordered_json to_json(const Estimate& estimate);

// null if there is none.
nlohmann::ordered_json to_json(const std::optional<Estimate>& estimate);

// {"0.01": ..., "0.001": ..., "0.0001": ...}; null where there are too few pairs to say.
nlohmann::ordered_json to_json(const std::vector<TarAtFar>& tar_at_far);

// Ensures: exactly these keys, in this order, whatever the metrics: eer, threshold_at_eer,
//          accuracy, loss, overlap, auc, tar_at_far, far_at_threshold, num_same, num_different,
//          num_identities, num_images. An estimate that was not asked for is null.
nlohmann::ordered_json to_json(const Metrics& metrics);

}  // namespace kface
