#include "head/loss_selection.h"

#include <algorithm>
#include <cmath>

namespace kface {
namespace {

struct Batch {
  std::span<const float> similarity;
  std::span<const std::uint32_t> people;

  std::size_t size() const { return people.size(); }
  float at(std::size_t i, std::size_t j) const { return similarity[i * people.size() + j]; }
};

struct AllPairs {
  std::vector<ImagePair> same;
  std::vector<ImagePair> different;
};

AllPairs all_pairs_of(const Batch& batch) {
  AllPairs all;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    for (std::uint32_t j = i + 1; j < batch.size(); ++j) {
      const bool same = batch.people[i] == batch.people[j];
      (same ? all.same : all.different).push_back({i, j, same});
    }
  }
  return all;
}

// Half of the same pairs are at least as alike.
float median_similarity(const Batch& batch, const std::vector<ImagePair>& same) {
  std::vector<float> values;
  values.reserve(same.size());
  for (const ImagePair& pair : same) {
    values.push_back(batch.at(pair.a, pair.b));
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Keeps `wanted` of the different pairs, the most alike of them.
void keep_nearest(const Batch& batch, std::size_t wanted, std::vector<ImagePair>& different) {
  if (wanted >= different.size()) {
    return;
  }
  const auto nearer = [&](const ImagePair& x, const ImagePair& y) {
    const float of_x = batch.at(x.a, x.b);
    const float of_y = batch.at(y.a, y.b);
    if (of_x != of_y) {
      return of_x > of_y;
    }
    return x.a != y.a ? x.a < y.a : x.b < y.b;
  };
  const auto end = different.begin() + static_cast<std::ptrdiff_t>(wanted);
  std::nth_element(different.begin(), end, different.end(), nearer);
  different.erase(end, different.end());
  std::sort(different.begin(), different.end(), nearer);
}

void keep_by_choice(const Batch& batch, const std::vector<ImagePair>& same,
                    const LossOptions& options, Rng& rng, std::vector<ImagePair>& different) {
  const auto wanted = static_cast<std::size_t>(std::llround(
      static_cast<double>(same.size()) * options.ratio.different / options.ratio.same));
  if (options.negatives == Negatives::kRandom) {
    rng.shuffle(different);
    different.resize(std::min(wanted, different.size()));
    return;
  }
  if (options.negatives == Negatives::kSemiHard && !same.empty()) {
    const float limit = median_similarity(batch, same);
    std::erase_if(different,
                  [&](const ImagePair& pair) { return batch.at(pair.a, pair.b) >= limit; });
  }
  keep_nearest(batch, wanted, different);
}

std::vector<std::uint32_t> rows_of_others(const Batch& batch, std::uint32_t person) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (batch.people[i] != person) {
      rows.push_back(i);
    }
  }
  return rows;
}

// Requires: others is not empty.
std::uint32_t choose_negative(const Batch& batch, std::uint32_t anchor, std::uint32_t positive,
                              const std::vector<std::uint32_t>& others, Negatives choice,
                              Rng& rng) {
  if (choice == Negatives::kRandom) {
    return others[static_cast<std::size_t>(rng.below(others.size()))];
  }
  const float limit = choice == Negatives::kHard ? INFINITY : batch.at(anchor, positive);
  std::uint32_t nearest = others.front();
  std::uint32_t farthest = others.front();
  float best = -INFINITY;
  for (const std::uint32_t row : others) {
    const float alike = batch.at(anchor, row);
    if (alike < limit && alike > best) {
      best = alike;
      nearest = row;
    }
    if (alike < batch.at(anchor, farthest)) {
      farthest = row;
    }
  }
  return best > -INFINITY ? nearest : farthest;
}

std::vector<Triplet> choose_triplets(const Batch& batch, Negatives choice, Rng& rng) {
  std::vector<Triplet> triplets;
  for (std::uint32_t anchor = 0; anchor < batch.size(); ++anchor) {
    const auto others = rows_of_others(batch, batch.people[anchor]);
    for (std::uint32_t positive = 0; positive < batch.size() && !others.empty(); ++positive) {
      if (positive != anchor && batch.people[positive] == batch.people[anchor]) {
        triplets.push_back(
            {anchor, positive, choose_negative(batch, anchor, positive, others, choice, rng)});
      }
    }
  }
  return triplets;
}

}  // namespace

LossSelection select_for_loss(std::span<const float> similarity,
                              std::span<const std::uint32_t> people, const LossOptions& options,
                              Rng& rng) {
  KF_REQUIRE(similarity.size() == people.size() * people.size(), similarity.size(), people.size());
  const Batch batch{similarity, people};
  LossSelection selection;
  if (options.kind == LossKind::kArcFace) {
    return selection;
  }
  if (options.kind == LossKind::kTriplet) {
    selection.triplets = choose_triplets(batch, options.negatives, rng);
    return selection;
  }
  auto all = all_pairs_of(batch);
  if (options.kind != LossKind::kMixFace) {
    keep_by_choice(batch, all.same, options, rng, all.different);
  }
  selection.pairs = std::move(all.same);
  selection.pairs.insert(selection.pairs.end(), all.different.begin(), all.different.end());
  return selection;
}

}  // namespace kface
