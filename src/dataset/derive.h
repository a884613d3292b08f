// A dataset made of some images of another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Writes the dataset `target`: the rows of `manifest` with the given ids, their chips copied from
// the folder `source`, the facts of `manifest` and `selection` (what was selected, in words).
//
// Ensures: the same bytes for the same input; the manifest is written last.
// Requires: ids of accepted images of `manifest`, sorted.
// Errors:  kInvalidArgument: no id, or `target` exists and is not an empty folder; kIo, kNotFound
// (a
//          chip is gone).
Status derive_dataset(const std::filesystem::path& source, const Manifest& manifest,
                      const std::vector<std::string>& ids, const std::string& selection,
                      const std::filesystem::path& target);

}  // namespace kface
