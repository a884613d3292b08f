// Text as the audit log keeps it: always UTF-8, on one line, and harmless to a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kface {

// `text` with every byte that is not part of well-formed UTF-8 as U+FFFD; if it is then longer than
// `longest` bytes, cut at a character and ended by "…". Requires: longest >= 3.
// Ensures: doing it again changes nothing.
std::string clean_utf8(std::string_view text, std::size_t longest);

// Appends `text` in quotes. Escaped are quote, backslash, and characters that a terminal obeys or
// that turn the direction of reading: U+0000..1F, 7F..9F, 2028..202E, 2066..2069.
// Requires: text is UTF-8.
void append_json_text(std::string& json, std::string_view text);

}  // namespace kface
