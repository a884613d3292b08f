// Elapsed time, for choosing what is faster and for showing how long it took; never part of a
// result.
#pragma once

#include <chrono>

namespace kface {

class Stopwatch {
 public:
  double ms() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace kface
