#include "gallery/inventory.h"

#include <map>
#include <set>

namespace kface {

Status for_each_person(Gallery& gallery, const std::function<Status(const Person&)>& take) {
  PeopleQuery query;
  query.limit = 500;
  for (;;) {
    KF_ASSIGN(const std::vector<Person> page, gallery.people(query));
    for (const Person& person : page) {
      KF_TRY(take(person));
    }
    if (page.size() < query.limit) {
      return {};
    }
    query.after = page.back().id;
  }
}

Result<GalleryInventory> take_inventory(Gallery& gallery) {
  GalleryInventory inventory;
  KF_ASSIGN(inventory.revision, gallery.revision());
  std::map<std::string, SpaceCount> spaces;
  const Status counted = for_each_person(gallery, [&](const Person& person) -> Status {
    const auto faces = gallery.templates_of(person.id);
    if (faces.error().code() == ErrorCode::kNotFound) {
      return {};  // forgotten meanwhile
    }
    if (!faces.ok()) {
      return faces.error();
    }
    ++inventory.num_people;
    inventory.num_without_template += faces.value().empty() ? 1 : 0;
    std::set<std::string> seen;
    for (const FaceTemplate& face : faces.value()) {
      SpaceCount& count = spaces[face.space];
      count.num_people += seen.insert(face.space).second ? 1 : 0;
      ++count.num_templates;
      count.num_photos += face.has_photo ? 1 : 0;
    }
    return {};
  });
  KF_TRY(counted);
  for (auto& [space, count] : spaces) {
    count.space = space;
    inventory.spaces.push_back(std::move(count));
  }
  return inventory;
}

}  // namespace kface
