// Options of the challenge, as the command line and a config file name them.
#pragma once

#include "base/options.h"

namespace kface {

// The figures are reasoned, not measured on people: docs/liveness.md says how.
struct ChallengeOptions {
  int steps = 3;
  int step_limit_ms = 6000;
  int settle_limit_ms = 10000;
  double turn_degrees = 20;
  int min_eye_distance_px = 60;
};

// All but how many steps: where those are given.
template <typename Options, typename Visitor>
void visit_challenge_limits(Options& o, Visitor&& field) {
  field("liveness.step_limit_ms", o.step_limit_ms, Range{1000, 60000},
        "time for one movement and back, in milliseconds");
  field("liveness.settle_limit_ms", o.settle_limit_ms, Range{1000, 60000},
        "time to look at the camera before the first movement, in milliseconds");
  field("liveness.turn_degrees", o.turn_degrees, Range{12, 35},
        "how far a head must turn from its own frontal pose, in degrees");
  field("liveness.min_eye_distance_px", o.min_eye_distance_px, Range{30, 1000},
        "least distance of the outer corners of the eyes, in pixels; nearer is asked for below");
}

template <typename Options, typename Visitor>
void visit_challenge_options(Options& o, Visitor&& field) {
  field("liveness.steps", o.steps, Range{2, 8}, "movements that the challenge asks for");
  visit_challenge_limits(o, field);
}

}  // namespace kface
