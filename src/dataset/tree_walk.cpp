#include "dataset/tree_walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <set>
#include <string_view>
#include <system_error>

#include "dataset/text.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

using FileKey = std::pair<dev_t, ino_t>;

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

std::string system_reason(int error) { return std::generic_category().message(error); }

class TreeWalker {
 public:
  TreeWalker(fs::path excluded, const JobContext& context)
      : excluded_(std::move(excluded)), context_(context) {}

  Result<TreeListing> walk(const fs::path& root) {
    folders_.push_back({root, ""});
    while (!folders_.empty() || !links_.empty()) {
      // Links wait until everything that is really there has been seen.
      auto& queue = folders_.empty() ? links_ : folders_;
      const Place place = queue.front();
      queue.pop_front();
      KF_TRY(visit(place));
      if (context_.stop_requested()) {
        return Status{ErrorCode::kInterrupted, "stopped while listing " + root.string()};
      }
    }
    std::sort(listing_.files.begin(), listing_.files.end(),
              [](const TreeFile& a, const TreeFile& b) { return a.relative < b.relative; });
    return std::move(listing_);
  }

 private:
  struct Place {
    fs::path path;
    std::string relative;
  };

  void refuse(const Place& place, std::string reason) {
    Refusal refusal;
    refusal.source = place.relative;
    refusal.reason = std::move(reason);
    listing_.refused.push_back(std::move(refusal));
  }

  Status visit(const Place& place) {
    struct stat facts {};
    if (::stat(place.path.c_str(), &facts) != 0) {
      const bool loop = errno == ELOOP;
      refuse(place,
             loop ? "a link that leads to itself" : "cannot be opened: " + system_reason(errno));
      return {};
    }
    const FileKey key{facts.st_dev, facts.st_ino};
    if (S_ISDIR(facts.st_mode)) {
      return visit_folder(place, key);
    }
    if (!S_ISREG(facts.st_mode)) {
      refuse(place, "not a regular file");
    } else if (!seen_.insert(key).second) {
      refuse(place, "the same file on disk as another photo of this folder (a link)");
    } else {
      listing_.files.push_back(
          {place.relative,
           place.path,
           {static_cast<std::uintmax_t>(facts.st_size), nanoseconds(facts.st_mtim)}});
    }
    return {};
  }

  Status visit_folder(const Place& place, const FileKey& key) {
    std::error_code error;
    if (!excluded_.empty() && fs::equivalent(place.path, excluded_, error)) {
      return {};
    }
    if (!seen_.insert(key).second) {
      refuse(place, "a link to a folder that is read already");
      return {};
    }
    auto entries = list_folder(place.path);
    if (!entries.ok()) {
      if (place.relative.empty()) {
        return entries.error();
      }
      refuse(place, entries.error().message());
      return {};
    }
    for (const auto& entry : entries.value()) {
      const std::string name = entry.path().filename().string();
      const bool is_folder = entry.is_directory(error);
      if (name.front() == '.' || (!is_folder && is_ignored_name(name))) {
        ++listing_.ignored;
        continue;
      }
      const Place child{entry.path(), place.relative.empty() ? name : place.relative + '/' + name};
      (entry.is_symlink(error) ? links_ : folders_).push_back(child);
    }
    return {};
  }

  const fs::path excluded_;
  const JobContext& context_;
  std::deque<Place> folders_;  // also files
  std::deque<Place> links_;
  std::set<FileKey> seen_;
  TreeListing listing_;
};

}  // namespace

bool is_ignored_name(const std::string& name) {
  static constexpr std::array<std::string_view, 10> kEndings = {
      ".txt", ".csv", ".tsv", ".json", ".xml", ".xmp", ".md", ".html", ".ini", ".db"};
  const std::string lower = lower_case(name);
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

Result<std::vector<fs::directory_entry>> list_folder(const fs::path& folder) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    entries.push_back(*at);
  }
  if (error) {
    return Status{ErrorCode::kIo,
                  to_utf8(folder.string()) + ": cannot list the folder: " + error.message()};
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.path().filename().string() < b.path().filename().string();
  });
  return entries;
}

Result<FileStamp> stamp_file(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    const int error = errno;
    return Status{error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                  to_utf8(path.string()) + ": cannot be opened: " + system_reason(error)};
  }
  return FileStamp{static_cast<std::uintmax_t>(facts.st_size), nanoseconds(facts.st_mtim)};
}

Result<TreeListing> walk_tree(const fs::path& root, const fs::path& excluded,
                              const JobContext& context) {
  return TreeWalker(excluded, context).walk(root);
}

}  // namespace kface
