// Text of the outside world (file names, numbers in files) made safe to store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kface {

// True if `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

// `text` with each byte that is not part of well-formed UTF-8 written as %XX.
std::string to_utf8(std::string_view text);

// One line: to_utf8, and control characters become spaces.
std::string one_line(std::string_view text);

// `text` as one component of a path, at most 130 bytes long, never empty, never starting with a
// dot. Letters of any script, digits, '-', '_' and '.' stay; '/' becomes '+'; every other byte
// becomes %XX, so that different texts have different names; what would be too long is cut and
// ends in '~' and 16 digits of its SHA-256.
std::string safe_name(std::string_view text);

// The whole of `text` as a number; nothing for anything else (empty, spaces, NaN, infinite, out of
// range). A decimal point is '.', whatever the locale.
std::optional<int> parse_int(std::string_view text);
std::optional<double> parse_double(std::string_view text);

// Shortest text that parses back to the same float.
std::string format_float(float value);

std::string lower_case(std::string_view text);  // ASCII letters only

}  // namespace kface
