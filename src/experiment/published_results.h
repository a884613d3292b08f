// Accuracies that others published, each with the rule by which it was got. docs/protocols.md has
// the same tables with their sources.
#pragma once

#include <string>
#include <vector>

#include "experiment/record.h"

namespace kface {

// Protocols of which there are results: lfw, Q1, Q2, Q3, Q4 (of K-FACE).
std::vector<std::string> published_protocols();

// The "published" of a record's "protocol" (docs/formats/run-record.md): accuracies in percent.
// Requires: one of those names.
Json published_results(const std::string& protocol);

}  // namespace kface
