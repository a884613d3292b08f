#include "gate/audit_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "kface/status.h"

namespace kface {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // U+2026

struct Character {
  std::uint32_t point = 0;
  std::size_t bytes = 0;  // 0: not well-formed
};

// What the first byte says: how many bytes, and between what the second must lie, so that there are
// no overlong forms, no surrogates and nothing beyond U+10FFFF (Unicode 15, table 3-7).
struct Lead {
  unsigned char first, last;
  std::size_t bytes;
  unsigned char second_low, second_high;
};
constexpr std::array<Lead, 9> kLeads = {{{0x00, 0x7F, 1, 0, 0},
                                         {0xC2, 0xDF, 2, 0x80, 0xBF},
                                         {0xE0, 0xE0, 3, 0xA0, 0xBF},
                                         {0xE1, 0xEC, 3, 0x80, 0xBF},
                                         {0xED, 0xED, 3, 0x80, 0x9F},
                                         {0xEE, 0xEF, 3, 0x80, 0xBF},
                                         {0xF0, 0xF0, 4, 0x90, 0xBF},
                                         {0xF1, 0xF3, 4, 0x80, 0xBF},
                                         {0xF4, 0xF4, 4, 0x80, 0x8F}}};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto* lead = std::find_if(kLeads.begin(), kLeads.end(), [&](const Lead& each) {
    return each.first <= byte(0) && byte(0) <= each.last;
  });
  if (lead == kLeads.end() || text.size() < lead->bytes) {
    return {};
  }
  if (lead->bytes == 1) {
    return {byte(0), 1};
  }
  if (byte(1) < lead->second_low || byte(1) > lead->second_high) {
    return {};
  }
  std::uint32_t point = byte(0) & (0xFFU >> (lead->bytes + 1));
  for (std::size_t i = 1; i < lead->bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return {};
    }
    point = point << 6U | (byte(i) & 0x3FU);
  }
  return {point, lead->bytes};
}

bool must_be_escaped(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::string clean_utf8(std::string_view text, std::size_t longest) {
  KF_REQUIRE(longest >= kEllipsis.size(), longest);
  std::string clean;
  std::size_t cut_at = 0;  // where the ellipsis still fits
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::size_t taken = std::max<std::size_t>(1, character.bytes);
    clean += character.bytes == 0 ? kReplacement : text.substr(0, taken);
    text.remove_prefix(taken);
    if (clean.size() + kEllipsis.size() <= longest) {
      cut_at = clean.size();
    }
    if (clean.size() > longest) {
      clean.resize(cut_at);
      clean += kEllipsis;
      break;
    }
  }
  return clean;
}

void append_json_text(std::string& json, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  json += '"';
  while (!text.empty()) {
    const Character character = first_character(text);
    KF_REQUIRE(character.bytes > 0);
    if (must_be_escaped(character.point)) {
      json += "\\u";
      for (unsigned shift = 16; shift > 0; shift -= 4) {
        json += kDigits[(character.point >> (shift - 4)) & 0xFU];
      }
    } else {
      if (text.front() == '"' || text.front() == '\\') {
        json += '\\';
      }
      json += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  json += '"';
}

}  // namespace kface
