#include "enroll_folder.h"

#include <algorithm>
#include <mutex>

#include "base/files.h"
#include "gate/camera/frame_source.h"

namespace kface::cli {
namespace {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> sorted_entries(const fs::path& folder, bool folders) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (folders ? at->is_directory(error) : is_image_name(at->path().filename().string())) {
      found.push_back(at->path());
    }
  }
  if (error) {
    return Status{ErrorCode::kNotFound, folder.string() + ": " + error.message()};
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Result<FolderEnrolment> enroll_folder(AccessControl& access, const Person& person,
                                      const fs::path& folder, const std::string& actor,
                                      const JobContext& context) {
  KF_ASSIGN(const auto people, sorted_entries(folder, true));
  if (people.empty()) {
    return Status{ErrorCode::kNotFound,
                  folder.string() + ": has no folders; one for each person is expected"};
  }
  FolderEnrolment done;
  std::mutex mutex;
  const auto refuse = [&](const fs::path& what, const std::string& why) {
    const std::lock_guard lock(mutex);
    done.refused.emplace_back(what.string(), why);
  };
  KF_TRY(parallel_for(people.size(), context, [&](std::size_t i, unsigned) -> Status {
    KF_ASSIGN(const auto files, sorted_entries(people[i], false));
    std::vector<std::vector<std::uint8_t>> photos;
    std::vector<fs::path> names;
    for (const fs::path& file : files) {
      auto bytes = read_file(file, access.policy().max_photo_bytes);
      if (bytes.ok()) {
        photos.push_back(std::move(bytes).value());
        names.push_back(file);
      } else {
        refuse(file, bytes.error().message());
      }
    }
    Person named = person;
    named.name = people[i].filename().string();
    const auto enrolled = access.enroll_usable(std::move(named), photos, actor);
    if (!enrolled.ok()) {
      if (enrolled.error().code() != ErrorCode::kNotFound) {
        return enrolled.error();
      }
      refuse(people[i], enrolled.error().message());
      return {};
    }
    for (const auto& [photo, why] : enrolled.value().refused) {
      refuse(names[photo], why);
    }
    const std::lock_guard lock(mutex);
    ++done.num_people;
    done.num_photos += enrolled.value().faces.size();
    return {};
  }));
  std::sort(done.refused.begin(), done.refused.end());
  return done;
}

}  // namespace kface::cli
