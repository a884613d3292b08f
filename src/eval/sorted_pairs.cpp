#include "eval/sorted_pairs.h"

#include <array>
#include <bit>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace kface::eval {
namespace {

// A float's bits as an unsigned number of the same order.
std::uint32_t order_key(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  constexpr std::uint32_t kSign = 0x80000000U;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

// Least significant digit first: three stable passes of 11 bits, about five times faster than
// comparing at two million pairs.
void radix_sort(std::vector<SortedPair>& pairs) {
  constexpr unsigned kDigitBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  std::vector<SortedPair> other(pairs.size());
  for (unsigned shift = 0; shift < 32; shift += kDigitBits) {
    const auto digit = [shift](const SortedPair& pair) {
      return (order_key(pair.distance) >> shift) & (kDigits - 1);
    };
    std::array<std::size_t, kDigits> position{};
    for (const auto& pair : pairs) {
      ++position[digit(pair)];
    }
    std::size_t begin = 0;
    for (auto& entry : position) {
      begin += std::exchange(entry, begin);
    }
    for (const auto& pair : pairs) {
      other[position[digit(pair)]++] = pair;
    }
    pairs.swap(other);
  }
}

void sort_by_distance(std::vector<SortedPair>& pairs) {
  radix_sort(pairs);
  for (auto begin = pairs.begin(); begin != pairs.end();) {
    auto end = begin + 1;
    while (end != pairs.end() && end->distance == begin->distance) {
      ++end;
    }
    std::sort(begin, end, [](const SortedPair& x, const SortedPair& y) {
      return std::tie(x.a, x.b) < std::tie(y.a, y.b);
    });
    begin = end;
  }
}

}  // namespace

Result<SortedPairs> sort_pairs(std::span<const ScoredPair> pairs, const std::string& what) {
  SortedPairs sorted;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const ScoredPair& pair = pairs[i];
    if (!std::isfinite(pair.distance)) {
      return Status{ErrorCode::kInvalidArgument,
                    what + ": the distance of pair " + std::to_string(i) + " is " +
                        std::to_string(pair.distance) + ", expected a finite number"};
    }
    // Adding 0 turns -0 into 0: one number, one place in the order.
    (pair.same ? sorted.same : sorted.different)
        .push_back({pair.distance + 0.0F, std::min(pair.identity_a, pair.identity_b),
                    std::max(pair.identity_a, pair.identity_b)});
  }
  if (sorted.same.empty() || sorted.different.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  what + ": needs both kinds of pair, got " + std::to_string(sorted.same.size()) +
                      " same and " + std::to_string(sorted.different.size()) + " different"};
  }
  sort_by_distance(sorted.same);
  sort_by_distance(sorted.different);
  return sorted;
}

Status check_identities(std::span<const ScoredPair> pairs, const std::string& what) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const ScoredPair& pair = pairs[i];
    if (pair.same != (pair.identity_a == pair.identity_b)) {
      return {ErrorCode::kInvalidArgument,
              what + ": pair " + std::to_string(i) + " is marked " +
                  (pair.same ? "same" : "different") + ", but its identities are " +
                  std::to_string(pair.identity_a) + " and " + std::to_string(pair.identity_b)};
    }
  }
  return {};
}

std::size_t renumber_identities(SortedPairs& pairs) {
  std::vector<std::uint32_t> seen;
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;
  for (auto* kind : {&pairs.same, &pairs.different}) {
    for (const auto& pair : *kind) {
      for (const std::uint32_t identity : {pair.a, pair.b}) {
        if (numbers.emplace(identity, 0).second) {
          seen.push_back(identity);
        }
      }
    }
  }
  std::sort(seen.begin(), seen.end());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    numbers[seen[i]] = static_cast<std::uint32_t>(i);
  }
  for (auto* kind : {&pairs.same, &pairs.different}) {
    for (auto& pair : *kind) {
      pair.a = numbers[pair.a];
      pair.b = numbers[pair.b];
    }
  }
  return seen.size();
}

}  // namespace kface::eval
