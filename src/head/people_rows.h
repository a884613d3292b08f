// Which rows show whom.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace kface {

// Rows, ascending, by person.
using RowsByPerson = std::map<std::uint32_t, std::vector<std::uint32_t>>;

inline RowsByPerson rows_by_person(std::span<const std::uint32_t> identities) {
  RowsByPerson rows;
  for (std::uint32_t row = 0; row < identities.size(); ++row) {
    rows[identities[row]].push_back(row);
  }
  return rows;
}

}  // namespace kface
