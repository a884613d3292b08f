// The rows of a feature set that metrics count.
#pragma once

#include <cstdint>
#include <vector>

#include "experiment/people.h"
#include "kface/manifest.h"

namespace kface {

// Rows of real photos: recipes may be fitted on all rows of a person, every metric counts these
// alone. What is real: counts_in_metrics (dataset/simulated.h).
// Requires: a set of this manifest. Cost: O(rows).
Rows real_rows(const FeatureSet& set, const Manifest& manifest);

// The same, row by row: [set.size()], 1 where the row is a drawing; empty if none is.
std::vector<std::uint8_t> simulated_flags(const FeatureSet& set, const Manifest& manifest);

// The set without its drawings, for whatever measures and fits nothing.
FeatureSet without_simulated(FeatureSet set, const Manifest& manifest);

}  // namespace kface
