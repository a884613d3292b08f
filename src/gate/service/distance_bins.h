// How many decisions fell at which distance: bins that grow with what comes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kface::service {

// At most 100 bins from 0 on, each 0.01 wide at first; where a distance lies beyond, two
// neighbours become one until it fits. Not thread-safe.
class DistanceBins {
 public:
  struct Bin {
    double from = 0;  // inclusive
    double to = 0;    // exclusive
    std::uint64_t granted = 0;
    std::uint64_t denied = 0;
    std::uint64_t not_sure = 0;
  };

  // A distance that is negative or not finite is left out.
  void add(double distance, const std::string& verdict);
  std::uint64_t num_distances() const { return num_; }
  // Ascending, without gaps, up to the last that is not empty.
  std::vector<Bin> bins() const;

 private:
  static constexpr std::size_t kBins = 100;
  void widen();

  double width_ = 0.01;
  std::array<Bin, kBins> bins_{};
  std::uint64_t num_ = 0;
};

}  // namespace kface::service
