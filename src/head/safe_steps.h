// The training steps of recipe `trained`: which images are met together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"

namespace kface {

// Steps of one epoch, each a list of rows [0, people.size()). Every person's images are shuffled
// and cut into groups of images_per_person; the groups are shuffled and dealt out, people_per_batch
// a step at most, as evenly as they go. Every row is in one step.
//
// Requires: people is not empty; both numbers are positive.
std::vector<std::vector<std::uint32_t>> draw_steps(std::span<const std::uint32_t> people,
                                                   std::size_t people_per_batch,
                                                   std::size_t images_per_person, Rng& rng);

}  // namespace kface
