// Nobody enters twice without leaving, or leaves twice without entering.
#pragma once

#include <optional>

#include "gallery/person.h"

namespace kface {

// Whoever left unseen (behind somebody, by another door) may enter again after this time: twelve
// hours, so that the next day begins anew.
inline constexpr UnixMs kPassbackMemoryMs = UnixMs{12} * 60 * 60 * 1000;

// Does passing in `direction` repeat the last passage? Never for kNone on either side, without a
// last passage, or if that is `memory_ms` or more away from `now`, before or after: a clock that
// was set wrong locks nobody out for longer. Requires: memory_ms >= 0.
bool is_passback(const std::optional<Passage>& last, Direction direction, UnixMs now,
                 UnixMs memory_ms = kPassbackMemoryMs);

}  // namespace kface
