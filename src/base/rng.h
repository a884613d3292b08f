// The one source of randomness: a seeded generator whose stream is the same on every platform
// (the distributions of <random> are not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace kface {

// xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64. Not thread-safe: one each.
class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  // A generator whose stream is independent of this one's and of other tags'. Does not advance
  // this one, so adding a consumer never changes what the others draw.
  Rng fork(std::uint64_t tag) const;

  std::uint64_t next();

  // Uniform in [0, bound), without bias. Requires: bound > 0.
  std::uint64_t below(std::uint64_t bound);

  // Uniform in [0, 1), 53 bits.
  double uniform();

  // Standard normal (Box-Muller, one value a call).
  double normal();

  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
    }
  }

 private:
  std::uint64_t seed_;
  std::uint64_t state_[4];
};

}  // namespace kface
