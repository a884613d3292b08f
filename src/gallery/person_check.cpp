#include "gallery/person_check.h"

#include <algorithm>
#include <cstdint>

namespace kface {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxGroups = 100;
constexpr std::size_t kMaxGroup = 64;
constexpr std::size_t kMaxNumber = 64;

Status refused(const std::string& message) { return {ErrorCode::kInvalidArgument, message}; }

// Length of the UTF-8 character that `text` begins with; 0 where it is none or a control
// character. Unicode 15.0, table 3-7.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto continues = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (i >= text.size() || (byte(i) & 0xc0) != 0x80) {
        return false;
      }
    }
    return true;
  };
  const std::uint8_t first = byte(0);
  if (first < 0x80) {
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  }
  if (first >= 0xc2 && first <= 0xdf && continues(1, 2)) {
    return first == 0xc2 && byte(1) < 0xa0 ? 0 : 2;  // 0x80 to 0x9f are control characters
  }
  if (first >= 0xe0 && first <= 0xef && continues(1, 3)) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xf0 && first <= 0xf4 && continues(1, 4)) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

Status check_number(const char* what, const std::string& text, const std::string& compared) {
  if (text.empty()) {
    return {};
  }
  if (!is_plain_text(text, kMaxNumber) || compared.empty()) {
    return refused(std::string(what) + " of " + std::to_string(text.size()) +
                   " bytes; expected 1 to " + std::to_string(kMaxNumber) +
                   " bytes of UTF-8 without control characters, not spaces alone");
  }
  return {};
}

Status check_groups(const std::vector<std::string>& groups) {
  if (groups.size() > kMaxGroups) {
    return refused(std::to_string(groups.size()) + " groups; expected " +
                   std::to_string(kMaxGroups) + " at most");
  }
  for (const std::string& group : groups) {
    if (!is_plain_text(group, kMaxGroup)) {
      return refused("a group's name of " + std::to_string(group.size()) +
                     " bytes; expected 1 to " + std::to_string(kMaxGroup) +
                     " bytes of UTF-8 without control characters");
    }
  }
  const auto unordered =
      std::adjacent_find(groups.begin(), groups.end(), std::greater_equal<std::string>());
  if (unordered != groups.end()) {
    return refused("group '" + *unordered + "' before '" + *(unordered + 1) +
                   "'; expected ascending groups, each once");
  }
  return {};
}

}  // namespace

bool is_plain_text(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) {
    return false;
  }
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

Status check_person(const Person& person) {
  if (!is_plain_text(person.name, kMaxName)) {
    return refused("a name of " + std::to_string(person.name.size()) + " bytes; expected 1 to " +
                   std::to_string(kMaxName) + " bytes of UTF-8 without control characters");
  }
  KF_TRY(check_groups(person.groups));
  KF_TRY(check_number("a card number", person.card, comparable_card(person.card)));
  KF_TRY(check_number("a number plate", person.vehicle, comparable_vehicle(person.vehicle)));
  if (person.consent_at <= 0) {
    return refused("no date of consent; expected when the person agreed to the use of the face");
  }
  if (person.valid_from && person.valid_until && *person.valid_from >= *person.valid_until) {
    return refused("valid from " + std::to_string(*person.valid_from) + " until " +
                   std::to_string(*person.valid_until) +
                   " ms; expected the first before the other");
  }
  return {};
}

std::string comparable_card(std::string_view card) {
  const auto first = card.find_first_not_of(' ');
  return first == std::string_view::npos
             ? std::string()
             : std::string(card.substr(first, card.find_last_not_of(' ') - first + 1));
}

std::string comparable_vehicle(std::string_view vehicle) {
  std::string text;
  for (const char c : vehicle) {
    if (c != ' ' && c != '-') {
      text.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  return text;
}

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

}  // namespace kface
