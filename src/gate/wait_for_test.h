// Waiting for what another thread or process does, without saying how fast it has to be.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace kface {

// At most twenty seconds; what `condition` said last.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return condition();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace kface
