#include "dataset/derive.h"

#include <algorithm>

namespace kface {

namespace fs = std::filesystem;

Status derive_dataset(const fs::path& source, const Manifest& manifest,
                      const std::vector<std::string>& ids, const std::string& selection,
                      const fs::path& target) {
  std::error_code error;
  if (fs::exists(target, error) &&
      !(fs::is_directory(target, error) && fs::is_empty(target, error))) {
    return {ErrorCode::kInvalidArgument,
            target.string() + " exists and is not an empty folder; choose another"};
  }
  if (ids.empty()) {
    return {ErrorCode::kInvalidArgument, "no image of the dataset is in " + selection};
  }
  Manifest derived;
  derived.facts = manifest.facts;
  derived.facts["selection"] = selection;
  for (const ImageRecord& image : manifest.images) {
    if (!image.accepted() || !std::binary_search(ids.begin(), ids.end(), image.id)) {
      continue;
    }
    const fs::path chip = target / image.chip;
    fs::create_directories(chip.parent_path(), error);
    if (!fs::copy_file(source / image.chip, chip, error)) {
      const bool gone = !fs::exists(source / image.chip);
      return {gone ? ErrorCode::kNotFound : ErrorCode::kIo,
              (source / image.chip).string() + " could not be copied to " + chip.string() + ": " +
                  error.message() + (gone ? "; import the photos again" : "")};
    }
    derived.images.push_back(image);
  }
  KF_REQUIRE(derived.images.size() == ids.size(), derived.images.size(), ids.size());
  return write_manifest(target, derived);
}

}  // namespace kface
