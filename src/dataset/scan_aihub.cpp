#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include "base/digest.h"
#include "base/rng.h"
#include "dataset/aihub.h"
#include "dataset/aihub_tree.h"
#include "dataset/text.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

// A stream of its own for each person, so that one person's photos do not depend on who else is
// in the tree.
Rng person_rng(std::uint64_t seed, const std::string& identity) {
  constexpr std::size_t kDigits = 16;
  constexpr int kHexadecimal = 16;
  const std::string digest = sha256_hex(identity).substr(0, kDigits);
  std::uint64_t tag = 0;
  std::from_chars(digest.data(), digest.data() + digest.size(), tag, kHexadecimal);
  return Rng(seed).fork(tag);
}

const std::string& light_attribute(int light, const std::string& name) {
  return aihub_conditions(kLight)[static_cast<std::size_t>(light) - 1].attributes.at(name);
}

// Takes photos one by one, each as unlike the ones before as possible. Buckets are opened only
// when it is their turn.
class PhotoChooser {
 public:
  PhotoChooser(const AihubNaming& naming, const AihubMask& mask, std::vector<AihubBucket> buckets,
               Rng rng, std::vector<Refusal>& refused)
      : naming_(naming), mask_(mask), rng_(rng), refused_(refused) {
    rng_.shuffle(buckets);
    for (AihubBucket& bucket : buckets) {
      places_.push_back({std::move(bucket), false, 0, {}});
    }
  }

  std::vector<Candidate> choose(std::size_t wanted) {
    std::vector<Candidate> chosen;
    while (chosen.size() < wanted) {
      const auto best =
          std::min_element(places_.begin(), places_.end(),
                           [this](const Place& a, const Place& b) { return score(a) < score(b); });
      if (best == places_.end() || best->exhausted()) {
        break;
      }
      open(*best);
      if (!best->photos.empty()) {
        take(*best, chosen);
      }
    }
    return chosen;
  }

 private:
  struct Place {
    AihubBucket bucket;
    bool opened = false;
    std::size_t taken = 0;
    std::vector<Candidate> photos;  // not yet taken

    bool exhausted() const { return opened && photos.empty(); }
  };
  using Score = std::array<std::size_t, 7>;

  // The lexicographically smallest is taken next; ties go by the seeded order.
  Score score(const Place& place) {
    const AihubBucket& bucket = place.bucket;
    const std::string& lux = light_attribute(bucket.light, "lux");
    return {place.exhausted() ? std::size_t{1} : 0,
            lux == "0" ? std::size_t{1} : 0,
            times_light_[{bucket.session, bucket.light}],
            times_session_[bucket.session],
            times_direction_[light_attribute(bucket.light, "light_direction")],
            times_lux_[lux],
            place.taken};
  }

  void open(Place& place) {
    if (!place.opened) {
      place.opened = true;
      place.photos = open_aihub_bucket(naming_, place.bucket, mask_, refused_);
      rng_.shuffle(place.photos);
    }
  }

  void take(Place& place, std::vector<Candidate>& chosen) {
    const AihubBucket& bucket = place.bucket;
    chosen.push_back(std::move(place.photos.back()));
    place.photos.pop_back();
    ++place.taken;
    ++times_light_[{bucket.session, bucket.light}];
    ++times_session_[bucket.session];
    ++times_direction_[light_attribute(bucket.light, "light_direction")];
    ++times_lux_[light_attribute(bucket.light, "lux")];
  }

  const AihubNaming& naming_;
  const AihubMask& mask_;
  Rng rng_;
  std::vector<Refusal>& refused_;
  std::vector<Place> places_;
  std::map<std::pair<int, int>, std::size_t> times_light_;
  std::map<int, std::size_t> times_session_;
  std::map<std::string, std::size_t> times_direction_;
  std::map<std::string, std::size_t> times_lux_;
};

// Every photo that passes, in order: no choice to make.
std::vector<Candidate> all_photos(const AihubNaming& naming, const AihubMask& mask,
                                  const std::vector<AihubBucket>& buckets,
                                  std::vector<Refusal>& refused) {
  std::vector<Candidate> photos;
  for (const AihubBucket& bucket : buckets) {
    for (Candidate& photo : open_aihub_bucket(naming, bucket, mask, refused)) {
      photos.push_back(std::move(photo));
    }
  }
  return photos;
}

void describe(const AihubOptions& options, const AihubTree& tree, SourceListing& listing) {
  const auto count = [](std::size_t n) { return n == 0 ? std::string("all") : std::to_string(n); };
  listing.facts["people"] = count(options.people);
  listing.facts["images"] = count(options.images);
  listing.facts["seed"] = std::to_string(options.seed);
  for (const auto& [name, value] : options.filters) {
    listing.facts["filter-" + name] = value;
  }
  if (tree.simulated) {
    listing.facts["simulated"] = "yes";
    for (Candidate& candidate : listing.candidates) {
      candidate.attributes["simulated"] = "yes";
    }
  }
}

// Which people were drawn, and how far that went.
struct Drawing {
  std::size_t taken = 0;
  std::size_t with_fewer = 0;
  std::size_t skipped = 0;
};

void report(const AihubOptions& options, std::size_t least, std::size_t in_tree,
            const Drawing& drawing, SourceListing& listing) {
  if (options.people > drawing.taken) {
    listing.notes.push_back(std::to_string(drawing.taken) + " people instead of " +
                            std::to_string(options.people) + ": the tree holds " +
                            std::to_string(in_tree));
  }
  if (drawing.with_fewer > 0) {
    listing.notes.push_back(std::to_string(drawing.with_fewer) + " people have fewer than " +
                            std::to_string(options.images) +
                            " photos that pass the filters; they are taken with what they have");
  }
  if (drawing.skipped > 0) {
    listing.notes.push_back(std::to_string(drawing.skipped) + " people have fewer than " +
                            std::to_string(least) +
                            " photos that pass the filters; they are left out");
  }
}

}  // namespace

Result<SourceListing> scan_aihub(const fs::path& root, const fs::path& dataset,
                                 const AihubOptions& options, const JobContext& context) {
  KF_ASSIGN(const AihubMask mask, parse_aihub_filters(options.filters));
  KF_ASSIGN(const fs::path folder, check_source(root, dataset));
  std::error_code ignored;
  KF_ASSIGN(const AihubTree tree,
            find_aihub_people(folder, fs::weakly_canonical(dataset, ignored), mask));
  SourceListing listing;
  listing.kind = "aihub";
  listing.root = folder;

  std::vector<std::string> people;
  for (const auto& [identity, folders] : tree.people) {
    people.push_back(identity);
  }
  const std::size_t wanted_people = options.people == 0 ? people.size() : options.people;
  if (wanted_people < people.size()) {
    Rng(options.seed).shuffle(people);
  }
  const std::size_t least = options.images == 1 ? 1 : 2;
  Drawing drawing;
  for (std::size_t i = 0; i < people.size() && drawing.taken < wanted_people; ++i) {
    if (context.stop_requested()) {
      return Status{ErrorCode::kInterrupted, "stopped while listing " + root.string()};
    }
    const AihubNaming naming{folder, people[i], tree.num_resolutions > 1};
    auto buckets = list_aihub_buckets(folder, tree.people.at(people[i]), mask, listing.refused);
    auto photos = options.images == 0
                      ? all_photos(naming, mask, buckets, listing.refused)
                      : PhotoChooser(naming, mask, std::move(buckets),
                                     person_rng(options.seed, people[i]), listing.refused)
                            .choose(options.images);
    if (photos.size() < least) {
      ++drawing.skipped;
      continue;
    }
    drawing.with_fewer += photos.size() < options.images ? 1U : 0U;
    ++drawing.taken;
    std::move(photos.begin(), photos.end(), std::back_inserter(listing.candidates));
  }
  report(options, least, people.size(), drawing, listing);
  describe(options, tree, listing);
  finish_listing(listing);
  return listing;
}

}  // namespace kface
