#include "gate/service/url.h"

#include <algorithm>
#include <cstdint>

namespace kface::service {
namespace {

constexpr std::size_t kMaxParameters = 32;

Status refused(const std::string& why) {
  return {ErrorCode::kInvalidArgument, "the address cannot be read: " + why};
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<std::string> decode_part(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hexadecimal(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hexadecimal(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return refused("a percent sign without two hexadecimal digits");
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_plain_text(decoded)) {
    return refused("a parameter is not UTF-8 text, or holds control characters");
  }
  return decoded;
}

Status check_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return refused("the path does not start with a slash");
  }
  const bool printable = std::all_of(path.begin(), path.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '%' && c != '\\' && c != '#';
  });
  if (!printable) {
    return refused("the path holds characters that no path here has");
  }
  for (const std::string& segment : path_segments(path)) {
    if (segment == "." || segment == "..") {
      return refused("the path holds a relative segment");
    }
  }
  return path.find("//") == std::string_view::npos ? Status()
                                                   : refused("the path holds an empty segment");
}

}  // namespace

std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  std::size_t at = 1;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  if (path.size() > 1 && path.back() == '/') {
    segments.emplace_back();  // "/v1/people/" is not "/v1/people"
  }
  return segments;
}

Result<Target> parse_target(std::string_view target) {
  if (target.size() > kMaxTarget) {
    return refused("it is longer than " + std::to_string(kMaxTarget) + " bytes");
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  Target parsed;
  parsed.path = target.substr(0, mark);
  KF_TRY(check_path(parsed.path));
  std::string_view rest = mark < target.size() ? target.substr(mark + 1) : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    KF_ASSIGN(const std::string name, decode_part(part.substr(0, equals)));
    KF_ASSIGN(std::string value, decode_part(part.substr(std::min(equals + 1, part.size()))));
    if (parsed.query.size() == kMaxParameters) {
      return refused("more than " + std::to_string(kMaxParameters) + " parameters");
    }
    if (!parsed.query.emplace(name, std::move(value)).second) {
      return refused("a parameter is given twice");
    }
  }
  return parsed;
}

bool is_plain_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    if (first < 0x80) {
      if (first < 0x20 || first == 0x7f) {
        return false;
      }
      ++i;
      continue;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || i + length > text.size()) {
      return false;
    }
    std::uint32_t code = first & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xc0U) != 0x80U) {
        return false;
      }
      code = (code << 6U) | (next & 0x3fU);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < kSmallest[length] || code > 0x10ffff || surrogate || code < 0xa0) {
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace kface::service
