#include "weights/mat_node.h"

#include <algorithm>
#include <array>

namespace kface {

MatNode* MatNode::field(std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

bool MatLimits::keeps(std::string_view field) {
  constexpr std::array<std::string_view, 4> kKept = {"weights", "filters", "biases",
                                                     "averageImage"};
  return std::find(kKept.begin(), kKept.end(), field) != kKept.end();
}

bool is_wanted_variable(std::string_view name) {
  return name == "net" || name == "layers" || name == "normalization" || name == "meta";
}

}  // namespace kface
