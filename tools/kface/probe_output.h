// How the figures of probes are printed: one line of a table each.
#pragma once

#include <string>

#include "experiment/record.h"

namespace kface::cli {

// The head of the table, below a column for what a line is about.
void print_probe_head(const std::string& what);

// METRICS of experiment/probe_metrics.h; null prints as "too few pairs".
void print_probe_line(const std::string& what, const Json& metrics);

}  // namespace kface::cli
