// The files of a run: results.json, its tables, its report.
#pragma once

#include <filesystem>

#include "experiment/record.h"
#include "kface/status.h"

namespace kface::cli {

// Writes RUN/results.json and RUN/report.html, and for a sweep RUN/ratios.csv and RUN/images.csv.
// Errors: kIo; those of the report.
Status write_run(const std::filesystem::path& run, const Json& record,
                 const std::filesystem::path& dataset);

}  // namespace kface::cli
