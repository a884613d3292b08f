// All files below a folder, once each, whatever links there are.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "dataset/source.h"
#include "kface/status.h"

namespace kface {

struct TreeFile {
  std::string relative;  // bytes as the file system has them, '/' separated
  std::filesystem::path path;
  FileStamp stamp;
};

struct TreeListing {
  std::vector<TreeFile> files;   // sorted by `relative`
  std::vector<Refusal> refused;  // `source` and `reason` only
  std::size_t ignored = 0;
};

// True for names that are no photo and not worth a row: see scan_folder.
bool is_ignored_name(const std::string& name);

// The folder's entries, sorted by name.
// Errors: kIo, with the system's reason.
Result<std::vector<std::filesystem::directory_entry>> list_folder(
    const std::filesystem::path& folder);

// Folders and files that are there themselves come before those reached through links, so a link
// never takes a photo away from the person in whose folder it lies. `excluded` (canonical, may be
// empty) is not entered.
// Errors: kIo if `root` itself cannot be listed; kInterrupted.
Result<TreeListing> walk_tree(const std::filesystem::path& root,
                              const std::filesystem::path& excluded, const JobContext& context);

}  // namespace kface
