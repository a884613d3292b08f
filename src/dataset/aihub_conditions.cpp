#include "dataset/aihub_conditions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "dataset/text.h"

namespace kface {
namespace {

using Conditions = std::vector<AihubCondition>;

std::string padded(std::string_view letter, int number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(letter) + std::string(digits - std::min(digits, text.size()), '0') + text;
}

Conditions make_resolutions() {
  Conditions conditions;
  for (const char* name : {"high", "middle", "low"}) {
    conditions.push_back({name, static_cast<int>(conditions.size()) + 1, {{"resolution", name}}});
  }
  return conditions;
}

Conditions make_named(const char* letter, std::size_t digits, const char* attribute,
                      const std::vector<const char*>& names) {
  Conditions conditions;
  for (const char* name : names) {
    const int number = static_cast<int>(conditions.size()) + 1;
    conditions.push_back({padded(letter, number, digits), number, {{attribute, name}}});
  }
  return conditions;
}

// Lamps that burn together, by descending lux; L numbers run through the groups in this order.
struct LampGroup {
  std::vector<int> lux;
  const char* direction;
  const char* vertical_degrees;    // + = up; empty: from everywhere
  const char* horizontal_degrees;  // + = right
};

Conditions make_lights() {
  const std::vector<LampGroup> groups = {
      {{1000, 400, 200, 150, 100, 40, 0}, "all", "", ""},
      {{400, 200, 100, 40}, "up30", "30", "0"},
      {{400, 200, 100, 40}, "down15", "-15", "0"},
      {{400, 200, 100}, "right90", "0", "90"},
      {{400, 200, 100}, "right45", "0", "45"},
      {{400, 200, 100}, "front", "0", "0"},
      {{400, 200, 100}, "left45", "0", "-45"},
      {{400, 200, 100}, "left90", "0", "-90"},
  };
  Conditions conditions;
  for (const LampGroup& group : groups) {
    for (const int lux : group.lux) {
      const int number = static_cast<int>(conditions.size()) + 1;
      AihubCondition condition{padded("L", number, 1), number, {}};
      condition.attributes["lux"] = std::to_string(lux);
      condition.attributes["light_direction"] = group.direction;
      if (*group.vertical_degrees != '\0') {
        condition.attributes["light_vertical_degrees"] = group.vertical_degrees;
        condition.attributes["light_horizontal_degrees"] = group.horizontal_degrees;
      }
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

Conditions make_cameras() {
  struct Angle {
    int pitch;
    int yaw;
  };
  constexpr int kRow = 13;
  constexpr int kStep = 15;
  std::vector<Angle> angles;
  angles.reserve(kRow);
  for (int i = 0; i < kRow; ++i) {
    angles.push_back({0, 90 - kStep * i});
  }
  for (const Angle angle :
       {Angle{30, 45}, {30, 15}, {30, 0}, {30, -15}, {30, -45}, {-15, 30}, {-15, -30}}) {
    angles.push_back(angle);
  }
  Conditions conditions;
  for (const Angle& angle : angles) {
    const int number = static_cast<int>(conditions.size()) + 1;
    const std::string code = padded("C", number, 1);
    conditions.push_back({code,
                          number,
                          {{"camera", code},
                           {"camera_yaw", std::to_string(angle.yaw)},
                           {"camera_pitch", std::to_string(angle.pitch)}}});
  }
  return conditions;
}

constexpr std::array<char, kNumAihubDimensions> kLetters = {'\0', 's', 'l', 'e', 'c'};

struct Filter {
  const char* name;
  AihubDimension dimension;
  const char* attribute;  // null: only the code
};

constexpr std::array<Filter, 12> kFilters = {{
    {"resolution", kResolution, "resolution"},
    {"session", kSession, nullptr},
    {"accessory", kSession, "accessory"},
    {"light", kLight, nullptr},
    {"lux", kLight, "lux"},
    {"light-direction", kLight, "light_direction"},
    {"light-vertical", kLight, "light_vertical_degrees"},
    {"light-horizontal", kLight, "light_horizontal_degrees"},
    {"expression", kExpression, "expression"},
    {"camera", kCamera, nullptr},
    {"camera-yaw", kCamera, "camera_yaw"},
    {"camera-pitch", kCamera, "camera_pitch"},
}};

// Number of a code in a filter. A bare number is a code only where no attribute is numeric.
int code_number(const Filter& filter, std::string_view text) {
  const int number = aihub_number(filter.dimension, text);
  if (number != 0 || filter.attribute != nullptr) {
    return number;
  }
  const auto bare = parse_int(text);
  const auto count = static_cast<int>(aihub_conditions(filter.dimension).size());
  return bare.has_value() && *bare >= 1 && *bare <= count ? *bare : 0;
}

std::string attribute_of(const AihubCondition& condition, const char* name) {
  const auto found = condition.attributes.find(name);
  return found == condition.attributes.end() ? std::string() : found->second;
}

bool has_value(const Filter& filter, const std::string& value) {
  const auto& conditions = aihub_conditions(filter.dimension);
  return filter.attribute != nullptr &&
         std::any_of(conditions.begin(), conditions.end(), [&](const AihubCondition& condition) {
           return attribute_of(condition, filter.attribute) == value;
         });
}

// Adds to `wanted` what one term of a filter's list names; false if it names nothing.
bool add_term(const Filter& filter, const std::string& term, std::vector<bool>& wanted) {
  int first = code_number(filter, term);
  int last = first;
  if (const std::size_t dash = term.find('-'); first == 0 && dash != std::string::npos) {
    first = code_number(filter, std::string_view(term).substr(0, dash));
    last = code_number(filter, std::string_view(term).substr(dash + 1));
  }
  std::optional<double> lowest;
  std::optional<double> highest;
  if (const std::size_t dots = term.find(".."); dots != std::string::npos) {
    lowest = parse_double(std::string_view(term).substr(0, dots));
    highest = parse_double(std::string_view(term).substr(dots + 2));
  }
  const bool everything = term == "all" && !has_value(filter, term);
  bool found = false;
  for (const AihubCondition& condition : aihub_conditions(filter.dimension)) {
    bool matches =
        everything || (first != 0 && condition.number >= first && condition.number <= last);
    if (filter.attribute != nullptr) {
      const std::string value = attribute_of(condition, filter.attribute);
      const auto number = parse_double(value);
      matches = matches || (!value.empty() && value == term) ||
                (number && lowest && highest && *number >= *lowest && *number <= *highest);
    }
    if (matches) {
      wanted[static_cast<std::size_t>(condition.number) - 1] = true;
      found = true;
    }
  }
  return found;
}

// All terms of a filter but ranges.
std::string known_terms(const Filter& filter) {
  std::string known = has_value(filter, "all") ? "" : "all";
  std::set<std::string> seen;
  for (const AihubCondition& condition : aihub_conditions(filter.dimension)) {
    const std::string value =
        filter.attribute == nullptr ? condition.code : attribute_of(condition, filter.attribute);
    if (!value.empty() && seen.insert(value).second) {
      known += (known.empty() ? "" : ", ") + value;
    }
  }
  return known;
}

const Filter* find_filter(const std::string& name) {
  const auto* filter = std::find_if(kFilters.begin(), kFilters.end(),
                                    [&name](const Filter& known) { return name == known.name; });
  return filter == kFilters.end() ? nullptr : filter;
}

Status apply_filter(const Filter& filter, const std::string& list, std::vector<bool>& mask) {
  std::vector<bool> wanted(mask.size(), false);
  std::string rest = lower_case(list) + ',';
  for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
    const std::string term = rest.substr(0, comma);
    rest.erase(0, comma + 1);
    if (!add_term(filter, term, wanted)) {
      return Status{ErrorCode::kInvalidArgument, std::string("--") + filter.name + ": '" +
                                                     one_line(term) +
                                                     "' is none of: " + known_terms(filter)};
    }
  }
  for (std::size_t i = 0; i < mask.size(); ++i) {
    mask[i] = mask[i] && wanted[i];
  }
  return {};
}

}  // namespace

const std::vector<AihubCondition>& aihub_conditions(AihubDimension dimension) {
  static const std::array<Conditions, kNumAihubDimensions> tables = {
      make_resolutions(),
      make_named("S", 3, "accessory",
                 {"none", "glasses", "horn-rimmed-glasses", "sunglasses", "cap",
                  "cap-and-horn-rimmed-glasses"}),
      make_lights(), make_named("E", 2, "expression", {"neutral", "smile", "frown"}),
      make_cameras()};
  return tables.at(dimension);
}

int aihub_number(AihubDimension dimension, std::string_view name) {
  const std::string lower = lower_case(name);
  if (dimension == kResolution) {
    for (const AihubCondition& condition : aihub_conditions(dimension)) {
      const std::string& word = condition.code;
      if (lower == word || lower == word + "_resolution" || lower == word + "-resolution" ||
          lower == word + " resolution") {
        return condition.number;
      }
    }
    return 0;
  }
  constexpr std::size_t kMostDigits = 3;
  if (lower.size() < 2 || lower.size() > 1 + kMostDigits || lower[0] != kLetters.at(dimension) ||
      lower.find_first_not_of("0123456789", 1) != std::string::npos) {
    return 0;
  }
  const int number = parse_int(std::string_view(lower).substr(1)).value_or(0);
  return number <= static_cast<int>(aihub_conditions(dimension).size()) ? number : 0;
}

std::vector<std::string> aihub_filter_names() {
  std::vector<std::string> names;
  names.reserve(kFilters.size());
  for (const Filter& filter : kFilters) {
    names.emplace_back(filter.name);
  }
  return names;
}

std::string aihub_filter_help(const std::string& name) {
  const Filter* filter = find_filter(name);
  KF_REQUIRE(filter != nullptr, name);
  if (filter->attribute != nullptr) {
    return known_terms(*filter);
  }
  // Codes are numbered through: the first and the last say it all.
  const auto& conditions = aihub_conditions(filter->dimension);
  return conditions.front().code + " to " + conditions.back().code + ", or all";
}

Result<AihubMask> parse_aihub_filters(const std::map<std::string, std::string>& filters) {
  AihubMask mask;
  std::array<bool, kNumAihubDimensions> filtered{};
  for (std::size_t dimension = 0; dimension < kNumAihubDimensions; ++dimension) {
    mask.wanted.emplace_back(aihub_conditions(static_cast<AihubDimension>(dimension)).size(), true);
  }
  for (const auto& [name, list] : filters) {
    const Filter* filter = find_filter(name);
    if (filter == nullptr) {
      return Status{ErrorCode::kInvalidArgument, "--" + one_line(name) + ": no such filter"};
    }
    filtered.at(filter->dimension) = true;
    KF_TRY(apply_filter(*filter, list, mask.wanted[filter->dimension]));
  }
  mask.any_resolution = !filtered[kResolution];
  if (!filtered[kExpression]) {
    mask.wanted[kExpression] = {true, false, false};
  }
  if (!filtered[kCamera]) {
    constexpr std::size_t kFrontal = 7;
    mask.wanted[kCamera].assign(mask.wanted[kCamera].size(), false);
    mask.wanted[kCamera][kFrontal - 1] = true;
  }
  return mask;
}

}  // namespace kface
