// The AIHub K-FACE tree: .../High_Resolution/19071641/S001/L1/E01/C7.jpg in all its spellings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "dataset/source.h"

namespace kface {

// The defaults are the paper's selection.
struct AihubOptions {
  std::size_t people = 400;  // how many people, drawn by seed; 0: all
  std::size_t images = 5;    // photos a person; 0: all that pass the filters
  std::uint64_t seed = 1;
  std::map<std::string, std::string> filters;  // see parse_aihub_filters
};

// Finds the resolution folders (SRC itself, in SRC, or up to three folders deeper), draws people,
// and for each of them photos that differ as much as possible: first in what is worn (S), then in
// light direction and lux, never twice the same (S, L) while another is left. A photo without any
// light (0 lux) is taken only if nothing else is left. Without --resolution the best one there.
// People with fewer photos than asked for are taken with what they have, at least 2 (1 if
// images = 1); how many of either is said in the notes. id = 19071641/S001/L1/E01/C7.jpg,
// whatever the spelling in the tree; with several resolutions 19071641/high/S001/...
//
// Ensures: the same tree and options give the same listing. Folders that cannot hold a wanted
//          photo are not opened; with `images` > 0 only as many as it takes to choose.
// Errors:  kInvalidArgument (a bad filter; no K-FACE tree, with what was found), kNotFound, kIo,
//          kInterrupted.
Result<SourceListing> scan_aihub(const std::filesystem::path& root,
                                 const std::filesystem::path& dataset, const AihubOptions& options,
                                 const JobContext& context);

}  // namespace kface
