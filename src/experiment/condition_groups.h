// By what the images of a dataset can be told apart: attributes of the manifest (lux, accessory...)
// and thirds of its quality columns.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// More values than this are no conditions but names.
inline constexpr std::size_t kMaxConditionValues = 40;

struct ConditionGroup {
  std::string attribute;            // "lux"; "quality_sharpness"
  bool quality = false;             // low, middle, high third of the accepted images
  std::vector<double> bounds;       // quality: low < bounds[0] <= middle < bounds[1] <= high
  std::vector<std::string> values;  // as shown: by number, then by text; of quality low to high
  std::size_t reference = 0;        // index into values: the condition that others are held against
  std::vector<int> value_of_row;    // [set.size()] index into values; -1: the image has none
  std::vector<std::size_t> num_refused;  // [values] images refused at import; 0 of quality

  std::size_t count(std::size_t value) const;  // rows of that value
};

// The groups of `wanted` in that order; all that there are if it is empty: attributes of 2 to
// kMaxConditionValues values among the rows, by name, then the quality columns whose thirds can be
// told apart (quality_brightness, quality_face_size, quality_sharpness, quality_yaw: degrees
// without sign).
//
// The reference of an attribute is references[attribute]; without one the value that a photo for a
// passport has (lux 1000, accessory none, camera C7, the high third of sharpness...), and where
// there is none of these the most frequent value, the first of several.
//
// Errors: kInvalidArgument: an attribute or reference that the images do not have, or more values
//         than kMaxConditionValues (with what there is); no group at all.
Result<std::vector<ConditionGroup>> condition_groups(
    const FeatureSet& set, const Manifest& manifest, const std::vector<std::string>& wanted,
    const std::map<std::string, std::string>& references);

// Order of values: 40, 100, 1000, then texts.
bool by_number_then_text(const std::string& a, const std::string& b);

}  // namespace kface
