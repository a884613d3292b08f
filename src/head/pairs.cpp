#include "head/pairs.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

namespace kface {
namespace {

constexpr int kMaxRatioPart = 1000;
constexpr std::uint64_t kSameStream = 1;
constexpr std::uint64_t kDifferentStream = 2;
constexpr std::uint64_t kOrderStream = 3;

using RowsByIdentity = std::vector<std::vector<std::uint32_t>>;

RowsByIdentity group_rows(std::span<const std::uint32_t> identities) {
  std::unordered_map<std::uint32_t, std::size_t> group_of;
  RowsByIdentity groups;
  for (std::uint32_t row = 0; row < identities.size(); ++row) {
    const auto [entry, is_new] = group_of.try_emplace(identities[row], groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[entry->second].push_back(row);
  }
  return groups;
}

std::size_t choose_two(std::size_t n) { return n < 2 ? 0 : n * (n - 1) / 2; }

std::size_t count_same(const RowsByIdentity& groups) {
  std::size_t count = 0;
  for (const auto& rows : groups) {
    count += choose_two(rows.size());
  }
  return count;
}

// How many pairs of each kind: n:p to the nearest pair, and no more than there are.
struct Quota {
  std::size_t same = 0;
  std::size_t different = 0;
};

Quota quota_for(PairRatio ratio, std::size_t num_pairs) {
  const auto parts =
      static_cast<std::size_t>(ratio.same) + static_cast<std::size_t>(ratio.different);
  const std::size_t same = (num_pairs * static_cast<std::size_t>(ratio.same) + parts / 2) / parts;
  return {same, num_pairs - same};
}

// The largest total whose quota is available; the quota grows with the total, so halving finds it.
Quota feasible_quota(PairRatio ratio, std::size_t wanted, std::size_t max_same,
                     std::size_t max_different) {
  const auto fits = [&](std::size_t total) {
    const Quota quota = quota_for(ratio, total);
    return quota.same <= max_same && quota.different <= max_different;
  };
  std::size_t low = 0;
  std::size_t high = wanted;
  while (low < high) {
    const std::size_t middle = low + (high - low + 1) / 2;
    if (fits(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return quota_for(ratio, low);
}

// Round after round, one not yet drawn pair of every person that still has one.
std::vector<ImagePair> draw_same(const RowsByIdentity& groups, std::size_t count, Rng rng) {
  std::vector<std::vector<ImagePair>> left;
  for (const auto& rows : groups) {
    std::vector<ImagePair> pairs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        pairs.push_back({rows[i], rows[j], true});
      }
    }
    if (!pairs.empty()) {
      rng.shuffle(pairs);
      left.push_back(std::move(pairs));
    }
  }
  std::vector<ImagePair> drawn;
  while (drawn.size() < count) {
    rng.shuffle(left);  // the last, incomplete round must not favour the first people
    for (auto& pairs : left) {
      if (drawn.size() == count) {
        break;
      }
      drawn.push_back(pairs.back());
      pairs.pop_back();
    }
    std::erase_if(left, [](const auto& pairs) { return pairs.empty(); });
  }
  return drawn;
}

std::vector<ImagePair> list_different(std::span<const std::uint32_t> identities) {
  std::vector<ImagePair> all;
  for (std::uint32_t a = 0; a < identities.size(); ++a) {
    for (std::uint32_t b = a + 1; b < identities.size(); ++b) {
      if (identities[a] != identities[b]) {
        all.push_back({a, b, false});
      }
    }
  }
  return all;
}

std::vector<ImagePair> draw_different(std::span<const std::uint32_t> identities, std::size_t count,
                                      std::size_t available, Rng rng) {
  if (count * 2 >= available) {  // rejection would be slow: list them all, keep the first `count`
    auto all = list_different(identities);
    rng.shuffle(all);
    all.resize(count);
    return all;
  }
  std::vector<ImagePair> drawn;
  std::unordered_set<std::uint64_t> seen;
  while (drawn.size() < count) {
    const auto first = static_cast<std::uint32_t>(rng.below(identities.size()));
    const auto second = static_cast<std::uint32_t>(rng.below(identities.size()));
    const auto [a, b] = std::minmax(first, second);
    if (identities[a] != identities[b] && seen.insert((std::uint64_t{a} << 32U) | b).second) {
      drawn.push_back({a, b, false});
    }
  }
  return drawn;
}

}  // namespace

Result<PairRatio> parse_ratio(std::string_view text) {
  PairRatio ratio;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, ratio.different);
  const bool colon = first.ec == std::errc{} && first.ptr != end && *first.ptr == ':';
  const auto second = colon ? std::from_chars(first.ptr + 1, end, ratio.same) : first;
  const auto in_range = [](int part) { return part >= 0 && part <= kMaxRatioPart; };
  if (!colon || second.ec != std::errc{} || second.ptr != end || !in_range(ratio.different) ||
      !in_range(ratio.same) || ratio.different + ratio.same == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "ratio '" + std::string(text) +
                      "': expected n:p, different-person to same-person pairs, such as 4:6"};
  }
  return ratio;
}

Result<PairSample> sample_pairs(std::span<const std::uint32_t> identities, PairRatio ratio,
                                std::size_t num_pairs, const Rng& rng) {
  KF_REQUIRE(ratio.same >= 0 && ratio.different >= 0 && ratio.same + ratio.different > 0,
             ratio.different, ratio.same);
  KF_REQUIRE(identities.size() < UINT32_MAX, identities.size());
  const RowsByIdentity groups = group_rows(identities);
  const std::size_t max_same = count_same(groups);
  const std::size_t max_different = choose_two(identities.size()) - max_same;
  if ((ratio.same > 0 && max_same == 0) || (ratio.different > 0 && max_different == 0)) {
    return Status{ErrorCode::kInvalidArgument,
                  "pairs at " + ratio.text() + " from " + std::to_string(identities.size()) +
                      " images of " + std::to_string(groups.size()) + " people: " +
                      (max_different == 0
                           ? "there are no different-person pairs; at least 2 people are needed"
                           : "there are no same-person pairs; at least one person needs 2 images")};
  }
  const Quota quota = feasible_quota(ratio, num_pairs, max_same, max_different);
  PairSample sample;
  sample.num_requested = num_pairs;
  sample.pairs = draw_same(groups, quota.same, rng.fork(kSameStream));
  const auto different =
      draw_different(identities, quota.different, max_different, rng.fork(kDifferentStream));
  sample.pairs.insert(sample.pairs.end(), different.begin(), different.end());
  rng.fork(kOrderStream).shuffle(sample.pairs);
  return sample;
}

}  // namespace kface
