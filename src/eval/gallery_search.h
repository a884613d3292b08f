// Every image of a dataset searched for in a gallery of one template a person.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"

namespace kface::eval {

// Of more people than this, an image's nearest ones are kept. A resample leaves out a person with a
// chance of less than 0.69 (0.37 if everybody is enrolled), so that none of them remains, or fewer
// than 20 copies of them, never happens: chances below 10^-40.
inline constexpr std::size_t kMostNeighbours = 256;

struct Neighbour {
  float distance;
  std::uint32_t person;
};

struct Search {
  std::uint32_t person = 0;       // who is on the image: 0, 1, ... in the order of the identities
  bool is_probe = false;          // not part of a template
  float mate_distance = 0;        // to the own template; of probes alone
  std::vector<Neighbour> others;  // templates of other people, nearest first
};

struct GallerySearches {
  std::vector<Search> searches;  // one for each image, in the order of the rows
  std::size_t num_people = 0;
  std::size_t num_probes = 0;
};

// As identify() describes and requires. Errors: kInvalidArgument, kInterrupted.
Result<GallerySearches> search_gallery(std::span<const float> embeddings, std::size_t d,
                                       std::span<const std::uint32_t> identities,
                                       std::size_t gallery_images, const JobContext& context);

}  // namespace kface::eval
