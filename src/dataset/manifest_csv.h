// manifest.csv as text, without files around it. docs/formats/manifest.md is the specification.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Names of the columns that every manifest has, in their order.
const std::vector<std::string>& manifest_columns();

// Values of those columns for one image (not its attributes), and back.
CsvRow record_fields(const ImageRecord& record);

// Requires: as many fields as manifest_columns().
// Errors:   kCorruption: the column, what it holds, what was expected.
Result<ImageRecord> record_from_fields(const CsvRow& fields);

// Errors: kInvalidArgument if an attribute is named like a column of ours, or two images have one
//         id, or an image is neither accepted with a chip nor refused with a reason.
Result<std::string> format_manifest_csv(const std::vector<ImageRecord>& images);

// `name` stands in front of every error. Rows come back sorted by id.
// Errors: kCorruption, with the line: see read_manifest.
Result<std::vector<ImageRecord>> parse_manifest_csv(std::string_view text, std::string_view name);

}  // namespace kface
