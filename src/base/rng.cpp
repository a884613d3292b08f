#include "base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "kface/status.h"

namespace kface {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed), state_{} {
  std::uint64_t mixer = seed;
  for (auto& word : state_) {
    word = splitmix64(mixer);
  }
}

Rng Rng::fork(std::uint64_t tag) const {
  std::uint64_t mixer = seed_ ^ std::rotl(tag, 32);
  const std::uint64_t first = splitmix64(mixer);
  mixer = first ^ tag;
  return Rng(splitmix64(mixer));
}

std::uint64_t Rng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  KF_REQUIRE(bound > 0, bound);
  // Values under `reject` would make the first residues likelier than the rest.
  const std::uint64_t reject = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = next();
    if (value >= reject) {
      return value % bound;
    }
  }
}

double Rng::uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace kface
