// A folder of folders, each with photos of one person, enrolled.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "gate/access.h"

namespace kface::cli {

struct FolderEnrolment {
  std::size_t num_people = 0;
  std::size_t num_photos = 0;
  // Photos that were left out, with the reason; and people of whom no photo was left.
  std::vector<std::pair<std::string, std::string>> refused = {};
};

// `person` says everything but the name, which is each folder's. Photos without a good face are
// left out and listed. Work on several people goes side by side; each is on the disk when done, so
// that a stop loses nobody.
// Errors: kNotFound: no such folder, or no folder in it; the gallery's.
Result<FolderEnrolment> enroll_folder(AccessControl& access, const Person& person,
                                      const std::filesystem::path& folder, const std::string& actor,
                                      const JobContext& context);

}  // namespace kface::cli
