#include "experiment/people.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace kface {
namespace {

std::map<std::uint32_t, Rows> rows_by_identity(const FeatureSet& set, const Rows& rows) {
  std::map<std::uint32_t, Rows> by_identity;
  for (const auto row : rows) {
    by_identity[set.identities[row]].push_back(row);
  }
  return by_identity;
}

// Both kinds of pair exist: at least two people, one of them with two images.
bool has_both_kinds(const FeatureSet& set, const Rows& rows) {
  const auto by_identity = rows_by_identity(set, rows);
  return by_identity.size() >= 2 &&
         std::any_of(by_identity.begin(), by_identity.end(),
                     [](const auto& person) { return person.second.size() >= 2; });
}

}  // namespace

Result<Halves> split_people(const FeatureSet& set, const Rows& rows, Rng rng) {
  const auto by_identity = rows_by_identity(set, rows);
  std::vector<std::uint32_t> many;  // people with two images or more are split evenly as well
  std::vector<std::uint32_t> single;
  for (const auto& [identity, own] : by_identity) {
    (own.size() >= 2 ? many : single).push_back(identity);
  }
  rng.shuffle(many);
  rng.shuffle(single);
  std::vector<std::uint32_t> order = many;
  order.insert(order.end(), single.begin(), single.end());
  Halves halves;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Rows& own = by_identity.at(order[i]);
    Rows& side = i % 2 == 0 ? halves.fit : halves.test;
    side.insert(side.end(), own.begin(), own.end());
  }
  if (!has_both_kinds(set, halves.fit) || !has_both_kinds(set, halves.test)) {
    return Status{ErrorCode::kInvalidArgument,
                  "found " + std::to_string(many.size()) + " people with 2 images or more and " +
                      std::to_string(single.size()) +
                      " with one; halves without a common person need at least 4 people, 2 of them "
                      "with 2 images: import more people"};
  }
  std::sort(halves.fit.begin(), halves.fit.end());
  std::sort(halves.test.begin(), halves.test.end());
  return halves;
}

Rows choose_images(const FeatureSet& set, std::size_t count, std::size_t at_least, const Rng& rng) {
  Rows chosen;
  for (auto& [identity, rows] : rows_by_identity(set, all_rows(set))) {
    if (rows.size() < at_least || rows.size() < count) {
      continue;
    }
    rng.fork(identity).shuffle(rows);
    chosen.insert(chosen.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Rows all_rows(const FeatureSet& set) {
  Rows rows(set.size());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

Subset take_rows(const FeatureSet& set, const Rows& rows) {
  Subset subset;
  subset.d = set.d;
  subset.rows = rows;
  subset.features.reserve(rows.size() * set.d);
  for (const auto row : rows) {
    const auto first = set.features.begin() + static_cast<std::ptrdiff_t>(row * set.d);
    subset.features.insert(subset.features.end(), first,
                           first + static_cast<std::ptrdiff_t>(set.d));
    subset.identities.push_back(set.identities[row]);
  }
  return subset;
}

std::size_t Subset::num_identities() const {
  return std::set<std::uint32_t>(identities.begin(), identities.end()).size();
}

}  // namespace kface
