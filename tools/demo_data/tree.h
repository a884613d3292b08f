// The demo's tree of photos on disk, in the layout of AIHub's K-FACE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/parallel.h"
#include "kface/status.h"
#include "people.h"

namespace kface {

inline constexpr std::uint64_t kDemoSeed = 2022;

// Writes the planned pictures of everybody and SIMULATED.txt, which says in a sentence what they
// are and names the photo that each was made of. The tree is made beside `tree` and put there
// when it is whole; one that is there is replaced.
//
// Ensures: the same bytes for any number of threads. Returns the number of pictures.
// Errors:  kIo; kInterrupted.
Result<std::size_t> write_demo_tree(const std::vector<DemoPerson>& people,
                                    const std::filesystem::path& tree, const JobContext& context);

}  // namespace kface
