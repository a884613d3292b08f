// Which pictures of the demo tree are made of which photo, under which conditions of K-FACE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "align/simulate.h"

namespace kface {

// One picture: High_Resolution/ID<identity>/S00<session>/L<light>/E01/C7.jpg.
struct PlannedImage {
  int session = 1;        // 1..6: what is worn
  int light = 1;          // 1..30: lux and direction
  std::size_t photo = 0;  // which of the person's photos
  std::uint64_t seed = 0;
};

// What K-FACE's S and L codes stand for. Requires: session in [1, 6], light in [1, 30].
Simulation simulation_of(int session, int light);

// Path in the tree, '/' separated.
std::string planned_path(const std::string& identity, const PlannedImage& image);

// Eight digits in K-FACE's form: day, device 1 to 4, order of the day.
// Requires: person < 36 * 28 (a month of days).
std::string demo_identity(std::size_t person);

// 24 pictures of a person with several photos, 12 of one with a single photo, each under another
// pair of conditions; the first is the photo itself (S001, L1). Photos are used in turn.
// Requires: num_photos > 0. Same arguments = same plan.
std::vector<PlannedImage> plan_person(std::size_t person, std::size_t num_photos,
                                      std::uint64_t seed);

}  // namespace kface
