// One piece of evidence about a track of frames.
#pragma once

#include <optional>
#include <string>

namespace kface {

struct Cue {
  std::string name;
  // In [0, 1], 0 = as a picture of a face, 1 = as a person; nothing where there is not enough
  // evidence.
  std::optional<double> score;
  std::string reason;  // one sentence with the figures
};

// At most this: the cue accuses. At least that: the cue speaks for a person.
inline constexpr double kCueAttack = 0.2;
inline constexpr double kCueLive = 0.8;

}  // namespace kface
