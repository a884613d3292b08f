#include "gate/page.h"

// Made by kface_embed(); the names are listed in web/CMakeLists.txt.
// NOLINTBEGIN(bugprone-macro-parentheses): a declared name cannot stand in parentheses
#define KFACE_ASSET(name)       \
  extern "C" const char name[]; \
  extern "C" const unsigned long name##_size
// NOLINTEND(bugprone-macro-parentheses)
#define KFACE_VIEW(name) \
  std::string_view { name, name##_size }

#ifdef KFACE_PAGE_BUILT
KFACE_ASSET(kface_page_html);
KFACE_ASSET(kface_page_script);
KFACE_ASSET(kface_page_style);
KFACE_ASSET(kface_page_icon);
KFACE_ASSET(kface_page_manifest);
#else
KFACE_ASSET(kface_page_missing);
#endif

namespace kface {

std::optional<PageFile> page_file(std::string_view path) {
  constexpr std::string_view kHtml = "text/html; charset=utf-8";
#ifdef KFACE_PAGE_BUILT
  struct Entry {
    std::string_view path;
    PageFile file;
  };
  static const Entry entries[] = {
      {"/", {KFACE_VIEW(kface_page_html), kHtml}},
      {"/assets/page.js", {KFACE_VIEW(kface_page_script), "text/javascript; charset=utf-8"}},
      {"/assets/page.css", {KFACE_VIEW(kface_page_style), "text/css; charset=utf-8"}},
      {"/assets/icon.svg", {KFACE_VIEW(kface_page_icon), "image/svg+xml"}},
      {"/assets/kface.webmanifest", {KFACE_VIEW(kface_page_manifest), "application/manifest+json"}},
  };
  for (const Entry& entry : entries) {
    if (entry.path == path) {
      return entry.file;
    }
  }
#else
  if (path == "/") {
    return PageFile{KFACE_VIEW(kface_page_missing), kHtml};
  }
#endif
  return std::nullopt;
}

}  // namespace kface
