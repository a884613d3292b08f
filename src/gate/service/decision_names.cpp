#include "gate/decision.h"

#include <array>

namespace kface {

std::string verdict_name(Verdict verdict) {
  return std::array{"denied", "not sure", "granted"}.at(static_cast<std::size_t>(verdict));
}

std::string reason_name(Reason reason) {
  return std::array{"match",        "nobody",        "ambiguous", "borderline", "no_face",
                    "several_faces", "poor_quality",  "not_live",  "unknown_claim", "not_valid",
                    "schedule",     "passback",      "model_mismatch", "unmeasured",
                    "empty_gallery", "storage",      "timeout",   "fault"}
      .at(static_cast<std::size_t>(reason));
}

}  // namespace kface
