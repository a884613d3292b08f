#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "dataset/text.h"
#include "gate/liveness/clip_score.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

bool is_video_name(const std::string& name) {
  constexpr std::array<std::string_view, 9> kEndings = {".avi", ".mp4",  ".m4v",  ".mkv", ".mov",
                                                        ".mpg", ".mpeg", ".webm", ".mjpg"};
  const std::string ending = lower_case(fs::path(name).extension().string());
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

// Entries by name, without hidden ones.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  fs::directory_iterator next(folder, error);
  for (; !error && next != fs::directory_iterator(); next.increment(error)) {
    if (next->path().filename().string().front() != '.') {
      entries.push_back(next->path());
    }
  }
  if (error) {
    return Status{ErrorCode::kIo, folder.string() + ": cannot be listed: " + error.message()};
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

Status add_kind(const fs::path& folder, ClipListing& listing) {
  KF_ASSIGN(const auto entries, entries_of(folder));
  for (const fs::path& entry : entries) {
    std::error_code gone;
    const std::string name = entry.filename().string();
    if (fs::is_directory(entry, gone) || is_video_name(name)) {
      listing.clips.push_back({folder.filename().string(), entry});
    } else if (is_image_name(name)) {
      return {ErrorCode::kInvalidArgument,
              entry.string() + ": a photo among clips; a clip is a video file, or a folder of " +
                  "frames: put the frames of each clip into a folder of their own"};
    } else {
      ++listing.ignored;
    }
  }
  return {};
}

}  // namespace

Result<ClipListing> list_clips(const fs::path& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    return Status{ErrorCode::kNotFound, root.string() + ": no such folder"};
  }
  // "clips/" and "clips/." have names, too.
  const fs::path folder = fs::canonical(root, error);
  KF_ASSIGN(const auto kinds, entries_of(error ? root : folder));
  ClipListing listing;
  for (const fs::path& kind : kinds) {
    std::error_code gone;
    if (fs::is_directory(kind, gone)) {
      KF_TRY(add_kind(kind, listing));
    } else {
      ++listing.ignored;
    }
  }
  if (listing.clips.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  root.string() + ": holds no clips; expected are folders bona-fide and one for " +
                      "each kind of attack, with video files or folders of frames in them"};
  }
  return listing;
}

}  // namespace kface
