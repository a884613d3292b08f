#include "gate/enrolment.h"

#include <cmath>
#include <cstdio>

#include "verify/template.h"

namespace kface {
namespace {

// Where verify/template.h's factors fall to about a half.
constexpr float kSmallPx = 60;
constexpr float kSoft = 20;
constexpr float kTurnedDegrees = 25;
constexpr float kDark = 40;
constexpr float kBright = 215;

std::string whole(float number) { return std::to_string(std::lround(number)); }

std::string two_digits(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

}  // namespace

std::string quality_advice(const Quality& quality) {
  std::string advice;
  const auto add = [&](bool wrong, const std::string& text) {
    if (wrong) {
      advice += (advice.empty() ? "" : "; ") + text;
    }
  };
  add(quality.face_size_px < kSmallPx,
      "the face is small (" + whole(quality.face_size_px) + " pixels): come nearer");
  add(quality.brightness < kDark, "it is dark: more light");
  add(quality.brightness > kBright, "it is too bright: less light");
  add(std::abs(quality.yaw_degrees) > kTurnedDegrees, "the head is turned: look straight ahead");
  add(quality.sharpness < kSoft, "it is blurred: hold still, clean the lens");
  return advice;
}

Result<Enrolment::Prepared> Enrolment::prepare(std::span<const std::uint8_t> photo,
                                               const std::string& person) const {
  KF_ASSIGN(ReadFace face, parts_.read(photo));
  Prepared prepared;
  prepared.enrolled.quality = face.quality;
  prepared.enrolled.quality_score = template_weight(face.quality);
  if (prepared.enrolled.quality_score < parts_.min_quality) {
    const std::string advice = quality_advice(face.quality);
    return Status{ErrorCode::kInvalidArgument,
                  "poor quality: " + two_digits(prepared.enrolled.quality_score) + ", at least " +
                      two_digits(parts_.min_quality) + " is needed" +
                      (advice.empty() ? "" : "; " + advice)};
  }
  for (const auto& near : parts_.directory->snapshot()->index.nearest(face.embedding, 2)) {
    if (static_cast<double>(near.distance) <= parts_.threshold && near.person != person &&
        !prepared.enrolled.looks_like) {
      prepared.enrolled.looks_like = near.person;
    }
  }
  prepared.face.space = parts_.space;
  prepared.face.embedding = std::move(face.embedding);
  prepared.face.quality = face.quality;
  if (parts_.keep_photos) {
    prepared.face.photo.assign(photo.begin(), photo.end());
  }
  return prepared;
}

Result<Person> Enrolment::add(Person person, std::span<const NewTemplate> templates,
                              const std::string& actor) const {
  KF_ASSIGN(Person added, parts_.gallery->add_person(std::move(person), templates, parts_.now()));
  KF_TRY(parts_.directory->refresh_person(added.id));
  KF_TRY(parts_.recorder->log("enrolment", actor, added.id,
                              "templates: " + std::to_string(templates.size())));
  return added;
}

Result<AccessControl::PartlyEnrolled> Enrolment::enroll_usable(
    Person person, std::span<const std::vector<std::uint8_t>> photos, const std::string& actor) {
  AccessControl::PartlyEnrolled done;
  std::vector<NewTemplate> templates;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    auto prepared = prepare(photos[i], {});
    if (prepared.ok()) {
      templates.push_back(std::move(prepared.value().face));
      done.faces.push_back(std::move(prepared.value().enrolled));
    } else {
      done.refused.emplace_back(i, prepared.error().message());
    }
  }
  if (templates.empty()) {
    return Status{ErrorCode::kNotFound,
                  "none of the " + std::to_string(photos.size()) + " photos can be used" +
                      (done.refused.empty() ? "" : "; the first: " + done.refused.front().second)};
  }
  KF_ASSIGN(done.person, add(std::move(person), templates, actor));
  return done;
}

Result<std::pair<Person, std::vector<EnrolledFace>>> Enrolment::enroll(
    Person person, std::span<const std::vector<std::uint8_t>> photos, const std::string& actor) {
  std::vector<NewTemplate> templates;
  std::vector<EnrolledFace> faces;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    auto prepared = prepare(photos[i], {});
    if (!prepared.ok()) {
      return Status{prepared.error().code(),
                    "photo " + std::to_string(i + 1) + ": " + prepared.error().message()};
    }
    templates.push_back(std::move(prepared.value().face));
    faces.push_back(std::move(prepared.value().enrolled));
  }
  KF_ASSIGN(Person added, add(std::move(person), templates, actor));
  return std::pair{std::move(added), std::move(faces)};
}

Result<EnrolledFace> Enrolment::add_face(const std::string& person,
                                         std::span<const std::uint8_t> photo,
                                         const std::string& actor) {
  KF_ASSIGN(Prepared prepared, prepare(photo, person));
  KF_ASSIGN(prepared.enrolled.template_id,
            parts_.gallery->add_template(person, prepared.face, parts_.now()));
  KF_TRY(parts_.directory->refresh_person(person));
  KF_TRY(parts_.recorder->log("enrolment", actor, person, "templates: 1"));
  return std::move(prepared.enrolled);
}

Status Enrolment::remove_face(const std::string& template_id, const std::string& actor) {
  std::string owner;
  for (const auto& [id, enrolled] : parts_.directory->snapshot()->people) {
    for (const FaceTemplate& face : enrolled->templates) {
      if (face.id == template_id) {
        owner = id;
      }
    }
  }
  KF_TRY(parts_.gallery->remove_template(template_id));
  if (!owner.empty()) {
    KF_TRY(parts_.directory->refresh_person(owner));
  }
  return parts_.recorder->log("change", actor, owner, "a template was removed");
}

Status Enrolment::forget(const std::string& person, const std::string& actor) {
  KF_TRY(parts_.gallery->forget_person(person));
  KF_TRY(parts_.directory->refresh_person(person));
  return parts_.recorder->log("forget", actor, person, {});
}

Status Enrolment::update(const Person& person, const std::string& actor) {
  KF_TRY(parts_.gallery->update_person(person, parts_.now()));
  KF_TRY(parts_.directory->refresh_person(person.id));
  return parts_.recorder->log("change", actor, person.id, "the person's data");
}

}  // namespace kface
