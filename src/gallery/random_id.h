// Ids that say nothing about what they name: a letter, '-', and 26 random letters and digits (130
// bits).
#pragma once

#include <string>
#include <string_view>

namespace kface {

// 'p' person, 't' template, 'e' event, 'k' token of the service. Thread-safe.
std::string random_id(char kind);

// Can it be one?
bool is_id(char kind, std::string_view text);

}  // namespace kface
