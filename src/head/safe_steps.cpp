#include "head/safe_steps.h"

#include <algorithm>
#include <map>

#include "kface/status.h"

namespace kface {

std::vector<std::vector<std::uint32_t>> draw_steps(std::span<const std::uint32_t> people,
                                                   std::size_t people_per_batch,
                                                   std::size_t images_per_person, Rng& rng) {
  KF_REQUIRE(!people.empty() && people_per_batch > 0 && images_per_person > 0, people.size(),
             people_per_batch, images_per_person);
  std::map<std::uint32_t, std::vector<std::uint32_t>> rows_of;
  for (std::uint32_t row = 0; row < people.size(); ++row) {
    rows_of[people[row]].push_back(row);
  }
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [person, rows] : rows_of) {
    rng.shuffle(rows);
    for (std::size_t at = 0; at < rows.size(); at += images_per_person) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(images_per_person, rows.size() - at);
      groups.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(count));
    }
  }
  rng.shuffle(groups);
  std::vector<std::vector<std::uint32_t>> steps((groups.size() + people_per_batch - 1) /
                                                people_per_batch);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto& step = steps[i % steps.size()];
    step.insert(step.end(), groups[i].begin(), groups[i].end());
  }
  return steps;
}

}  // namespace kface
