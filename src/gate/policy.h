// What a gate asks for before it lets somebody in. Declared once; flags, config file and
// docs/options.md are visitors.
#pragma once

#include <string>
#include <vector>

#include "base/options.h"

namespace kface {

struct GatePolicy {
  // 0: the model's own threshold.
  double threshold = 0;
  bool allow_unmeasured = false;
  double min_margin = 0.05;  // part of the threshold
  double doubt = 0.05;       // part of the threshold
  double min_quality = 0.1;
  double min_enrol_quality = 0.2;
  int timeout_ms = 2000;
  bool keep_photos = false;        // of enrolment
  bool keep_event_photos = false;  // of decisions
  int retention_days = 30;         // of details and photos of events
  bool require_liveness = false;
  double min_liveness = 0.5;
  bool anti_passback = false;
  std::string schedule = {};  // file, gate/schedule.h
  std::size_t max_photo_bytes = 8U << 20U;
  std::size_t max_photo_pixels = 24'000'000;
};

template <typename Field>
void visit_gate_options(GatePolicy& o, Field&& field) {
  field("gate.threshold", o.threshold, Range{0, 100},
        "largest distance that is let in (0: the model's own)");
  field("gate.allow_unmeasured", o.allow_unmeasured, AnyText{},
        "let people in by a threshold that was never measured on anybody");
  field("gate.min_margin", o.min_margin, Range{0, 100},
        "how much farther the runner-up must be, as a part of the threshold; else not sure");
  field("gate.doubt", o.doubt, Range{0, 100},
        "beyond the threshold by at most this part of it: not sure, instead of denied");
  field("gate.min_quality", o.min_quality, Range{0, 1}, "lowest quality of a face to decide on");
  field("gate.min_enrol_quality", o.min_enrol_quality, Range{0, 1},
        "lowest quality of a photo to enrol");
  field("gate.timeout_ms", o.timeout_ms, Range{50, 60000},
        "a decision that takes longer is denied");
  field("gate.keep_photos", o.keep_photos, AnyText{},
        "keep enrolment photos, sealed; lets another model re-embed them");
  field("gate.keep_event_photos", o.keep_event_photos, AnyText{},
        "keep a sealed photo of each decision for the retention period");
  field("gate.retention_days", o.retention_days, Range{0, 3650},
        "days that details and photos of events are kept");
  field("gate.require_liveness", o.require_liveness, AnyText{},
        "let nobody in whose liveness was not shown");
  field("gate.min_liveness", o.min_liveness, Range{0, 1}, "lowest liveness that counts as shown");
  field("gate.anti_passback", o.anti_passback, AnyText{},
        "nobody enters twice without leaving, or leaves twice");
  field("gate.schedule", o.schedule, AnyText{},
        "TOML file: when each group may pass (default: always)");
}

}  // namespace kface
