// The lines of an HTTP answer that a download needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kface {

// Content-Range of a partial answer: "bytes FIRST-LAST/TOTAL".
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t total = 0;
};

struct HttpHeaders {
  std::optional<std::uint64_t> content_length;
  std::optional<ContentRange> content_range;
  std::string etag;
  std::string last_modified;
  std::string content_encoding;

  // Reads one header line; a status line starts a new answer (after a redirection, say).
  void read_line(std::string_view line);

  // What If-Range may carry: a strong ETag, else the date, else nothing.
  std::string validator() const;
  // False if these headers show that the file is another version than `validator` is of.
  bool may_be_version(const std::string& validator) const;
};

}  // namespace kface
