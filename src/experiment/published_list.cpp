#include "experiment/published_list.h"

#include <map>
#include <tuple>

#include "dataset/kface_protocol.h"

namespace kface {
namespace {

using Key = std::tuple<std::string, int, int, int, int>;

Key key_of(const KfacePhoto& photo) {
  return {photo.identity, photo.session, photo.light, photo.expression, photo.camera};
}

struct Match {
  std::string id;
  bool accepted = false;
  int resolution = 0;

  // Taken before refused, then the best resolution.
  bool better_than(const Match& other) const {
    return std::pair(!accepted, resolution) < std::pair(!other.accepted, other.resolution);
  }
};

Result<std::map<Key, Match>> photos_of(const Manifest& manifest) {
  std::map<Key, Match> known;
  for (const ImageRecord& image : manifest.images) {
    auto photo = parse_kface_photo(image.id);
    if (!photo.ok()) {
      if (!image.accepted()) {
        continue;  // refused for its very name, perhaps
      }
      return photo.error();
    }
    const Match match{image.id, image.accepted(), photo.value().resolution};
    const auto [at, is_new] = known.emplace(key_of(photo.value()), match);
    if (!is_new && match.better_than(at->second)) {
      at->second = match;
    }
  }
  return known;
}

}  // namespace

Result<MatchedList> match_published_list(const PairList& published, const Manifest& manifest) {
  KF_ASSIGN(const auto known, photos_of(manifest));
  MatchedList matched;
  matched.list.num_folds = published.num_folds;
  for (const ListedPair& pair : published.pairs) {
    KF_ASSIGN(const KfacePhoto photo_a, parse_kface_photo(pair.a));
    KF_ASSIGN(const KfacePhoto photo_b, parse_kface_photo(pair.b));
    const auto a = known.find(key_of(photo_a));
    const auto b = known.find(key_of(photo_b));
    if (a == known.end() || b == known.end()) {
      ++matched.num_absent;
      continue;
    }
    matched.num_refused += a->second.accepted && b->second.accepted ? 0U : 1U;
    matched.list.pairs.push_back({a->second.id, b->second.id, pair.same, pair.fold});
  }
  if (matched.list.pairs.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  "the dataset has both photos of none of the " +
                      std::to_string(published.pairs.size()) +
                      " pairs; import these people with all cameras, lights and expressions that "
                      "the list names"};
  }
  return matched;
}

std::string list_text(const PairList& list) {
  std::string text;
  for (const ListedPair& pair : list.pairs) {
    text += pair.a + ' ' + pair.b + (pair.same ? " 1\n" : " 0\n");
  }
  return text;
}

}  // namespace kface
