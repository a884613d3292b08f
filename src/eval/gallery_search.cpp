#include "eval/gallery_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

#include "eval/all_pairs.h"

namespace kface::eval {
namespace {

Status invalid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "identify: " + message};
}

// Divides `row` by its length; a zero row stays zero.
void make_unit(std::span<double> row) {
  double squares = 0;
  for (const double value : row) {
    squares += value * value;
  }
  if (squares > 0) {
    for (double& value : row) {
      value /= std::sqrt(squares);
    }
  }
}

// Vectors of length 1, in rows.
class UnitRows {
 public:
  UnitRows(std::size_t n, std::size_t d) : d_(d), values_(n * d) {}

  void set(std::size_t i, std::span<const double> unit) {
    std::transform(unit.begin(), unit.end(), values_.begin() + static_cast<std::ptrdiff_t>(i * d_),
                   [](double value) { return static_cast<float>(value); });
  }
  std::span<const float> row(std::size_t i) const { return std::span(values_).subspan(i * d_, d_); }

 private:
  std::size_t d_;
  std::vector<float> values_;
};

struct Gallery {
  UnitRows images;
  UnitRows templates;
};

// Fills in who is on each image and which are probes, and makes the templates.
Gallery enrol(std::span<const float> embeddings, std::size_t d, std::size_t gallery_images,
              GallerySearches& result) {
  const std::size_t n = result.searches.size();
  Gallery gallery{UnitRows(n, d), UnitRows(result.num_people, d)};
  std::vector<std::size_t> enrolled(result.num_people);
  std::vector<double> sums(result.num_people * d);
  std::vector<double> unit(d);
  for (std::size_t i = 0; i < n; ++i) {
    Search& search = result.searches[i];
    const auto row = embeddings.subspan(i * d, d);
    std::copy(row.begin(), row.end(), unit.begin());
    make_unit(unit);
    gallery.images.set(i, unit);
    search.is_probe = enrolled[search.person] == gallery_images;
    if (search.is_probe) {
      ++result.num_probes;
      continue;
    }
    ++enrolled[search.person];
    for (std::size_t k = 0; k < d; ++k) {
      sums[search.person * d + k] += unit[k];
    }
  }
  for (std::size_t person = 0; person < result.num_people; ++person) {
    const auto sum = std::span(sums).subspan(person * d, d);
    make_unit(sum);
    gallery.templates.set(person, sum);
  }
  return gallery;
}

void search_for(std::size_t i, const Gallery& gallery, std::size_t num_people, Search& search) {
  search.others.reserve(num_people);
  for (std::uint32_t person = 0; person < num_people; ++person) {
    const float distance = euclidean_distance(gallery.images.row(i), gallery.templates.row(person));
    if (person == search.person) {
      search.mate_distance = distance;
    } else {
      search.others.push_back({distance, person});
    }
  }
  const std::size_t kept = std::min(search.others.size(), kMostNeighbours);
  std::partial_sort(search.others.begin(),
                    search.others.begin() + static_cast<std::ptrdiff_t>(kept), search.others.end(),
                    [](const Neighbour& x, const Neighbour& y) {
                      return std::tie(x.distance, x.person) < std::tie(y.distance, y.person);
                    });
  search.others.resize(kept);
  search.others.shrink_to_fit();
}

}  // namespace

Result<GallerySearches> search_gallery(std::span<const float> embeddings, std::size_t d,
                                       std::span<const std::uint32_t> identities,
                                       std::size_t gallery_images, const JobContext& context) {
  KF_REQUIRE(d >= 1 && gallery_images >= 1, d, gallery_images);
  KF_REQUIRE(embeddings.size() == identities.size() * d, embeddings.size(), identities.size(), d);
  const auto bad = std::find_if(embeddings.begin(), embeddings.end(),
                                [](float value) { return !std::isfinite(value); });
  if (bad != embeddings.end()) {
    return invalid("embedding " +
                   std::to_string(static_cast<std::size_t>(bad - embeddings.begin()) / d) +
                   " holds a value that is not a finite number");
  }
  std::map<std::uint32_t, std::uint32_t> people;
  for (const std::uint32_t identity : identities) {
    people.emplace(identity, 0);
  }
  for (std::uint32_t number = 0; auto& [identity, person] : people) {
    person = number++;
  }
  GallerySearches result;
  result.num_people = people.size();
  result.searches.resize(identities.size());
  for (std::size_t i = 0; i < identities.size(); ++i) {
    result.searches[i].person = people.at(identities[i]);
  }
  const Gallery gallery = enrol(embeddings, d, gallery_images, result);
  if (result.num_people < 2 || result.num_probes == 0) {
    return invalid("needs two people or more and a probe, got " +
                   std::to_string(result.num_people) + " people and " +
                   std::to_string(result.num_probes) + " images beyond the first " +
                   std::to_string(gallery_images) + " of each");
  }
  KF_TRY(parallel_for(identities.size(), context, [&](std::size_t i, unsigned /*worker*/) {
    search_for(i, gallery, result.num_people, result.searches[i]);
    return Status{};
  }));
  return result;
}

}  // namespace kface::eval
