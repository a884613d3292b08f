#include "dataset/aihub_tree.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>

#include "dataset/text.h"
#include "dataset/tree_walk.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestWrapper = 3;
// So many people are looked at to tell whether a folder holds people; some may be empty.
constexpr std::size_t kPeopleProbed = 20;

std::string name_of(const fs::path& path) { return path.filename().string(); }

std::string relative_to(const fs::path& root, const fs::path& path) {
  return to_utf8(path.lexically_relative(root).string());
}

std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> result;
  auto entries = list_folder(folder);
  if (!entries.ok()) {
    return result;
  }
  std::error_code error;
  for (const auto& entry : entries.value()) {
    if (name_of(entry.path()).front() != '.' && entry.is_directory(error)) {
      result.push_back(entry.path());
    }
  }
  return result;
}

bool holds_people(const std::vector<fs::path>& folders) {
  for (std::size_t i = 0; i < std::min(folders.size(), kPeopleProbed); ++i) {
    const auto inner = subfolders(folders[i]);
    if (std::any_of(inner.begin(), inner.end(), [](const fs::path& path) {
          return aihub_number(kSession, name_of(path)) != 0;
        })) {
      return true;
    }
  }
  return false;
}

// 19071641 of 19071641 or ID19071641; other names stay what they are.
std::string person_of(const std::string& folder) {
  const bool numbered = lower_case(folder).starts_with("id") && folder.size() > 2 &&
                        folder.find_first_not_of("0123456789", 2) == std::string::npos;
  return to_utf8(numbered ? folder.substr(2) : folder);
}

class TreeFinder {
 public:
  TreeFinder(fs::path excluded, const AihubMask& mask)
      : excluded_(std::move(excluded)), mask_(mask) {}

  void search(const fs::path& folder, int depth) {
    std::error_code error;
    if (!excluded_.empty() && fs::equivalent(folder, excluded_, error)) {
      return;
    }
    const auto inner = subfolders(folder);
    const int resolution = aihub_number(kResolution, name_of(folder));
    const bool any_resolution_inside = std::any_of(
        inner.begin(), inner.end(),
        [](const fs::path& path) { return aihub_number(kResolution, name_of(path)) != 0; });
    if (!any_resolution_inside && holds_people(inner)) {
      simulated = simulated || fs::exists(folder / "SIMULATED.txt", error);
      add_people(inner, resolution);
      return;
    }
    simulated = simulated || fs::exists(folder / "SIMULATED.txt", error);
    for (const fs::path& path : inner) {
      const bool is_resolution = aihub_number(kResolution, name_of(path)) != 0;
      if (depth < kDeepestWrapper && (is_resolution || !any_resolution_inside)) {
        search(path, depth + 1);
      }
    }
  }

  AihubPeople people;
  std::set<int> resolutions;
  bool simulated = false;

 private:
  void add_people(const std::vector<fs::path>& folders, int resolution) {
    resolutions.insert(resolution);
    if (resolution != 0 && !mask_.has(kResolution, resolution)) {
      return;
    }
    for (const fs::path& folder : folders) {
      people[person_of(name_of(folder))].push_back({resolution, folder});
    }
  }

  const fs::path excluded_;
  const AihubMask& mask_;
};

Refusal unreadable(const fs::path& root, const fs::path& path, const Status& error) {
  return {"", "", relative_to(root, path), one_line(error.message())};
}

bool is_photo_ending(std::string_view ending) {
  static constexpr std::array<std::string_view, 7> kEndings = {".jpg",  ".jpeg", ".png", ".bmp",
                                                               ".webp", ".tif",  ".tiff"};
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

void add_attributes(AihubDimension dimension, int number, Candidate& candidate) {
  if (number != 0) {
    const auto& condition = aihub_conditions(dimension)[static_cast<std::size_t>(number) - 1];
    candidate.attributes.insert(condition.attributes.begin(), condition.attributes.end());
  }
}

std::string code_of(AihubDimension dimension, int number) {
  return aihub_conditions(dimension)[static_cast<std::size_t>(number) - 1].code;
}

// One folder E0x of a bucket.
class ExpressionFolder {
 public:
  ExpressionFolder(const AihubNaming& naming, const AihubBucket& bucket, int expression)
      : naming_(naming), bucket_(bucket), expression_(expression) {}

  void read(const fs::path& folder, const AihubMask& mask, std::vector<Candidate>& photos,
            std::vector<Refusal>& refused) const {
    auto entries = list_folder(folder);
    if (!entries.ok()) {
      refused.push_back(unreadable(naming_.root, folder, entries.error()));
      return;
    }
    std::map<int, fs::path> sidecars;
    std::vector<std::tuple<int, std::string, fs::path>> found;  // camera, ending, path
    for (const auto& entry : entries.value()) {
      const std::string ending = lower_case(entry.path().extension().string());
      const int camera = aihub_number(kCamera, entry.path().stem().string());
      if (camera != 0 && ending == ".txt") {
        sidecars.emplace(camera, entry.path());
      } else if (camera != 0 && is_photo_ending(ending)) {
        found.emplace_back(camera, ending == ".jpeg" ? ".jpg" : ending, entry.path());
      } else if (is_photo_ending(ending) && name_of(entry.path()).front() != '.') {
        refused.push_back({"", naming_.identity, relative_to(naming_.root, entry.path()),
                           "not named like a photo of K-FACE (expected C1 to C20)"});
      }
    }
    std::sort(found.begin(), found.end());
    for (const auto& [camera, ending, path] : found) {
      if (mask.has(kCamera, camera)) {
        add_photo(camera, ending, path, sidecars, photos, refused);
      }
    }
  }

 private:
  void add_photo(int camera, const std::string& ending, const fs::path& path,
                 const std::map<int, fs::path>& sidecars, std::vector<Candidate>& photos,
                 std::vector<Refusal>& refused) const {
    Candidate photo;
    photo.identity = naming_.identity;
    photo.source = relative_to(naming_.root, path);
    photo.path = path;
    photo.id = naming_.identity + '/';
    if (naming_.with_resolution && bucket_.resolution != 0) {
      photo.id += code_of(kResolution, bucket_.resolution) + '/';
    }
    photo.id += code_of(kSession, bucket_.session) + '/' + code_of(kLight, bucket_.light) + '/' +
                code_of(kExpression, expression_) + '/' + code_of(kCamera, camera) + ending;
    auto stamp = stamp_file(path);
    if (!stamp.ok()) {
      refused.push_back(
          {photo.id, photo.identity, photo.source, one_line(stamp.error().message())});
      return;
    }
    photo.stamp = stamp.value();
    if (const auto sidecar = sidecars.find(camera); sidecar != sidecars.end()) {
      if (auto sidecar_stamp = stamp_file(sidecar->second); sidecar_stamp.ok()) {
        photo.sidecar = sidecar->second;
        photo.sidecar_stamp = sidecar_stamp.value();
      }
    }
    add_attributes(kResolution, bucket_.resolution, photo);
    add_attributes(kSession, bucket_.session, photo);
    add_attributes(kLight, bucket_.light, photo);
    add_attributes(kExpression, expression_, photo);
    add_attributes(kCamera, camera, photo);
    photos.push_back(std::move(photo));
  }

  const AihubNaming& naming_;
  const AihubBucket& bucket_;
  const int expression_;
};

}  // namespace

Result<AihubTree> find_aihub_people(const fs::path& root, const fs::path& excluded,
                                    const AihubMask& mask) {
  KF_ASSIGN(const auto top, list_folder(root));
  TreeFinder finder(excluded, mask);
  finder.search(root, 0);
  // The best resolution alone, unless the user named what they want.
  const auto known = finder.resolutions.upper_bound(0);
  const int best = known == finder.resolutions.end() ? 0 : *known;
  std::set<int> taken;
  AihubTree tree;
  tree.simulated = finder.simulated;
  for (auto& [identity, folders] : finder.people) {
    for (AihubPersonFolder& folder : folders) {
      if (!mask.any_resolution || folder.resolution == best) {
        taken.insert(folder.resolution);
        tree.people[identity].push_back(std::move(folder));
      }
    }
  }
  tree.num_resolutions = static_cast<int>(taken.size());
  if (tree.people.empty()) {
    return Status{
        ErrorCode::kInvalidArgument,
        to_utf8(root.string()) + ": " + std::to_string(top.size()) +
            (finder.people.empty() && finder.resolutions.empty()
                 ? " entries, but no K-FACE tree; expected High_Resolution (or Middle_, Low_) with "
                   "people/S001/L1/E01/C7.jpg in it; for a folder per person use "
                   "'kface import folder'"
                 : " entries, but none of the wanted resolution; change --resolution")};
  }
  return tree;
}

std::vector<AihubBucket> list_aihub_buckets(const fs::path& root,
                                            const std::vector<AihubPersonFolder>& folders,
                                            const AihubMask& mask, std::vector<Refusal>& refused) {
  std::vector<AihubBucket> buckets;
  const auto list = [&](const fs::path& path) {
    auto entries = list_folder(path);
    if (!entries.ok()) {
      refused.push_back(unreadable(root, path, entries.error()));
      return std::vector<fs::directory_entry>();
    }
    return std::move(entries).value();
  };
  for (const AihubPersonFolder& folder : folders) {
    for (const auto& session_entry : list(folder.path)) {
      const int session = aihub_number(kSession, name_of(session_entry.path()));
      if (session == 0 || !mask.has(kSession, session)) {
        continue;
      }
      for (const auto& light_entry : list(session_entry.path())) {
        const int light = aihub_number(kLight, name_of(light_entry.path()));
        if (light != 0 && mask.has(kLight, light)) {
          buckets.push_back({folder.resolution, session, light, light_entry.path()});
        }
      }
    }
  }
  std::sort(buckets.begin(), buckets.end(), [](const AihubBucket& a, const AihubBucket& b) {
    return std::tie(a.resolution, a.session, a.light, a.path) <
           std::tie(b.resolution, b.session, b.light, b.path);
  });
  return buckets;
}

std::vector<Candidate> open_aihub_bucket(const AihubNaming& naming, const AihubBucket& bucket,
                                         const AihubMask& mask, std::vector<Refusal>& refused) {
  std::vector<Candidate> photos;
  auto entries = list_folder(bucket.path);
  if (!entries.ok()) {
    refused.push_back(unreadable(naming.root, bucket.path, entries.error()));
    return photos;
  }
  for (const auto& entry : entries.value()) {
    const int expression = aihub_number(kExpression, name_of(entry.path()));
    if (expression != 0 && mask.has(kExpression, expression)) {
      ExpressionFolder(naming, bucket, expression).read(entry.path(), mask, photos, refused);
    }
  }
  return photos;
}

}  // namespace kface
