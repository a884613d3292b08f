#include "gate/passback.h"

#include "kface/status.h"

namespace kface {

bool is_passback(const std::optional<Passage>& last, Direction direction, UnixMs now,
                 UnixMs memory_ms) {
  KF_REQUIRE(memory_ms >= 0, memory_ms);
  if (!last || direction == Direction::kNone || last->direction != direction) {
    return false;
  }
  const UnixMs apart = now > last->at ? now - last->at : last->at - now;
  return apart < memory_ms;
}

}  // namespace kface
