// The files of the page, embedded into the binary by cmake/KfaceEmbed.cmake.
#pragma once

#include <string>
#include <string_view>

namespace kface::report {

std::string_view page_template();
std::string_view style_sheet();
std::string_view echarts_script();

// Our scripts, in the order in which they must run.
std::string page_script();

// {"en": {...}, "ko": {...}}: every sentence of the page.
std::string strings_json();

}  // namespace kface::report
