// Options are declared once, in a visit_*_options(options, field) function; command line, config
// file, --help, docs/options.md and the run record are visitors of it.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace kface {

// Closed interval that a numeric option must lie in.
struct Range {
  double lowest;
  double highest;
};

// The words that an option accepts.
struct Choices {
  std::vector<std::string> words;
};

// Any text, a path or a list the code parses itself.
struct AnyText {};

// A field's visitor is called as field(key, reference, domain, description):
//   key          "group.name_with_underscores"; the flag is --name-with-underscores
//   reference    int, double, std::uint64_t, bool (AnyText), or std::string
//   domain       Range, Choices or AnyText
//   description  one line, with the unit

}  // namespace kface
