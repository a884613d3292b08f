// The report of a run: one HTML file that opens offline, in English and Korean.
//
// It renders a run record (docs/formats/run-record.md) and computes nothing: every figure in it
// stands in the record. A section of the page is one file in web/sections.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "kface/status.h"

namespace kface {

// The HTML page of `record`, the JSON text of a run record; the chips that it names are read from
// the folder `dataset` and put into the page.
//
// Ensures:  the page names no external address and its Content-Security-Policy forbids every
//           request; text of the record can neither end a script nor become markup. A chip that is
//           not there is shown as an empty frame. Same record and chips, same bytes.
// Errors:   kCorruption (not JSON, not a run record, a key of another type, a chip outside the
//           dataset or neither PNG nor JPEG), kVersion (a record of another version or an unknown
//           kind), kInvalidArgument (a chip beyond 8 MiB), kIo.
// Cost:     O(record + chips). Thread-safe.
Result<std::string> render_report(std::string_view record, const std::filesystem::path& dataset);

// render_report of the record in the file `record`, written to `out` whole or not at all.
// Errors: as render_report, the file named; kNotFound if `record` is missing; kIo.
Status write_report(const std::filesystem::path& record, const std::filesystem::path& dataset,
                    const std::filesystem::path& out);

}  // namespace kface
