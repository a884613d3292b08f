#include "gallery/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "eval/all_pairs.h"
#include "kface/status.h"

namespace kface {
namespace {

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

}  // namespace

GalleryIndex::GalleryIndex(std::span<const FaceTemplate> templates) {
  std::vector<const FaceTemplate*> order;
  for (const FaceTemplate& face : templates) {
    order.push_back(&face);
  }
  std::sort(order.begin(), order.end(), [](const FaceTemplate* a, const FaceTemplate* b) {
    return std::tie(a->person, a->id) < std::tie(b->person, b->id);
  });
  m_ = templates.empty() ? 0 : templates[0].embedding.size();
  rows_.reserve(order.size() * m_);
  ids_.reserve(order.size());
  for (const FaceTemplate* face : order) {
    KF_REQUIRE(!face->embedding.empty() && face->embedding.size() == m_, face->id,
               face->embedding.size(), m_);
    KF_REQUIRE(all_finite(face->embedding), face->id);
    if (people_.empty() || people_.back().id != face->person) {
      people_.push_back({face->person, ids_.size(), ids_.size()});
    }
    rows_.insert(rows_.end(), face->embedding.begin(), face->embedding.end());
    ids_.push_back(face->id);
    people_.back().end = ids_.size();
  }
}

void GalleryIndex::require_embedding(std::span<const float> embedding) const {
  KF_REQUIRE(embedding.size() == m_, embedding.size(), m_);
  KF_REQUIRE(all_finite(embedding));
}

// `distances` begin with that of row `first_row`.
PersonMatch GalleryIndex::best_of(const Owner& owner, std::span<const float> distances,
                                  std::size_t first_row) const {
  const auto* const begin = distances.data() + (owner.begin - first_row);
  const auto* const best = std::min_element(begin, begin + (owner.end - owner.begin));
  return {owner.id, ids_[owner.begin + static_cast<std::size_t>(best - begin)], *best};
}

std::vector<PersonMatch> GalleryIndex::nearest(std::span<const float> embedding,
                                               std::size_t k) const {
  KF_REQUIRE(k >= 1, k);
  if (people_.empty()) {
    return {};
  }
  require_embedding(embedding);
  std::vector<float> distances(ids_.size());
  euclidean_distances(embedding, rows_, distances);
  std::vector<float> best(people_.size());
  for (std::size_t i = 0; i < people_.size(); ++i) {
    best[i] =
        *std::min_element(distances.data() + people_[i].begin, distances.data() + people_[i].end);
  }
  std::vector<std::uint32_t> order(people_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto nearest_end = order.begin() + static_cast<std::ptrdiff_t>(std::min(k, order.size()));
  // People are in the order of their ids, which breaks ties.
  std::partial_sort(order.begin(), nearest_end, order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(best[a], a) < std::tie(best[b], b);
  });
  std::vector<PersonMatch> matches;
  for (auto at = order.begin(); at != nearest_end; ++at) {
    matches.push_back(best_of(people_[*at], distances, 0));
  }
  return matches;
}

std::optional<PersonMatch> GalleryIndex::nearest_of(const std::string& person,
                                                    std::span<const float> embedding) const {
  const auto owner =
      std::lower_bound(people_.begin(), people_.end(), person,
                       [](const Owner& one, const std::string& id) { return one.id < id; });
  if (owner == people_.end() || owner->id != person) {
    return std::nullopt;
  }
  require_embedding(embedding);
  std::vector<float> distances(owner->end - owner->begin);
  euclidean_distances(embedding, std::span(rows_).subspan(owner->begin * m_, distances.size() * m_),
                      distances);
  return best_of(*owner, distances, owner->begin);
}

}  // namespace kface
