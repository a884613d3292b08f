#include "experiment/condition_groups.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

namespace kface {
namespace {

struct QualityColumn {
  const char* name;
  double (*read)(const Quality&);
  const char* best;  // third
};

constexpr std::array<QualityColumn, 4> kQuality = {{
    {"quality_brightness", [](const Quality& q) { return double{q.brightness}; }, "middle"},
    {"quality_face_size", [](const Quality& q) { return double{q.face_size_px}; }, "high"},
    {"quality_sharpness", [](const Quality& q) { return double{q.sharpness}; }, "high"},
    {"quality_yaw", [](const Quality& q) { return std::abs(double{q.yaw_degrees}); }, "low"},
}};

const std::map<std::string, std::string>& passport_values() {
  static const std::map<std::string, std::string> values = {
      {"accessory", "none"},          {"camera", "C7"},
      {"camera_pitch", "0"},          {"camera_yaw", "0"},
      {"expression", "neutral"},      {"light_direction", "all"},
      {"light_subset", "1"},          {"lux", "1000"},
      {"resolution", "high"},         {"light_horizontal_degrees", "0"},
      {"light_vertical_degrees", "0"}};
  return values;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text.empty() ? "none" : text;
}

Status choose_reference(ConditionGroup& group, const std::map<std::string, std::string>& references,
                        const std::string& fallback) {
  const auto at = [&group](const std::string& value) {
    return std::find(group.values.begin(), group.values.end(), value);
  };
  if (const auto given = references.find(group.attribute); given != references.end()) {
    if (at(given->second) == group.values.end()) {
      return {ErrorCode::kInvalidArgument,
              "reference " + group.attribute + "=" + given->second +
                  ": no image has that value; there are: " + joined(group.values)};
    }
    group.reference = static_cast<std::size_t>(at(given->second) - group.values.begin());
    return {};
  }
  if (const auto usual = at(fallback); usual != group.values.end()) {
    group.reference = static_cast<std::size_t>(usual - group.values.begin());
    return {};
  }
  for (std::size_t value = 1; value < group.values.size(); ++value) {
    group.reference = group.count(value) > group.count(group.reference) ? value : group.reference;
  }
  return {};
}

// Of rows and of refused images; values of accepted images only.
ConditionGroup attribute_group(const FeatureSet& set, const Manifest& manifest,
                               const std::string& attribute) {
  const auto value_in = [&attribute](const ImageRecord& image) {
    const auto found = image.attributes.find(attribute);
    return found == image.attributes.end() ? std::string() : found->second;
  };
  std::set<std::string> values;
  for (const auto image : set.images) {
    values.insert(value_in(manifest.images[image]));
  }
  values.erase("");
  ConditionGroup group;
  group.attribute = attribute;
  group.values.assign(values.begin(), values.end());
  std::sort(group.values.begin(), group.values.end(), by_number_then_text);
  const auto index = [&group](const std::string& value) {
    const auto at = std::find(group.values.begin(), group.values.end(), value);
    return at == group.values.end() ? -1 : static_cast<int>(at - group.values.begin());
  };
  for (const auto image : set.images) {
    group.value_of_row.push_back(index(value_in(manifest.images[image])));
  }
  group.num_refused.resize(group.values.size());
  for (const ImageRecord& image : manifest.images) {
    if (const int value = index(value_in(image)); value >= 0 && !image.accepted()) {
      ++group.num_refused[static_cast<std::size_t>(value)];
    }
  }
  return group;
}

// Empty values where a third cannot be told from the next.
ConditionGroup quality_group(const FeatureSet& set, const Manifest& manifest,
                             const QualityColumn& column) {
  std::vector<double> figures;
  figures.reserve(set.size());
  for (const auto image : set.images) {
    figures.push_back(column.read(manifest.images[image].quality));
  }
  ConditionGroup group;
  group.attribute = column.name;
  group.quality = true;
  std::vector<double> sorted = figures;
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) {
    return group;
  }
  group.bounds = {sorted[sorted.size() / 3], sorted[2 * sorted.size() / 3]};
  if (!(sorted.front() < group.bounds[0] && group.bounds[0] < group.bounds[1])) {
    return group;
  }
  group.values = {"low", "middle", "high"};
  group.num_refused.resize(group.values.size());
  for (const double figure : figures) {
    group.value_of_row.push_back(figure < group.bounds[0] ? 0 : figure < group.bounds[1] ? 1 : 2);
  }
  return group;
}

std::vector<std::string> attribute_names(const FeatureSet& set, const Manifest& manifest) {
  std::set<std::string> names;
  for (const auto image : set.images) {
    for (const auto& [name, value] : manifest.images[image].attributes) {
      names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace

bool by_number_then_text(const std::string& a, const std::string& b) {
  const auto number = [](const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return end == text.c_str() + text.size() ? value : std::numeric_limits<double>::infinity();
  };
  return std::pair(number(a), a) < std::pair(number(b), b);
}

std::size_t ConditionGroup::count(std::size_t value) const {
  return static_cast<std::size_t>(
      std::count(value_of_row.begin(), value_of_row.end(), static_cast<int>(value)));
}

Result<std::vector<ConditionGroup>> condition_groups(
    const FeatureSet& set, const Manifest& manifest, const std::vector<std::string>& wanted,
    const std::map<std::string, std::string>& references) {
  std::map<std::string, ConditionGroup> known;
  std::vector<std::string> order;
  std::vector<std::string> others;  // attributes that are no conditions, and why
  for (const std::string& name : attribute_names(set, manifest)) {
    ConditionGroup group = attribute_group(set, manifest, name);
    const std::size_t count = group.values.size();
    if (count < 2 || count > kMaxConditionValues) {
      others.push_back(name + " (" + std::to_string(count) + " values)");
      continue;
    }
    const auto usual = passport_values().find(name);
    KF_TRY(
        choose_reference(group, references, usual == passport_values().end() ? "" : usual->second));
    order.push_back(name);
    known.emplace(name, std::move(group));
  }
  for (const QualityColumn& column : kQuality) {
    ConditionGroup group = quality_group(set, manifest, column);
    if (!group.values.empty()) {
      KF_TRY(choose_reference(group, references, column.best));
      order.emplace_back(column.name);
      known.emplace(column.name, std::move(group));
    }
  }
  std::vector<ConditionGroup> groups;
  for (const std::string& name : wanted.empty() ? order : wanted) {
    const auto found = known.find(name);
    if (found == known.end()) {
      return Status{ErrorCode::kInvalidArgument, "attribute '" + name + "': expected one of 2 to " +
                                                     std::to_string(kMaxConditionValues) +
                                                     " values; there are: " + joined(order) +
                                                     "; not conditions: " + joined(others)};
    }
    groups.push_back(found->second);
  }
  for (const auto& [name, value] : references) {
    if (!known.contains(name)) {
      std::string message = "reference " + name;
      message.append("=").append(value).append(": no such attribute; there are: ");
      return Status{ErrorCode::kInvalidArgument, message.append(joined(order))};
    }
  }
  if (groups.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  "the images of this dataset cannot be told apart: no attribute has 2 values or "
                  "more (there are: " +
                      joined(others) + ") and all have one quality; give attributes with a table"};
  }
  return groups;
}

}  // namespace kface
