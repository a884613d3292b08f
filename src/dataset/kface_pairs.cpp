// Drawing pairs: src/dataset/kface_protocol.h.
#include <algorithm>
#include <functional>
#include <set>

#include "base/rng.h"
#include "dataset/kface_protocol.h"

namespace kface {
namespace {

using Places = std::pair<std::size_t, std::size_t>;  // in the list of photos, first < second

// Photos of one person lie side by side: where each person's begin, and the end.
std::vector<std::size_t> person_bounds(const std::vector<KfacePhoto>& photos) {
  std::vector<std::size_t> bounds;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    if (i == 0 || photos[i].identity != photos[i - 1].identity) {
      bounds.push_back(i);
    }
  }
  bounds.push_back(photos.size());
  return bounds;
}

std::uint64_t pairs_among(std::uint64_t n) { return n < 2 ? 0 : n * (n - 1) / 2; }

class PairDrawer {
 public:
  PairDrawer(const std::vector<KfacePhoto>& photos, const Rng& rng)
      : photos_(photos), bounds_(person_bounds(photos)), rng_(rng) {}

  // `count` pairs of a kind of which there are `available`.
  std::vector<Places> draw(bool same, std::size_t count, std::uint64_t available) {
    // Where nearly all are wanted, drawing until enough are new would take long.
    constexpr std::uint64_t kPlenty = 4;
    if (available <= kPlenty * count) {
      std::vector<Places> all = every_pair(same);
      rng_.shuffle(all);
      all.resize(count);
      std::sort(all.begin(), all.end());
      return all;
    }
    std::set<Places> drawn;
    while (drawn.size() < count) {
      drawn.insert(same ? same_pair() : different_pair());
    }
    return {drawn.begin(), drawn.end()};
  }

 private:
  std::vector<Places> every_pair(bool same) const {
    std::vector<Places> all;
    for (std::size_t person = 0; person + 1 < bounds_.size(); ++person) {
      const std::size_t end = bounds_[person + 1];
      for (std::size_t i = bounds_[person]; i < end; ++i) {
        for (std::size_t j = same ? i + 1 : end; j < (same ? end : photos_.size()); ++j) {
          all.emplace_back(i, j);
        }
      }
    }
    return all;
  }

  // Every same pair is as likely: a person by its number of pairs, then two of its photos.
  Places same_pair() {
    if (same_before_.empty()) {
      std::uint64_t sum = 0;
      for (std::size_t person = 0; person + 1 < bounds_.size(); ++person) {
        sum += pairs_among(bounds_[person + 1] - bounds_[person]);
        same_before_.push_back(sum);
      }
    }
    const std::uint64_t at = rng_.below(same_before_.back());
    const auto person = static_cast<std::size_t>(
        std::upper_bound(same_before_.begin(), same_before_.end(), at) - same_before_.begin());
    const std::uint64_t photos = bounds_[person + 1] - bounds_[person];
    const auto i = static_cast<std::size_t>(rng_.below(photos));
    auto j = static_cast<std::size_t>(rng_.below(photos - 1));
    j += j >= i ? 1U : 0U;
    return {bounds_[person] + std::min(i, j), bounds_[person] + std::max(i, j)};
  }

  Places different_pair() {
    while (true) {
      const auto i = static_cast<std::size_t>(rng_.below(photos_.size()));
      const auto j = static_cast<std::size_t>(rng_.below(photos_.size()));
      if (photos_[i].identity != photos_[j].identity) {
        return {std::min(i, j), std::max(i, j)};
      }
    }
  }

  const std::vector<KfacePhoto>& photos_;
  std::vector<std::size_t> bounds_;
  std::vector<std::uint64_t> same_before_;  // same pairs of the people up to and with each one
  Rng rng_;
};

}  // namespace

PairCounts count_pairs(const std::vector<KfacePhoto>& photos) {
  const auto bounds = person_bounds(photos);
  PairCounts counts;
  for (std::size_t person = 0; person + 1 < bounds.size(); ++person) {
    counts.same += pairs_among(bounds[person + 1] - bounds[person]);
  }
  counts.different = pairs_among(photos.size()) - counts.same;
  return counts;
}

Result<std::vector<KfacePair>> draw_pairs(const std::vector<KfacePhoto>& photos, std::size_t wanted,
                                          std::uint64_t seed) {
  const PairCounts available = count_pairs(photos);
  const auto count = static_cast<std::size_t>(
      std::min<std::uint64_t>({wanted / 2, available.same, available.different}));
  if (count == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "the photos of the people to test on, " + std::to_string(photos.size()) +
                      " under these conditions, make " + std::to_string(available.same) +
                      " pairs of one person and " + std::to_string(available.different) +
                      " of two; a list needs both kinds: import more cameras, lights or people"};
  }
  PairDrawer drawer(photos, Rng(seed));
  std::vector<KfacePair> pairs;
  for (const bool same : {true, false}) {
    for (const auto& [a, b] :
         drawer.draw(same, count, same ? available.same : available.different)) {
      pairs.push_back({photos[a].id, photos[b].id, same});
    }
  }
  return pairs;
}

std::string pair_lines(const std::vector<KfacePair>& pairs) {
  std::string text;
  for (const KfacePair& pair : pairs) {
    text += pair.a + ' ' + pair.b + (pair.same ? " 1\n" : " 0\n");
  }
  return text;
}

}  // namespace kface
