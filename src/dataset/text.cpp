#include "dataset/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "base/digest.h"

namespace kface {
namespace {

constexpr std::size_t kLongestName = 130;
constexpr std::size_t kCutName = 100;
constexpr std::size_t kDigestDigits = 16;

// Length of the well-formed UTF-8 character at the start of `text`, 0 if there is none
// (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  std::size_t length = 0;
  unsigned lowest = 0x80;
  unsigned highest = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    lowest = lead == 0xE0 ? 0xA0 : lowest;
    highest = lead == 0xED ? 0x9F : highest;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    lowest = lead == 0xF0 ? 0x90 : lowest;
    highest = lead == 0xF4 ? 0x8F : highest;
  }
  if (length == 0 || text.size() < length || byte(1) < lowest || byte(1) > highest) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

std::string percent(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      result += percent(text.front());
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

std::string one_line(std::string_view text) {
  std::string line = to_utf8(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      c = ' ';
    }
  }
  return line;
}

std::string safe_name(std::string_view text) {
  std::string name;
  std::size_t cut = 0;  // where the name may be cut without halving a character
  std::string_view rest = text;
  while (!rest.empty()) {
    if (name.size() <= kCutName) {
      cut = name.size();
    }
    const std::size_t length = utf8_length(rest);
    const char c = rest.front();
    if (length > 1) {
      name += rest.substr(0, length);
    } else if (c == '/') {
      name += '+';
    } else if (length == 1 && is_plain(c) && !(c == '.' && name.empty())) {
      name += c;
    } else {
      name += percent(c);
    }
    rest.remove_prefix(length > 1 ? length : 1);
  }
  if (name.empty()) {
    return "%";  // '%' is always followed by two digits otherwise
  }
  if (name.size() > kLongestName) {
    name.resize(cut);
    name += '~' + sha256_hex(text).substr(0, kDigestDigits);
  }
  return name;
}

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return {};
  }
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      !std::isfinite(value)) {
    return {};
  }
  return value;
}

std::string format_float(float value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string("0");
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

}  // namespace kface
