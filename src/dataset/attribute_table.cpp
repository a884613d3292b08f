#include "dataset/attribute_table.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/csv.h"

namespace kface {
namespace {

// Columns of manifest.csv that describe what kface itself did.
constexpr std::array kOwnColumns = {"identity",   "source",      "source_sha256", "reason",
                                    "num_faces",  "detector",    "face_size_px",  "sharpness",
                                    "brightness", "yaw_degrees", "roll_degrees",  "chip",
                                    "chip_sha256"};

Status corrupt(std::string_view name, const std::string& found) {
  return {ErrorCode::kCorruption, std::string(name) + ": " + found +
                                      "; expected a header 'id,NAME,...' and a row an image"};
}

Status check_header(const CsvRow& header, std::string_view name) {
  if (header.size() < 2 || header.front() != "id") {
    return corrupt(name, "the first column is '" + header.front() + "' of " +
                             std::to_string(header.size()) + " columns");
  }
  std::set<std::string> seen;
  for (const std::string& column : header) {
    const bool own = std::find(kOwnColumns.begin(), kOwnColumns.end(), column) != kOwnColumns.end();
    if (column.empty() || own || !seen.insert(column).second) {
      return corrupt(name, "column '" + column + "' " +
                               (column.empty() ? "has no name"
                                : own          ? "is one of the manifest's own"
                                               : "stands twice"));
    }
  }
  return {};
}

}  // namespace

Status add_attributes(Manifest& manifest, std::string_view csv, std::string_view name) {
  auto rows = parse_csv(csv);
  if (!rows.ok()) {
    return {rows.error().code(), std::string(name) + ": " + rows.error().message()};
  }
  if (rows.value().empty()) {
    return corrupt(name, "no row");
  }
  const CsvRow& header = rows.value().front();
  KF_TRY(check_header(header, name));
  std::unordered_map<std::string, std::size_t> image_of;
  for (std::size_t i = 0; i < manifest.images.size(); ++i) {
    image_of.emplace(manifest.images[i].id, i);
  }
  std::set<std::string> seen;
  std::string first_unknown;
  std::size_t unknown = 0;
  for (std::size_t at = 1; at < rows.value().size(); ++at) {
    const CsvRow& row = rows.value()[at];
    const std::string place = "row " + std::to_string(at + 1);
    if (row.size() != header.size()) {
      return corrupt(name, place + " has " + std::to_string(row.size()) + " columns, the header " +
                               std::to_string(header.size()));
    }
    if (!seen.insert(row.front()).second) {
      return corrupt(name, place + " is the second of image '" + row.front() + "'");
    }
    if (!image_of.contains(row.front())) {
      first_unknown = unknown++ == 0 ? row.front() : first_unknown;
    }
  }
  if (unknown > 0) {
    return {ErrorCode::kNotFound, std::string(name) + " names " + std::to_string(unknown) +
                                      " images that the dataset does not have, the first is '" +
                                      first_unknown +
                                      "'; the dataset's own are in manifest.csv, column id"};
  }
  for (std::size_t at = 1; at < rows.value().size(); ++at) {
    const CsvRow& row = rows.value()[at];
    auto& attributes = manifest.images[image_of.at(row.front())].attributes;
    for (std::size_t column = 1; column < header.size(); ++column) {
      if (!row[column].empty()) {
        attributes[header[column]] = row[column];
      }
    }
  }
  return {};
}

}  // namespace kface
