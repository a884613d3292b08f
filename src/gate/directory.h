// The people of a gallery in memory, as decisions need them; follows every change.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/parallel.h"
#include "gallery/gallery.h"
#include "gallery/search.h"

namespace kface {

struct EnrolledPerson {
  Person person;
  std::vector<FaceTemplate> templates;  // of the directory's space
};

// One state of the gallery. Immutable.
struct PeopleSnapshot {
  std::map<std::string, std::shared_ptr<const EnrolledPerson>> people = {};  // by Person::id
  std::map<std::string, std::string> by_card = {};  // comparable_card() to id
  std::map<std::string, std::string> by_vehicle = {};
  GalleryIndex index = {};
  std::size_t num_templates = 0;
  std::uint64_t revision = 0;  // Gallery::revision
};

// Thread-safe. A thread of its own follows the gallery: a change by another process is seen as soon
// as Gallery::wait_for_change tells.
class PeopleDirectory {
 public:
  // `gallery` outlives the object. Errors: those of the gallery.
  static Result<std::unique_ptr<PeopleDirectory>> create(Gallery& gallery, std::string space);
  ~PeopleDirectory();

  std::shared_ptr<const PeopleSnapshot> snapshot() const;
  // "ok", or why the snapshot may be out of date: then nobody should be let in by it.
  std::string state() const;

  // After a change of this process: that person is read again, the others are not. When it returns,
  // snapshot() has the change.
  Status refresh_person(const std::string& id);

 private:
  PeopleDirectory(Gallery& gallery, std::string space)
      : gallery_(gallery), space_(std::move(space)) {}
  Status refresh();  // all of it
  void follow();
  void publish(std::shared_ptr<const PeopleSnapshot> next);
  void set_state(std::string state);

  Gallery& gallery_;
  const std::string space_;
  std::mutex refreshing_;  // one writer at a time
  mutable std::mutex mutex_;
  std::shared_ptr<const PeopleSnapshot> snapshot_;
  std::string state_ = "ok";
  StopFlag stop_;
  std::thread follower_;
};

}  // namespace kface
