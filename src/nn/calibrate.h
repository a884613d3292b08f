// Limits of 8-bit values, from what a network's values are on real inputs.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/status.h"
#include "nn/engine.h"

namespace kface {

// How a value's limit is found from the magnitudes seen.
enum class LimitRule : std::uint8_t {
  kPercentile,  // 99.99 % of the magnitudes lie within
  kSquares,     // the sum of squared errors of rounding and saturating is least
};

std::string limit_rule_name(LimitRule rule);  // percentile, squares

// Magnitudes of every value, seen so far, as histograms. Not thread-safe.
class ValueStatistics {
 public:
  // Runs `input` ([batch, network.input] CHW) through `engine`, made with keep_values, and adds
  // what its values are.
  void observe(Engine& engine, std::span<const float> input);

  // Errors: kInvalidArgument if nothing was observed, or a value is 0 throughout.
  Result<Calibration> limits(LimitRule rule) const;

 private:
  // Of magnitudes. When a larger one comes, neighbours are merged and the width doubles.
  struct Histogram {
    static constexpr std::size_t kBins = 4096;
    float width = 0;  // of a bin
    bool negative = false;
    std::vector<std::uint64_t> counts;

    void add(std::span<const float> values);
  };
  static float percentile_limit(const Histogram& histogram);
  static float squares_limit(const Histogram& histogram);

  std::map<std::string, Histogram> histograms_;
};

}  // namespace kface
