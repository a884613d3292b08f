// The page of the gate (src/gate/web), as it lies in the program.
#pragma once

#include <optional>
#include <string_view>

namespace kface {

// One file of the page. Views of memory that is there for as long as the program runs.
struct PageFile {
  std::string_view bytes;
  std::string_view content_type;  // of HTTP, with its charset where it is text
};

// The file at `path` of a URL, "/" or "/assets/..."; none for every other path. A program that was
// built without the page (no npm: src/gate/web/CMakeLists.txt says so) has one at "/" that tells
// what to do, and nothing else. The page is made for the content-security policy that the service
// sends: it has nothing inline.
//
// Cost: a few comparisons. Thread-safe.
std::optional<PageFile> page_file(std::string_view path);

}  // namespace kface
