#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "dataset/source.h"
#include "dataset/text.h"
#include "dataset/tree_walk.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

// True if `inner` is `outer` or lies below it. Both canonical.
bool lies_in(const fs::path& inner, const fs::path& outer) {
  const auto mismatch = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return mismatch.first == outer.end();
}

std::string stem_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

// NAME_0001 of NAME/NAME_0001.jpg; empty if the file is not named like that.
std::string lfw_id(const std::string& person, const std::string& file) {
  constexpr std::size_t kDigits = 4;
  const std::string stem = stem_of(file);
  const std::string number = stem.size() > kDigits ? stem.substr(stem.size() - kDigits) : "";
  const bool fits = stem.size() == person.size() + 1 + kDigits && stem.starts_with(person + '_') &&
                    number.find_first_not_of("0123456789") == std::string::npos;
  return fits ? stem : std::string();
}

// One walk, told apart by how a photo is named.
template <typename NameFn>
Result<SourceListing> scan_people(std::string kind, const fs::path& root, const fs::path& people,
                                  const fs::path& dataset, const JobContext& context,
                                  NameFn&& name_photo) {
  std::error_code ignored;
  KF_ASSIGN(TreeListing tree, walk_tree(people, fs::weakly_canonical(dataset, ignored), context));
  SourceListing listing;
  listing.kind = std::move(kind);
  listing.root = root;
  listing.ignored_files = tree.ignored;
  const std::string below = people.lexically_relative(root).string();
  const std::string prefix = below.empty() || below == "." ? "" : below + '/';
  for (TreeFile& file : tree.files) {
    const std::size_t slash = file.relative.find('/');
    const std::string source = to_utf8(prefix + file.relative);
    if (slash == std::string::npos) {
      listing.refused.push_back(
          {"", "", source, "not in a person's folder (expected PERSON/photo)"});
      continue;
    }
    const std::string person = file.relative.substr(0, slash);
    const std::string id = name_photo(person, file.relative);
    if (id.empty()) {
      listing.refused.push_back({"", to_utf8(person), source,
                                 "not named like a photo of LFW (expected NAME/NAME_0001.jpg)"});
      continue;
    }
    Candidate candidate;
    candidate.id = to_utf8(id);
    candidate.identity = to_utf8(person);
    candidate.source = source;
    candidate.path = std::move(file.path);
    candidate.stamp = file.stamp;
    listing.candidates.push_back(std::move(candidate));
  }
  for (Refusal& refusal : tree.refused) {
    const std::size_t slash = refusal.source.find('/');
    const std::string person = slash == std::string::npos ? "" : refusal.source.substr(0, slash);
    listing.refused.push_back(
        {"", to_utf8(person), to_utf8(prefix + refusal.source), one_line(refusal.reason)});
  }
  finish_listing(listing);
  return listing;
}

}  // namespace

Result<fs::path> check_source(const fs::path& root, const fs::path& dataset) {
  std::error_code error;
  const fs::path canonical = fs::canonical(root, error);
  if (error || !fs::is_directory(canonical, error)) {
    return Status{ErrorCode::kNotFound,
                  root.string() + ": no such folder; give the folder that holds the photos"};
  }
  const fs::path target = fs::weakly_canonical(dataset, error);
  if (!error && lies_in(canonical, target)) {
    return Status{ErrorCode::kInvalidArgument,
                  root.string() + ": lies inside the dataset's folder " + dataset.string() +
                      "; give another folder with -o"};
  }
  return canonical;
}

void finish_listing(SourceListing& listing) {
  std::sort(listing.candidates.begin(), listing.candidates.end(),
            [](const Candidate& a, const Candidate& b) {
              return a.id != b.id ? a.id < b.id : a.source < b.source;
            });
  std::set<std::string> ids;
  std::vector<Candidate> unique;
  for (Candidate& candidate : listing.candidates) {
    if (ids.insert(candidate.id).second) {
      unique.push_back(std::move(candidate));
    } else {
      listing.refused.push_back({candidate.id, candidate.identity, candidate.source,
                                 "another photo has the same id: " + unique.back().source});
    }
  }
  listing.candidates = std::move(unique);
  std::sort(listing.refused.begin(), listing.refused.end(),
            [](const Refusal& a, const Refusal& b) { return a.source < b.source; });
  for (Refusal& refusal : listing.refused) {
    const std::string wanted = refusal.id.empty() ? refusal.source : refusal.id;
    refusal.id = wanted;
    for (int copy = 2; !ids.insert(refusal.id).second; ++copy) {
      refusal.id = wanted + '#' + std::to_string(copy);
    }
  }
  std::sort(listing.refused.begin(), listing.refused.end(),
            [](const Refusal& a, const Refusal& b) { return a.id < b.id; });
}

Result<SourceListing> scan_folder(const fs::path& root, const fs::path& dataset,
                                  const JobContext& context) {
  KF_ASSIGN(const fs::path folder, check_source(root, dataset));
  return scan_people("folder", folder, folder, dataset, context,
                     [](const std::string&, const std::string& relative) { return relative; });
}

Result<SourceListing> scan_lfw(const fs::path& root, const fs::path& dataset,
                               const JobContext& context) {
  static constexpr std::array<std::string_view, 5> kInner = {"images", "lfw", "lfw_funneled",
                                                             "lfw-deepfunneled", "lfw-funneled"};
  KF_ASSIGN(const fs::path folder, check_source(root, dataset));
  fs::path people = folder;
  std::error_code error;
  for (const std::string_view inner : kInner) {
    if (fs::is_directory(folder / inner, error)) {
      people = folder / inner;
      break;
    }
  }
  return scan_people("lfw", folder, people, dataset, context,
                     [](const std::string& person, const std::string& relative) {
                       return lfw_id(person, relative.substr(person.size() + 1));
                     });
}

}  // namespace kface
