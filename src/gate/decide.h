// The rule by which distances become a verdict. Pure: everything it needs is handed in.
#pragma once

#include <cstddef>
#include <optional>

#include "gate/decision.h"

namespace kface {

// All in units of Euclidean distance, not squared; smaller = more alike.
struct DecisionRule {
  double threshold = 0;   // granted needs distance <= this; at least 0
  double min_margin = 0;  // the best other person must be at least this much farther
  double doubt = 0;       // (threshold, threshold + doubt] is not sure
};

struct Ruling {
  Verdict verdict = Verdict::kDenied;
  Reason reason = Reason::kNobody;
  std::optional<double> margin = {};  // runner_up - best, where there are both
};

// `best`: distance of the nearest person, or of the claimed one; none: nobody was compared.
// `runner_up`: distance of the nearest other person; none: there is none, or somebody was claimed.
//
// Ensures: granted only if best <= threshold and (no runner-up, or margin >= min_margin);
//          a distance that is not finite is denied as kFault. Moving `best` away, or the runner-up
//          nearer, never turns denied or not sure into granted.
// Requires: rule values finite and at least 0; runner_up >= best.
Ruling rule_on(std::optional<double> best, std::optional<double> runner_up,
               const DecisionRule& rule);

// Chance that a stranger is within the threshold of somebody among `people`, if each comparison
// accepts one with probability `far` and comparisons are independent (they are not quite: people
// who look like many others exist, so this is a rule of thumb): 1 - (1 - far)^people.
double far_of_gallery(double far, std::size_t people);

}  // namespace kface
