// Results of clips in the forms that people and programs read.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gate/liveness/clip_score.h"

namespace kface {

// {"kind": "liveness", "options", "num_clips", "num_ignored",
//  "bona_fide": {"num", "live", "attack", "unknown", "bpcer", "bpnrr", "refused"},
//  "attacks": [{"name", "num", "live", "attack", "unknown", "apcer", "apnrr", "accepted"}],
//  "apcer_worst": {"name", "value", "ci95"}}
// Rates as {"value", "ci95": [low, high]}, null where there is nothing to divide by.
nlohmann::ordered_json clips_json(const std::vector<ClipResult>& results,
                                  const ClipOptions& options, std::size_t num_ignored);

// One row a clip: kind, clip, verdict, reason, the four scores (empty: unknown), frames,
// frames_with_face, challenge (settling, asking, returning, passed, failed; empty without one).
std::string clips_csv(const std::vector<ClipResult>& results, const ClipOptions& options);

// The table that is printed.
std::string clips_text(const nlohmann::ordered_json& json);

}  // namespace kface
