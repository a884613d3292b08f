// Who is it, and may they come in? Distances in, a verdict with its grounds out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gallery/person.h"
#include "kface/image.h"

namespace kface {

enum class Verdict : std::uint8_t { kDenied, kNotSure, kGranted };

// Why. Everything but kMatch denies, or leaves it open.
enum class Reason : std::uint8_t {
  kMatch,       // granted
  kNobody,      // denied: no template within the threshold
  kAmbiguous,   // not sure: the runner-up, another person, is too near
  kBorderline,  // not sure: beyond the threshold by less than the doubt
  kNoFace,      // denied, from here on
  kSeveralFaces,
  kPoorQuality,
  kNotLive,
  kUnknownClaim,   // the card or number plate is nobody's
  kNotValid,       // before valid_from or from valid_until on
  kSchedule,       // none of the person's groups may pass now
  kPassback,       // entered twice without leaving, or the reverse
  kModelMismatch,  // templates of another model
  kUnmeasured,     // the threshold was never measured on anybody, and that is not allowed
  kEmptyGallery,
  kStorage,  // gallery or audit log cannot be read or written
  kTimeout,
  kFault,  // anything else that went wrong
};

std::string verdict_name(Verdict verdict);  // granted, denied, not sure
std::string reason_name(Reason reason);     // match, nobody, no_face, ...

struct Decision {
  Verdict verdict = Verdict::kDenied;
  Reason reason = Reason::kFault;
  std::string event = {};               // EventDetails::event
  std::string person = {};              // Person::id; the nearest for kAmbiguous and kBorderline
  std::string name = {};                // Person::name, with `person`
  std::optional<double> distance = {};  // Euclidean, not squared; smaller = more alike
  double threshold = 0;                 // granted needs distance <= this
  std::optional<double> far = {};       // of that threshold for ONE comparison, as measured
  // The chance that a stranger is taken for somebody of the whole gallery: 1 - (1 - far)^people;
  // `far` itself in 1:1.
  std::optional<double> far_gallery = {};
  std::optional<double> margin = {};  // distance of the best other person less `distance`
  std::optional<Quality> quality = {};
  std::optional<double> liveness = {};  // in [0, 1]
  double time_ms = 0;
  std::string note = {};  // one sentence more, where there is something to say
};

}  // namespace kface
