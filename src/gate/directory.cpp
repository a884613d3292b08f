#include "gate/directory.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "gallery/person_check.h"

namespace kface {
namespace {

constexpr int kWaitMs = 500;  // also how long the destructor may take
constexpr std::size_t kPage = 1000;

// What follows from `people`.
void index_people(PeopleSnapshot& snapshot) {
  std::vector<FaceTemplate> templates;
  for (const auto& [id, enrolled] : snapshot.people) {
    templates.insert(templates.end(), enrolled->templates.begin(), enrolled->templates.end());
    if (!enrolled->person.card.empty()) {
      snapshot.by_card[comparable_card(enrolled->person.card)] = id;
    }
    if (!enrolled->person.vehicle.empty()) {
      snapshot.by_vehicle[comparable_vehicle(enrolled->person.vehicle)] = id;
    }
  }
  snapshot.num_templates = templates.size();
  snapshot.index = GalleryIndex(templates);
}

Result<std::vector<Person>> all_people(Gallery& gallery) {
  std::vector<Person> people;
  PeopleQuery query{.limit = kPage};
  while (true) {
    KF_ASSIGN(auto page, gallery.people(query));
    people.insert(people.end(), page.begin(), page.end());
    if (page.size() < kPage) {
      return people;
    }
    query.after = page.back().id;
  }
}

}  // namespace

Result<std::unique_ptr<PeopleDirectory>> PeopleDirectory::create(Gallery& gallery,
                                                                 std::string space) {
  std::unique_ptr<PeopleDirectory> directory(new PeopleDirectory(gallery, std::move(space)));
  KF_TRY(directory->refresh());
  directory->follower_ = std::thread([raw = directory.get()] { raw->follow(); });
  return directory;
}

PeopleDirectory::~PeopleDirectory() {
  stop_.request();
  if (follower_.joinable()) {
    follower_.join();
  }
}

std::shared_ptr<const PeopleSnapshot> PeopleDirectory::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

std::string PeopleDirectory::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void PeopleDirectory::publish(std::shared_ptr<const PeopleSnapshot> next) {
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(next);
}

void PeopleDirectory::set_state(std::string state) {
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

Status PeopleDirectory::refresh() {
  const std::lock_guard lock(refreshing_);
  auto next = std::make_shared<PeopleSnapshot>();
  // Read before the rows: what changes meanwhile is then seen as one more change.
  KF_ASSIGN(next->revision, gallery_.revision());
  std::map<std::string, std::vector<FaceTemplate>> templates;
  KF_ASSIGN(auto faces, gallery_.templates_in(space_));
  for (FaceTemplate& face : faces) {
    templates[face.person].push_back(std::move(face));
  }
  KF_ASSIGN(auto people, all_people(gallery_));
  for (Person& person : people) {
    std::string id = person.id;
    auto enrolled = std::make_shared<EnrolledPerson>(
        EnrolledPerson{.person = std::move(person), .templates = std::move(templates[id])});
    next->people.emplace(std::move(id), std::move(enrolled));
  }
  index_people(*next);
  publish(std::move(next));
  return {};
}

Status PeopleDirectory::refresh_person(const std::string& id) {
  const std::lock_guard lock(refreshing_);
  const auto before = snapshot();
  auto next = std::make_shared<PeopleSnapshot>();
  next->people = before->people;
  next->people.erase(id);
  KF_ASSIGN(const std::uint64_t revision, gallery_.revision());
  auto person = gallery_.person(id);
  if (person.ok()) {
    KF_ASSIGN(auto faces, gallery_.templates_of(id));
    std::erase_if(faces, [&](const FaceTemplate& face) { return face.space != space_; });
    next->people.emplace(
        id, std::make_shared<EnrolledPerson>(EnrolledPerson{.person = std::move(person).value(),
                                                            .templates = std::move(faces)}));
  } else if (person.error().code() != ErrorCode::kNotFound) {
    return person.error();
  }
  // One step on is this very change. More: others changed something, too, and the follower looks.
  next->revision = revision == before->revision + 1 ? revision : before->revision;
  index_people(*next);
  publish(std::move(next));
  return {};
}

void PeopleDirectory::follow() {
  while (!stop_.requested()) {
    Status status;
    try {
      const std::uint64_t seen = snapshot()->revision;
      const auto now = gallery_.wait_for_change(seen, kWaitMs);
      status = !now.ok() ? now.error() : now.value() != seen ? refresh() : Status{};
    } catch (const std::exception& error) {  // out of memory
      status = Status{ErrorCode::kIo, error.what()};
    }
    set_state(status.ok() ? "ok" : status.message());
    if (!status.ok()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
    }
  }
}

}  // namespace kface
