#include "dataset/kface_protocol.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "base/rng.h"
#include "dataset/aihub.h"
#include "dataset/aihub_conditions.h"
#include "dataset/text.h"

namespace kface {
namespace {

std::vector<int> range(int first, int last) {
  std::vector<int> numbers(static_cast<std::size_t>(last - first) + 1);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

std::vector<int> without(std::vector<int> numbers, int unwanted) {
  numbers.erase(std::remove(numbers.begin(), numbers.end(), unwanted), numbers.end());
  return numbers;
}

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) {
      return parts;
    }
    path.remove_prefix(slash + 1);
  }
}

auto conditions_of(const KfacePhoto& photo) {
  return std::tie(photo.identity, photo.session, photo.light, photo.expression, photo.camera);
}

std::vector<std::string> people_of(const std::vector<KfacePhoto>& photos) {
  std::set<std::string> people;
  for (const KfacePhoto& photo : photos) {
    people.insert(photo.identity);
  }
  return {people.begin(), people.end()};
}

void sort_photos(std::vector<KfacePhoto>& photos) {
  std::sort(photos.begin(), photos.end(), [](const KfacePhoto& a, const KfacePhoto& b) {
    return std::tie(a.identity, a.id) < std::tie(b.identity, b.id);
  });
}

}  // namespace

const std::array<KfaceSelection, 4>& kface_selections() {
  static const std::array<KfaceSelection, 4> selections = {{
      {1, {1}, {1}, {1}, range(4, 10), 2'590, 1'000},
      {2, {1, 2}, {1, 2, 8, 12, 16, 19, 22, 25, 28}, {1}, range(4, 10), 46'620, 100'000},
      {3,
       range(1, 4),
       {1, 2, 3, 8, 9, 12, 13, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29},
       {1, 2},
       range(1, 13),
       654'160,
       100'000},
      {4, range(1, 6), without(range(1, 30), 7), range(1, 3), range(1, 20), 3'862'800, 100'000},
  }};
  return selections;
}

bool in_selection(const KfacePhoto& photo, const KfaceSelection& selection) {
  const auto has = [](const std::vector<int>& numbers, int number) {
    return std::binary_search(numbers.begin(), numbers.end(), number);
  };
  return has(selection.sessions, photo.session) && has(selection.lights, photo.light) &&
         has(selection.expressions, photo.expression) && has(selection.cameras, photo.camera);
}

Result<KfacePhoto> parse_kface_photo(std::string_view path) {
  constexpr std::size_t kParts = 5;  // identity, S, L, E, C
  auto parts = split_path(path);
  KfacePhoto photo;
  photo.id = std::string(path);
  if (parts.size() == kParts + 1) {
    photo.resolution = aihub_number(kResolution, parts[1]);
    if (photo.resolution != 0) {
      parts.erase(parts.begin() + 1);
    }
  }
  if (parts.size() == kParts && !parts[0].empty()) {
    photo.identity = std::string(parts[0]);
    photo.session = aihub_number(kSession, parts[1]);
    photo.light = aihub_number(kLight, parts[2]);
    photo.expression = aihub_number(kExpression, parts[3]);
    photo.camera = aihub_number(kCamera, parts[4].substr(0, parts[4].find('.')));
  }
  if (photo.session == 0 || photo.light == 0 || photo.expression == 0 || photo.camera == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + one_line(path) +
                      "' is no photo of K-FACE; expected such as 19071641/S001/L1/E01/C7.jpg"};
  }
  return photo;
}

Result<std::vector<KfacePhoto>> kface_photos(const Manifest& manifest) {
  std::vector<KfacePhoto> photos;
  for (const ImageRecord& image : manifest.images) {
    if (image.accepted()) {
      KF_ASSIGN(photos.emplace_back(), parse_kface_photo(image.id));
    }
  }
  sort_photos(photos);
  return photos;
}

Result<std::vector<KfacePhoto>> scan_kface_photos(const std::filesystem::path& tree,
                                                  const JobContext& context) {
  AihubOptions everything;
  everything.people = 0;
  everything.images = 0;
  everything.filters = {{"expression", "all"}, {"camera", "all"}};
  // A listing keeps out of the dataset that it is for; here is none.
  const std::filesystem::path no_dataset = tree / ".no-dataset";
  KF_ASSIGN(const SourceListing listing, scan_aihub(tree, no_dataset, everything, context));
  std::vector<KfacePhoto> photos;
  for (const Candidate& candidate : listing.candidates) {
    KF_ASSIGN(photos.emplace_back(), parse_kface_photo(candidate.id));
  }
  sort_photos(photos);
  return photos;
}

Result<KfaceSplit> split_by_list(const std::vector<KfacePhoto>& photos, std::string_view list,
                                 std::string_view name) {
  std::set<std::string> listed;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('\n'), list.size());
    std::string_view line = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
      line.remove_suffix(1);
    }
    if (!line.empty() && line.front() != '#') {
      listed.emplace(line);
    }
  }
  KfaceSplit split;
  for (const std::string& person : people_of(photos)) {
    (listed.contains(person) ? split.test : split.train).push_back(person);
  }
  split.num_absent = listed.size() - split.test.size();
  if (split.test.size() < 2 || split.train.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  std::string(name) + ": of the " + std::to_string(listed.size()) +
                      " identities on it " + std::to_string(split.test.size()) +
                      " have photos here, of others " + std::to_string(split.train.size()) +
                      "; at least 2 and 1 are needed (an identity a line, such as 19071641)"};
  }
  return split;
}

Result<KfaceSplit> draw_split(const std::vector<KfacePhoto>& photos, std::size_t num_test,
                              std::uint64_t seed) {
  std::vector<std::string> people = people_of(photos);
  if (num_test >= people.size()) {
    return Status{ErrorCode::kInvalidArgument,
                  std::to_string(num_test) + " people to test on of " +
                      std::to_string(people.size()) +
                      " with photos would leave nobody to train on; choose fewer with "
                      "--test-people"};
  }
  Rng(seed).shuffle(people);
  const auto middle = people.begin() + static_cast<std::ptrdiff_t>(num_test);
  KfaceSplit split{{middle, people.end()}, {people.begin(), middle}};
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  return split;
}

std::vector<KfacePhoto> select_photos(const std::vector<KfacePhoto>& photos,
                                      const KfaceSelection& selection,
                                      const std::vector<std::string>& people) {
  std::map<std::tuple<std::string, int, int, int, int>, int> best;  // resolution
  std::vector<KfacePhoto> chosen;
  for (const KfacePhoto& photo : photos) {
    if (in_selection(photo, selection) &&
        std::binary_search(people.begin(), people.end(), photo.identity)) {
      const auto [at, is_new] = best.emplace(conditions_of(photo), photo.resolution);
      at->second = std::min(at->second, photo.resolution);
      chosen.push_back(photo);
    }
  }
  chosen.erase(std::remove_if(chosen.begin(), chosen.end(),
                              [&best](const KfacePhoto& photo) {
                                return best.at(conditions_of(photo)) != photo.resolution;
                              }),
               chosen.end());
  return chosen;
}

}  // namespace kface
