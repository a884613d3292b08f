#include "experiment/tables.h"

#include "base/csv.h"

namespace kface {
namespace {

constexpr const char* kFigures[] = {"accuracy",  "loss", "overlap", "overlap_all",
                                    "threshold", "eer",  "auc",     "threshold_at_eer"};
constexpr const char* kPaperFigures[] = {"accuracy", "loss", "overlap", "threshold"};
constexpr const char* kCounts[] = {"num_identities", "num_images", "num_same", "num_different"};

// A METRIC: a number, {"value": x, ...} or null.
std::string figure_text(const Json& row, const char* key) {
  if (!row.contains(key) || row[key].is_null()) {
    return "";
  }
  const Json& value = row[key].is_object() ? row[key]["value"] : row[key];
  return value.dump();
}

}  // namespace

std::string results_csv(const Json& results, const Json& paper_rows, const std::string& key) {
  CsvRow header = {"ratio", "split", "images_per_person"};
  header.insert(header.end(), std::begin(kFigures), std::end(kFigures));
  header.insert(header.end(), std::begin(kCounts), std::end(kCounts));
  for (const char* figure : kPaperFigures) {
    header.push_back(std::string("paper_") + figure);
  }
  std::string text = csv_line(header);
  for (const Json& result : results) {
    CsvRow row = {result["ratio"].is_null() ? "" : result["ratio"].get<std::string>(),
                  result["split"].get<std::string>(), result["images_per_person"].dump()};
    for (const char* figure : kFigures) {
      row.push_back(figure_text(result, figure));
    }
    for (const char* count : kCounts) {
      row.push_back(figure_text(result, count));
    }
    Json paper = Json::object();
    for (const Json& candidate : paper_rows) {
      if (candidate[key] == result[key]) {
        paper = candidate;
      }
    }
    for (const char* figure : kPaperFigures) {
      row.push_back(figure_text(paper, figure));
    }
    text += csv_line(row);
  }
  return text;
}

}  // namespace kface
