#include "eval/identification.h"

#include <algorithm>
#include <limits>

#include "base/rng.h"
#include "eval/bootstrap.h"
#include "eval/distances.h"
#include "eval/gallery_search.h"

namespace kface {
namespace {

using eval::GallerySearches;
using eval::Neighbour;
using eval::Search;

constexpr std::uint64_t kSplitTag = 1;
constexpr std::uint64_t kResampleTag = 2;

using Weights = std::vector<std::uint32_t>;  // how often each person was drawn
using Enrolled = std::vector<bool>;          // is this person in the gallery?

// A figure for each rank, then one for each goal.
struct Rates {
  std::array<double, kRanks> cmc{};
  std::array<double, kFpirGoals.size()> fnir{};
};

// False if no probe counts.
bool add_closed_set(const GallerySearches& gallery, const Weights& weights, Rates& rates) {
  double total = 0;
  for (const Search& search : gallery.searches) {
    const std::uint32_t weight = weights[search.person];
    if (!search.is_probe || weight == 0) {
      continue;
    }
    std::size_t rank = 1;
    for (const Neighbour& other : search.others) {
      if (other.distance > search.mate_distance || rank > kRanks) {
        break;
      }
      rank += weights[other.person];
    }
    total += weight;
    for (std::size_t k = rank; k <= kRanks; ++k) {
      rates.cmc[k - 1] += weight;
    }
  }
  for (double& rate : rates.cmc) {
    rate /= total;
  }
  return total > 0;
}

struct WeightedDistance {
  float distance;
  std::uint32_t weight;
};

// The smallest of these distances that may not be accepted if FPIR is to stay within the goal.
float first_excluded(const std::vector<WeightedDistance>& sorted, double total, double goal) {
  double accepted = 0;
  for (auto at = sorted.begin(); at != sorted.end();) {
    const float distance = at->distance;
    for (; at != sorted.end() && at->distance == distance; ++at) {
      accepted += at->weight;
    }
    if (accepted / total > goal) {
      return distance;
    }
  }
  return std::numeric_limits<float>::infinity();
}

// The nearest template that is there, other than the own.
float nearest_other(const Search& search, const Enrolled& enrolled, const Weights& weights) {
  const auto found = std::find_if(
      search.others.begin(), search.others.end(),
      [&](const Neighbour& other) { return enrolled[other.person] && weights[other.person] > 0; });
  return found == search.others.end() ? std::numeric_limits<float>::infinity() : found->distance;
}

class OpenSet {
 public:
  OpenSet(const GallerySearches& gallery, Enrolled enrolled)
      : gallery_(gallery), enrolled_(std::move(enrolled)) {}

  // Adds each goal's FNIR to rates.fnir; false if no search of a kind counts.
  bool add(const Weights& weights, Rates& rates) const {
    std::vector<WeightedDistance> nonmated;
    std::vector<WeightedDistance> recognised;  // mated, and the own template is the nearest
    double num_nonmated = 0;
    double num_mated = 0;
    for (const Search& search : gallery_.searches) {
      const std::uint32_t weight = weights[search.person];
      if (weight == 0 || (enrolled_[search.person] && !search.is_probe)) {
        continue;
      }
      const float other = nearest_other(search, enrolled_, weights);
      if (!enrolled_[search.person]) {
        nonmated.push_back({other, weight});
        num_nonmated += weight;
        continue;
      }
      num_mated += weight;
      if (search.mate_distance < other) {
        recognised.push_back({search.mate_distance, weight});
      }
    }
    if (num_nonmated == 0 || num_mated == 0) {
      return false;
    }
    std::sort(nonmated.begin(), nonmated.end(),
              [](const auto& x, const auto& y) { return x.distance < y.distance; });
    for (std::size_t i = 0; i < kFpirGoals.size(); ++i) {
      const float excluded = first_excluded(nonmated, num_nonmated, kFpirGoals[i]);
      double found = 0;
      for (const auto& [distance, weight] : recognised) {
        found += distance < excluded ? weight : 0;
      }
      rates.fnir[i] += 1 - found / num_mated;
    }
    return true;
  }

  std::size_t num_enrolled() const {
    return static_cast<std::size_t>(std::count(enrolled_.begin(), enrolled_.end(), true));
  }
  std::size_t count_mated() const {
    return static_cast<std::size_t>(
        std::count_if(gallery_.searches.begin(), gallery_.searches.end(),
                      [this](const Search& s) { return s.is_probe && enrolled_[s.person]; }));
  }
  std::size_t count_nonmated() const {
    return static_cast<std::size_t>(
        std::count_if(gallery_.searches.begin(), gallery_.searches.end(),
                      [this](const Search& s) { return !enrolled_[s.person]; }));
  }

 private:
  const GallerySearches& gallery_;
  Enrolled enrolled_;
};

// People with probes and people without are dealt apart, so that every split has both searches.
OpenSet deal_people(const GallerySearches& gallery, Rng rng) {
  std::vector<bool> has_probe(gallery.num_people);
  for (const Search& search : gallery.searches) {
    has_probe[search.person] = has_probe[search.person] || search.is_probe;
  }
  std::vector<std::uint32_t> with_probe;
  std::vector<std::uint32_t> without;
  for (std::uint32_t person = 0; person < gallery.num_people; ++person) {
    (has_probe[person] ? with_probe : without).push_back(person);
  }
  rng.shuffle(with_probe);
  rng.shuffle(without);
  with_probe.insert(with_probe.end(), without.begin(), without.end());
  Enrolled enrolled(gallery.num_people);
  for (std::size_t i = 0; i < with_probe.size(); i += 2) {
    enrolled[with_probe[i]] = true;
  }
  return {gallery, std::move(enrolled)};
}

// Everything, with these weights; nullopt if some figure has no search that counts.
std::optional<Rates> rates_of(const GallerySearches& gallery, const std::vector<OpenSet>& splits,
                              const Weights& weights) {
  Rates rates;
  std::size_t usable = 0;
  for (const OpenSet& split : splits) {
    usable += split.add(weights, rates) ? 1 : 0;
  }
  for (double& fnir : rates.fnir) {
    fnir /= static_cast<double>(usable);
  }
  if (!add_closed_set(gallery, weights, rates) || usable == 0) {
    return std::nullopt;
  }
  return rates;
}

Result<std::vector<Rates>> resample(const GallerySearches& gallery,
                                    const std::vector<OpenSet>& splits,
                                    const IdentificationOptions& options,
                                    const JobContext& context) {
  std::vector<Rates> resamples(options.bootstrap_resamples);
  const Rng root = Rng(options.seed).fork(kResampleTag);
  KF_TRY(parallel_for(resamples.size(), context, [&](std::size_t i, unsigned /*worker*/) {
    Rng rng = root.fork(i);
    std::optional<Rates> rates;
    while (!rates) {
      Weights weights(gallery.num_people);
      for (std::size_t draw = 0; draw < weights.size(); ++draw) {
        ++weights[rng.below(weights.size())];
      }
      rates = rates_of(gallery, splits, weights);
    }
    resamples[i] = *rates;
    return Status{};
  }));
  return resamples;
}

template <typename Figure>
void set_interval(const std::vector<Rates>& resamples, Estimate& estimate, Figure figure) {
  if (resamples.empty()) {
    return;
  }
  std::vector<double> values;
  values.reserve(resamples.size());
  for (const Rates& rates : resamples) {
    values.push_back(figure(rates));
  }
  estimate.ci95 = eval::percentile_interval(std::move(values));
}

}  // namespace

Result<Identification> identify(std::span<const float> embeddings, std::size_t d,
                                std::span<const std::uint32_t> identities,
                                const IdentificationOptions& options, const JobContext& context) {
  KF_REQUIRE(options.splits >= 1, options.splits);
  KF_TRY(eval::check_resamples(options.bootstrap_resamples, "identify"));
  KF_ASSIGN(const GallerySearches gallery,
            eval::search_gallery(embeddings, d, identities, options.gallery_images, context));
  Identification result;
  result.num_enrolled = gallery.num_people;
  result.num_probes = gallery.num_probes;
  result.splits = options.splits;
  result.num_mated = SIZE_MAX;
  result.num_nonmated = SIZE_MAX;
  std::vector<OpenSet> splits;
  for (std::size_t i = 0; i < options.splits; ++i) {
    splits.push_back(deal_people(gallery, Rng(options.seed).fork(kSplitTag).fork(i)));
    result.num_open_enrolled = splits.back().num_enrolled();
    result.num_mated = std::min(result.num_mated, splits.back().count_mated());
    result.num_nonmated = std::min(result.num_nonmated, splits.back().count_nonmated());
  }
  const auto rates = rates_of(gallery, splits, Weights(gallery.num_people, 1));
  KF_REQUIRE(rates.has_value(), gallery.num_people, gallery.num_probes);
  KF_ASSIGN(const auto resamples, resample(gallery, splits, options, context));
  for (std::size_t k = 0; k < kRanks; ++k) {
    result.cmc[k].value = rates->cmc[k];
    set_interval(resamples, result.cmc[k], [k](const Rates& r) { return r.cmc[k]; });
  }
  for (std::size_t i = 0; i < kFpirGoals.size(); ++i) {
    FnirAtFpir at_goal{kFpirGoals[i], std::nullopt};
    if (!eval::too_few_to_say(kFpirGoals[i], result.num_nonmated)) {
      at_goal.fnir = Estimate{rates->fnir[i], std::nullopt};
      set_interval(resamples, *at_goal.fnir, [i](const Rates& r) { return r.fnir[i]; });
    }
    result.fnir_at_fpir.push_back(at_goal);
  }
  return result;
}

}  // namespace kface
