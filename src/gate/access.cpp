#include "gate/access.h"

#include <array>
#include <atomic>
#include <exception>
#include <utility>

#include "align/decode.h"
#include "base/digest.h"
#include "base/stopwatch.h"
#include "gate/directory.h"
#include "gate/enrolment.h"
#include "gate/judge.h"
#include "gate/reader_pool.h"
#include "gate/recorder.h"
#include "gate/retention.h"
#include "gate/schedule.h"

namespace kface {
namespace {

class Access final : public AccessControl {
 public:
  Access(Parts parts, GatePolicy policy, std::unique_ptr<PeopleDirectory> directory,
         std::vector<std::unique_ptr<FaceReader>> readers, std::optional<Schedule> schedule)
      : parts_(std::move(parts)),
        policy_(std::move(policy)),
        threshold_(applied_threshold(parts_.opened->model.threshold, policy_)),
        directory_(std::move(directory)),
        readers_(std::move(readers)),
        judge_(*directory_, *parts_.gallery, threshold_, policy_, std::move(schedule),
               parts_.local_time),
        recorder_({.gallery = parts_.gallery,
                   .audit = parts_.audit,
                   .doors = parts_.doors,
                   .now = parts_.now,
                   .keep_photos = policy_.keep_event_photos}),
        enrolment_({.gallery = parts_.gallery,
                    .directory = directory_.get(),
                    .recorder = &recorder_,
                    .now = parts_.now,
                    .read = [this](auto photo) { return read_face(photo, ReadFor::kEnrolment); },
                    .space = template_space(*parts_.opened),
                    .threshold = threshold_.distance,
                    .min_quality = policy_.min_enrol_quality,
                    .keep_photos = policy_.keep_photos}),
        retention_(*parts_.gallery, policy_.retention_days, parts_.now) {}

  Decision decide_photo(std::span<const std::uint8_t> photo,
                        const AccessRequest& request) override {
    const Stopwatch watch;
    Reason reason = Reason::kFault;
    std::string note;
    try {
      auto face = read(photo, ReadFor::kDoor, reason);
      if (face.ok()) {
        return decide_face(face.value(), photo, request, watch.ms());
      }
      note = face.error().message();
    } catch (const std::exception& error) {
      note = error.what();
    }
    return finish(judge_.denied(reason, std::move(note)), photo, request, watch.ms());
  }

  Decision decide_face(const ReadFace& face, std::span<const std::uint8_t> photo,
                       const AccessRequest& request, double time_ms) override {
    const Stopwatch watch;
    Decision decision;
    try {
      decision = judge_.judge(face, request, parts_.now());
    } catch (const std::exception& error) {
      decision = judge_.denied(Reason::kFault, error.what());
    }
    decision.quality = face.quality;
    return finish(std::move(decision), photo, request, time_ms + watch.ms());
  }

  Decision deny(Reason reason, const AccessRequest& request, double time_ms) override {
    KF_REQUIRE(reason != Reason::kMatch);
    return finish(judge_.denied(reason, {}), {}, request, time_ms);
  }

  Result<ReadFace> read_face(std::span<const std::uint8_t> photo, ReadFor purpose) override {
    Reason reason = Reason::kFault;
    return read(photo, purpose, reason);
  }

  Result<std::vector<Match>> search(std::span<const float> embedding, std::size_t k,
                                    double max_distance) override {
    std::vector<Match> matches;
    for (const auto& near : directory_->snapshot()->index.nearest(embedding, k)) {
      if (static_cast<double>(near.distance) <= max_distance) {
        matches.push_back(
            {.person = near.person, .template_id = near.template_id, .distance = near.distance});
      }
    }
    return matches;
  }

  Result<std::pair<Person, std::vector<EnrolledFace>>> enroll(
      Person person, std::span<const std::vector<std::uint8_t>> photos,
      const std::string& actor) override {
    return enrolment_.enroll(std::move(person), photos, actor);
  }
  Result<PartlyEnrolled> enroll_usable(Person person,
                                       std::span<const std::vector<std::uint8_t>> photos,
                                       const std::string& actor) override {
    return enrolment_.enroll_usable(std::move(person), photos, actor);
  }
  Result<EnrolledFace> add_face(const std::string& person, std::span<const std::uint8_t> photo,
                                const std::string& actor) override {
    return enrolment_.add_face(person, photo, actor);
  }
  Status remove_face(const std::string& template_id, const std::string& actor) override {
    return enrolment_.remove_face(template_id, actor);
  }
  Status forget(const std::string& person, const std::string& actor) override {
    return enrolment_.forget(person, actor);
  }
  Status update(const Person& person, const std::string& actor) override {
    return enrolment_.update(person, actor);
  }

  State state() override {
    const auto people = directory_->snapshot();
    State state;
    state.num_people = people->people.size();
    state.num_templates = people->num_templates;
    state.revision = people->revision;
    state.storage = directory_->state();
    if (state.storage == "ok") {
      state.storage = retention_.state();
    }
    state.audit = recorder_.audit_state();
    for (const Door* door : parts_.doors) {
      state.doors.push_back(door->state());
    }
    std::copy(decisions_.begin(), decisions_.end(), state.decisions);
    return state;
  }

  const OpenedModel& opened() const override { return *parts_.opened; }
  const GatePolicy& policy() const override { return policy_; }

 private:
  // `reason` says why there is none.
  Result<ReadFace> read(std::span<const std::uint8_t> photo, ReadFor purpose, Reason& reason) {
    KF_ASSIGN(const Image picture, decode_image(photo, {.max_bytes = policy_.max_photo_bytes,
                                                        .max_pixels = policy_.max_photo_pixels}));
    auto reader = readers_.take(std::chrono::milliseconds(policy_.timeout_ms));
    if (!reader) {
      reason = Reason::kTimeout;
      return Status{ErrorCode::kInterrupted, "all readers are busy; try again"};
    }
    const auto search =
        purpose == ReadFor::kDoor ? Aligner::Search::kFrontal : Aligner::Search::kThorough;
    KF_ASSIGN(const FacesInPicture found, reader->find(picture, search));
    if (found.faces.empty()) {
      reason = Reason::kNoFace;
      return Status{ErrorCode::kNotFound,
                    "no face was found; look straight at the camera, nearer, in more light"};
    }
    if (found.rivals > 0) {
      reason = Reason::kSeveralFaces;
      return Status{ErrorCode::kInvalidArgument,
                    std::to_string(found.rivals + 1) + " faces of like size; one person at a time"};
    }
    return reader->read(picture, found.faces[found.chosen]);
  }

  Decision finish(Decision decision, std::span<const std::uint8_t> photo,
                  const AccessRequest& request, double time_ms) {
    decision.time_ms = time_ms;
    decision.liveness = request.liveness;
    if (time_ms > policy_.timeout_ms && decision.verdict != Verdict::kDenied) {
      decision.verdict = Verdict::kDenied;
      decision.reason = Reason::kTimeout;
    }
    recorder_.record(decision, photo, request);
    ++decisions_[static_cast<std::size_t>(decision.verdict)];
    return decision;
  }

  const Parts parts_;
  const GatePolicy policy_;
  const AppliedThreshold threshold_;
  const std::unique_ptr<PeopleDirectory> directory_;
  ReaderPool readers_;
  const Judge judge_;
  Recorder recorder_;
  Enrolment enrolment_;
  Retention retention_;
  std::array<std::atomic<std::uint64_t>, 3> decisions_{};
};

// Templates of other models only: everybody would be denied, for a reason that nobody sees.
Status check_templates(Gallery& gallery, const PeopleSnapshot& people, const std::string& space) {
  if (people.people.empty() || people.num_templates > 0) {
    return {};
  }
  KF_ASSIGN(const auto without, gallery.people_without(space));
  return Status{ErrorCode::kMismatch,
                "none of the " + std::to_string(without.size()) +
                    " people has a template of this model; run 'kface gallery migrate', or use "
                    "the model that they were enrolled with"};
}

}  // namespace

Result<std::unique_ptr<AccessControl>> AccessControl::create(Parts parts, GatePolicy policy) {
  KF_REQUIRE(parts.opened != nullptr && parts.gallery != nullptr && parts.audit != nullptr);
  KF_REQUIRE(parts.now != nullptr && parts.readers > 0, parts.readers);
  std::optional<Schedule> schedule;
  if (!policy.schedule.empty()) {
    KF_ASSIGN(schedule, Schedule::read(policy.schedule));
    KF_REQUIRE(parts.local_time != nullptr);
  }
  const std::string space = template_space(*parts.opened);
  KF_ASSIGN(auto directory, PeopleDirectory::create(*parts.gallery, space));
  if (!parts.allow_foreign_templates) {
    KF_TRY(check_templates(*parts.gallery, *directory->snapshot(), space));
  }
  std::vector<std::unique_ptr<FaceReader>> readers(parts.readers);
  KF_TRY(parallel_for(parts.readers, {.threads = parts.readers},
                      [&](std::size_t i, unsigned) -> Status {
                        KF_ASSIGN(readers[i], FaceReader::create(*parts.opened, parts.models));
                        return {};
                      }));
  return std::unique_ptr<AccessControl>(new Access(std::move(parts), std::move(policy),
                                                   std::move(directory), std::move(readers),
                                                   std::move(schedule)));
}

std::string template_space(const OpenedModel& opened) {
  KF_REQUIRE(opened.backbone != nullptr);
  const Head& head = opened.model.head;
  Sha256 digest;
  digest.update("kface-space 1\n" + opened.backbone->info().features_digest() + '\n' +
                std::to_string(head.d) + ' ' + std::to_string(head.m) + ' ' +
                std::to_string(static_cast<int>(head.activation)) + ' ' +
                std::to_string(static_cast<int>(head.l2_normalize)) + '\n');
  for (const auto& [key, value] : align_facts(opened.model.preprocessing)) {
    digest.update(key);
    digest.update("=");
    digest.update(value);
    digest.update("\n");
  }
  digest.update(std::as_bytes(std::span(head.weight)));
  digest.update(std::as_bytes(std::span(head.bias)));
  return digest.finish();
}

}  // namespace kface
