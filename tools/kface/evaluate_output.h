// What `kface evaluate` prints for people.
#pragma once

#include <string>

#include "experiment/record.h"

namespace kface::cli {

// "1.234 %  [0.987, 1.500]", or "too few pairs" of null.
std::string percent_text(const Json& estimate);

// "0.5140  [0.4941, 0.5532]", or "none" of null.
std::string number_text(const Json& estimate);

// One line of a table: what, and its value.
void print_line(const std::string& what, const std::string& value);

// The table of evaluate_scores(), with "comparison" where there is one.
void print_evaluation(const Json& json);

}  // namespace kface::cli
