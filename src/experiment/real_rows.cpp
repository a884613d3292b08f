#include "experiment/real_rows.h"

#include "dataset/simulated.h"

namespace kface {

Rows real_rows(const FeatureSet& set, const Manifest& manifest) {
  Rows rows;
  for (std::uint32_t row = 0; row < set.size(); ++row) {
    KF_REQUIRE(set.images[row] < manifest.images.size(), row, set.images[row]);
    if (counts_in_metrics(manifest.images[set.images[row]], manifest)) {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace kface
