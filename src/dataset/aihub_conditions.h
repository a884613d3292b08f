// The conditions of a K-FACE photo: what the codes in its path (S001/L1/E01/C7) mean, and which
// of them a user wants. The official table, image/Database_info.png of the data set.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

enum AihubDimension : std::size_t {
  kResolution,
  kSession,  // S: what is worn
  kLight,    // L: lux and direction
  kExpression,
  kCamera,
  kNumAihubDimensions,
};

struct AihubCondition {
  std::string code;  // high; S001; L1; E01; C1
  int number = 0;    // the number in the code, from 1; of a resolution: 1 high, 2 middle, 3 low
  std::map<std::string, std::string> attributes;
};

// All conditions of a dimension, by ascending number.
const std::vector<AihubCondition>& aihub_conditions(AihubDimension dimension);

// The number behind `letter` in a name such as S001, s1 or L30, if it is one of the dimension;
// 0 for every other name.
int aihub_number(AihubDimension dimension, std::string_view name);

// Which conditions are wanted: wanted[dimension][number - 1].
struct AihubMask {
  std::vector<std::vector<bool>> wanted;
  bool any_resolution = false;  // no resolution was asked for: take the best there is

  bool has(AihubDimension dimension, int number) const {
    return wanted[dimension][static_cast<std::size_t>(number) - 1];
  }
};

// Filter names, as the options of `kface import aihub` without their dashes.
std::vector<std::string> aihub_filter_names();

// The values that a filter takes, as one line. Requires: one of those names.
std::string aihub_filter_help(const std::string& name);

// filters[name] = list of values with commas: codes (C7, 7, S001), ranges of codes (C4-C10), values
// of the attribute (1000, glasses, up30), numeric ranges (-45..45), or `all` (of light-direction:
// all lamps). A photo passes if it passes every filter. Without one for their dimension: expression
// neutral, camera C7 (the paper's selection), everything else. Errors: kInvalidArgument: an unknown
// filter or value, with the values that there are.
Result<AihubMask> parse_aihub_filters(const std::map<std::string, std::string>& filters);

}  // namespace kface
