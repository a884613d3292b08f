// Scores as text, for other people's evaluation programs: docs/formats/scores.md.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "experiment/scored_pairs.h"

namespace kface {

// A name as one word of a score file: bytes that would end the word or the line, or be read as a
// quote, a comment or this escape itself, become %XX.
std::string score_word(std::string_view name);

// Writes genuine.txt and impostor.txt (PyEER: one distance a line, smaller = more alike) and
// scores-4col (Bob: claimed_id real_id probe_label score, larger = more alike) into `folder`, which
// is made if it is missing. Pairs stand in the order of `scores`; those without a distance are not
// written. The same bytes for the same scores.
// Errors: kIo.
Status write_scores(const std::filesystem::path& folder, const ScoredPairs& scores,
                    const FeatureSet& set, const Manifest& manifest);

}  // namespace kface
