// The one place where somebody is let in or not: face, gallery, rules, audit record, door; in this
// order, and nothing opens before its record is on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gallery/gallery.h"
#include "gate/audit_log.h"
#include "gate/decision.h"
#include "gate/door.h"
#include "gate/local_time.h"
#include "gate/policy.h"
#include "kface/image.h"
#include "kface/status.h"
#include "verify/verifier.h"

namespace kface {

// A face read from a photo or a frame.
struct ReadFace {
  Box box;
  Landmarks5 landmarks{};
  Quality quality;
  std::vector<float> embedding;  // [m]
};

// What was asked.
struct AccessRequest {
  std::string gate = "gate";
  std::string actor = "camera";
  Direction direction = Direction::kNone;
  // Who it should be (1:1): at most one of them is set. None: whoever of the gallery (1:N).
  std::string claimed_person = {};
  std::string claimed_card = {};
  std::string claimed_vehicle = {};
  std::string vehicle = {};             // number plate to log, claimed or not
  std::optional<double> liveness = {};  // none: not examined
  bool open_door = true;                // false: ask only
};

struct EnrolledFace {
  std::string template_id;
  Quality quality;
  double quality_score = 0;  // in [0, 1]
  // The nearest other person, where it is within the threshold: the same face enrolled twice, or
  // somebody whom this model cannot tell apart.
  std::optional<std::string> looks_like = {};
};

// Everything that decides, kept together. Thread-safe; as many calls work side by side as it was
// made with readers, others wait, at most the policy's timeout.
class AccessControl {
 public:
  struct Parts {
    const OpenedModel* opened = nullptr;  // outlives the object
    std::filesystem::path models;         // dlib's model files
    Gallery* gallery = nullptr;           // outlives the object
    AuditLog* audit = nullptr;            // outlives the object
    std::vector<Door*> doors = {};        // outlive the object
    std::function<UnixMs()> now;          // the clock
    LocalTimeFn local_time = {};          // for a schedule
    unsigned readers = 1;                 // faces read side by side
    // For enrolling anew under another model: no kMismatch.
    bool allow_foreign_templates = false;
  };

  // Errors: those of Aligner::create and of reading the gallery; kMismatch if the gallery holds
  // templates, but none of this model (says `kface gallery migrate`).
  static Result<std::unique_ptr<AccessControl>> create(Parts parts, GatePolicy policy);
  virtual ~AccessControl() = default;
  AccessControl(const AccessControl&) = delete;
  AccessControl& operator=(const AccessControl&) = delete;

  // Never fails: what goes wrong is a denied decision with its reason. Always logged before it
  // returns; `photo` are the bytes of an image file (at most policy.max_photo_bytes).
  virtual Decision decide_photo(std::span<const std::uint8_t> photo,
                                const AccessRequest& request) = 0;
  // The same for a face that was read before (camera loop), with the picture to keep, or none.
  virtual Decision decide_face(const ReadFace& face, std::span<const std::uint8_t> photo,
                               const AccessRequest& request, double time_ms) = 0;
  // A decision that needs no look at the gallery (no face, not live, ...), logged likewise.
  virtual Decision deny(Reason reason, const AccessRequest& request, double time_ms) = 0;

  // The one face of a photo. For enrolment everything is tried to find it, which takes up to 2 s
  // where there is none; at a door, what finds a face that looks at the camera.
  // Errors: kNotFound "no face ..."; kInvalidArgument "N faces ..."; kInterrupted: all readers are
  // busy; decode_image's. Nothing is decided or logged.
  enum class ReadFor { kDoor, kEnrolment };
  virtual Result<ReadFace> read_face(std::span<const std::uint8_t> photo, ReadFor purpose) = 0;

  // Nearest people, ascending distance, at most k, those beyond `max_distance` left out. Nothing
  // is decided or logged.
  struct Match {
    std::string person;
    std::string template_id;
    float distance = 0;
  };
  virtual Result<std::vector<Match>> search(std::span<const float> embedding, std::size_t k,
                                            double max_distance) = 0;

  // Adds a person with photos, logged as an enrolment; on the disk when this returns, and found by
  // the next decision of this object. Errors: as read_face, with the photo's number;
  // kInvalidArgument "poor quality: ..." below policy.min_enrol_quality; those of
  // Gallery::add_person.
  virtual Result<std::pair<Person, std::vector<EnrolledFace>>> enroll(
      Person person, std::span<const std::vector<std::uint8_t>> photos,
      const std::string& actor) = 0;
  // The same, but photos that cannot be used are left out and listed: index and reason. Errors:
  // kNotFound if none is left.
  struct PartlyEnrolled {
    Person person;
    std::vector<EnrolledFace> faces;
    std::vector<std::pair<std::size_t, std::string>> refused;
  };
  virtual Result<PartlyEnrolled> enroll_usable(Person person,
                                               std::span<const std::vector<std::uint8_t>> photos,
                                               const std::string& actor) = 0;
  // One more photo of somebody. Errors: as enroll; kNotFound.
  virtual Result<EnrolledFace> add_face(const std::string& person,
                                        std::span<const std::uint8_t> photo,
                                        const std::string& actor) = 0;
  // Removes one template, or the person with everything (Gallery::forget_person); logged.
  virtual Status remove_face(const std::string& template_id, const std::string& actor) = 0;
  virtual Status forget(const std::string& person, const std::string& actor) = 0;
  virtual Status update(const Person& person, const std::string& actor) = 0;

  // For health and metrics.
  struct State {
    std::size_t num_people = 0;
    std::size_t num_templates = 0;
    std::uint64_t revision = 0;
    std::string storage = "ok";  // or what is wrong
    std::string audit = "ok";
    std::vector<std::string> doors = {};
    std::uint64_t decisions[3] = {};  // by Verdict, since the start
  };
  virtual State state() = 0;
  virtual const OpenedModel& opened() const = 0;
  virtual const GatePolicy& policy() const = 0;

 protected:
  AccessControl() = default;
};

// What makes embeddings comparable, 64 hexadecimal digits: the head, the backbone's features and
// how chips are cut; not the threshold, which may be chosen anew without enrolling anybody again.
std::string template_space(const OpenedModel& opened);

}  // namespace kface
