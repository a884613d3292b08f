// Choosing people and images from a feature set: halves without a common person, n images each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backbone/feature_set.h"
#include "base/rng.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

// Rows of a FeatureSet, ascending.
using Rows = std::vector<std::uint32_t>;

struct Halves {
  Rows fit;   // rows of the people whom a recipe sees
  Rows test;  // rows of everybody else
};

// Splits the people among `rows` at random into two halves (the fit half gets the odd one).
//
// Ensures: no person on both sides. Depends on rng and the arguments alone.
// Errors:  kInvalidArgument if a half would lack same-person or different-person pairs: says how
//          many people with 2 images there are and that 4 are needed.
Result<Halves> split_people(const FeatureSet& set, const Rows& rows, Rng rng);

// `count` rows, drawn at random, of each person that has at least `at_least` among all rows of
// `set`; the rows of one person for a smaller count are among those for a larger one (same rng).
Rows choose_images(const FeatureSet& set, std::size_t count, std::size_t at_least, const Rng& rng);

// All rows.
Rows all_rows(const FeatureSet& set);

// A copy of some rows, for recipes and metrics.
struct Subset {
  std::vector<float> features;  // [n, d]
  std::size_t d = 0;
  std::vector<std::uint32_t> identities;  // [n] as in the feature set
  Rows rows;

  LabelledFeatures labelled() const { return {features, d, identities}; }
  std::size_t num_identities() const;
};
Subset take_rows(const FeatureSet& set, const Rows& rows);

}  // namespace kface
