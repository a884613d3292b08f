// Comma-separated values as RFC 4180 has them, UTF-8, first row the header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

using CsvRow = std::vector<std::string>;

// The row as a line with its newline; a field is quoted where it must be.
std::string csv_line(const CsvRow& row);

// All rows of `text`; quoted fields may hold commas, quotes and newlines; CRLF and LF both end a
// row; empty lines are skipped.
// Errors: kCorruption, with the line number, for a stray quote, an unterminated quoted field, or a
// last row without its newline (a file cut short).
Result<std::vector<CsvRow>> parse_csv(std::string_view text);

}  // namespace kface
