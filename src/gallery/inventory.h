// How many people and templates a gallery holds, by model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gallery/gallery.h"

namespace kface {

struct SpaceCount {
  std::string space;
  std::size_t num_people = 0;
  std::size_t num_templates = 0;
  std::size_t num_photos = 0;  // kept, of these templates
};

struct GalleryInventory {
  std::size_t num_people = 0;
  std::size_t num_without_template = 0;
  std::vector<SpaceCount> spaces;  // ascending space
  std::uint64_t revision = 0;
};

// Everybody, ascending id; `take` may stop it by an error, which is returned. Others may change the
// gallery meanwhile.
Status for_each_person(Gallery& gallery, const std::function<Status(const Person&)>& take);

// Cost: opens every template. Errors: those of Gallery.
Result<GalleryInventory> take_inventory(Gallery& gallery);

}  // namespace kface
