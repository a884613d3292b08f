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

std::vector<std::uint8_t> simulated_flags(const FeatureSet& set, const Manifest& manifest) {
  const Rows real = real_rows(set, manifest);
  if (real.size() == set.size()) {
    return {};
  }
  std::vector<std::uint8_t> flags(set.size(), 1);
  for (const std::uint32_t row : real) {
    flags[row] = 0;
  }
  return flags;
}

FeatureSet without_simulated(FeatureSet set, const Manifest& manifest) {
  const Rows real = real_rows(set, manifest);
  if (real.size() == set.size()) {
    return set;
  }
  Subset kept = take_rows(set, real);
  std::vector<std::uint32_t> images;
  for (const std::uint32_t row : real) {
    images.push_back(set.images[row]);
  }
  set.features = std::move(kept.features);
  set.identities = std::move(kept.identities);
  set.images = std::move(images);
  return set;
}

}  // namespace kface
