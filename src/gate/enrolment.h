// Photos of a person become templates.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gate/access.h"
#include "gate/directory.h"
#include "gate/recorder.h"

namespace kface {

// What is wrong with a photo's quality, worst first, in words that a person can act on: "the face
// is small (40 pixels): come nearer; it is dark: more light". Empty if nothing is.
std::string quality_advice(const Quality& quality);

// Thread-safe, if `read` is. Refers to what it was made with, which outlives it.
class Enrolment {
 public:
  using ReadFn = std::function<Result<ReadFace>(std::span<const std::uint8_t> photo)>;

  struct Parts {
    Gallery* gallery = nullptr;
    PeopleDirectory* directory = nullptr;
    Recorder* recorder = nullptr;
    std::function<UnixMs()> now;
    ReadFn read;           // the one face of a photo
    std::string space;     // template_space()
    double threshold = 0;  // for EnrolledFace::looks_like
    double min_quality = 0;
    bool keep_photos = false;
  };
  explicit Enrolment(Parts parts) : parts_(std::move(parts)) {}

  // As AccessControl's functions of the same names.
  Result<std::pair<Person, std::vector<EnrolledFace>>> enroll(
      Person person, std::span<const std::vector<std::uint8_t>> photos, const std::string& actor);
  Result<AccessControl::PartlyEnrolled> enroll_usable(
      Person person, std::span<const std::vector<std::uint8_t>> photos, const std::string& actor);
  Result<EnrolledFace> add_face(const std::string& person, std::span<const std::uint8_t> photo,
                                const std::string& actor);
  Status remove_face(const std::string& template_id, const std::string& actor);
  Status forget(const std::string& person, const std::string& actor);
  Status update(const Person& person, const std::string& actor);

 private:
  struct Prepared {
    NewTemplate face;
    EnrolledFace enrolled;
  };
  Result<Person> add(Person person, std::span<const NewTemplate> templates,
                     const std::string& actor) const;
  Result<Prepared> prepare(std::span<const std::uint8_t> photo, const std::string& person) const;

  const Parts parts_;
};

}  // namespace kface
