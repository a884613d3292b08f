// The two tables of a sweep as CSV, for spreadsheets.
#pragma once

#include <string>

#include "experiment/record.h"

namespace kface {

// One row a RESULT of `results` (docs/formats/run-record.md), its main figures as columns; the
// paper's own beside them where paper_rows has a row with the same `key` value.
std::string results_csv(const Json& results, const Json& paper_rows, const std::string& key);

}  // namespace kface
