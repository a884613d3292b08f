#include "gate/decide.h"

#include <array>
#include <cmath>
#include <string>

#include "kface/status.h"

namespace kface {
namespace {

constexpr std::array<const char*, 18> kReasonNames = {
    "match",          "nobody",     "ambiguous",     "borderline", "no_face",  "several_faces",
    "poor_quality",   "not_live",   "unknown_claim", "not_valid",  "schedule", "passback",
    "model_mismatch", "unmeasured", "empty_gallery", "storage",    "timeout",  "fault"};
static_assert(kReasonNames.size() == static_cast<std::size_t>(Reason::kFault) + 1);

}  // namespace

std::string verdict_name(Verdict verdict) {
  return verdict == Verdict::kGranted   ? "granted"
         : verdict == Verdict::kNotSure ? "not sure"
                                        : "denied";
}

std::string reason_name(Reason reason) { return kReasonNames.at(static_cast<std::size_t>(reason)); }

Ruling rule_on(std::optional<double> best, std::optional<double> runner_up,
               const DecisionRule& rule) {
  KF_REQUIRE(std::isfinite(rule.threshold) && rule.threshold >= 0, rule.threshold);
  KF_REQUIRE(std::isfinite(rule.min_margin) && rule.min_margin >= 0, rule.min_margin);
  KF_REQUIRE(std::isfinite(rule.doubt) && rule.doubt >= 0, rule.doubt);
  if (!best) {
    return {};
  }
  if (!std::isfinite(*best) || (runner_up && !std::isfinite(*runner_up))) {
    return {.verdict = Verdict::kDenied, .reason = Reason::kFault, .margin = {}};
  }
  Ruling ruling;
  if (runner_up) {
    KF_REQUIRE(*runner_up >= *best, *best, *runner_up);
    ruling.margin = *runner_up - *best;
  }
  if (*best > rule.threshold + rule.doubt) {
    return ruling;
  }
  ruling.verdict = Verdict::kNotSure;
  if (*best > rule.threshold) {
    ruling.reason = Reason::kBorderline;
  } else if (ruling.margin && *ruling.margin < rule.min_margin) {
    ruling.reason = Reason::kAmbiguous;
  } else {
    ruling.verdict = Verdict::kGranted;
    ruling.reason = Reason::kMatch;
  }
  return ruling;
}

double far_of_gallery(double far, std::size_t people) {
  KF_REQUIRE(far >= 0 && far <= 1, far);
  return far >= 1 ? (people > 0 ? 1 : 0)
                  : -std::expm1(static_cast<double>(people) * std::log1p(-far));
}

}  // namespace kface
