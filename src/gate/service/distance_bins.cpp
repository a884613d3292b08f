#include "gate/service/distance_bins.h"

#include <cmath>

namespace kface::service {

void DistanceBins::add(double distance, const std::string& verdict) {
  constexpr double kLargest = 1e6;  // no embedding is that far from another
  if (!std::isfinite(distance) || distance < 0 || distance > kLargest) {
    return;
  }
  while (distance >= width_ * static_cast<double>(kBins)) {
    widen();
  }
  Bin& bin = bins_[static_cast<std::size_t>(distance / width_)];
  ++(verdict == "granted" ? bin.granted : verdict == "denied" ? bin.denied : bin.not_sure);
  ++num_;
}

void DistanceBins::widen() {
  for (std::size_t i = 0; i < kBins; ++i) {
    Bin joined;
    for (std::size_t k = 2 * i; k < 2 * i + 2 && k < kBins; ++k) {
      joined.granted += bins_[k].granted;
      joined.denied += bins_[k].denied;
      joined.not_sure += bins_[k].not_sure;
    }
    bins_[i] = joined;
  }
  width_ *= 2;
}

std::vector<DistanceBins::Bin> DistanceBins::bins() const {
  std::vector<Bin> filled;
  std::size_t last = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    filled.push_back(bins_[i]);
    filled[i].from = static_cast<double>(i) * width_;
    filled[i].to = static_cast<double>(i + 1) * width_;
    last = bins_[i].granted + bins_[i].denied + bins_[i].not_sure > 0 ? i + 1 : last;
  }
  filled.resize(last);
  return filled;
}

}  // namespace kface::service
