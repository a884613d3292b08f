#include "report/record_check.h"

#include <span>
#include <string>

namespace kface::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr int kDeepest = 32;

enum class Type { kObject, kArray, kText, kNumber, kMetric, kAnything };

struct Key {
  const char* name;
  Type type;
};

constexpr Key kCommon[] = {{"program", Type::kObject},
                           {"machine", Type::kObject},
                           {"options", Type::kObject},
                           {"dataset", Type::kObject},
                           {"backbone", Type::kObject}};
constexpr Key kDataset[] = {{"digest", Type::kText},         {"kind", Type::kText},
                            {"num_images", Type::kNumber},   {"num_identities", Type::kNumber},
                            {"num_rejected", Type::kNumber}, {"rejected", Type::kArray},
                            {"attributes", Type::kObject}};
constexpr Key kReason[] = {
    {"reason", Type::kText}, {"count", Type::kNumber}, {"examples", Type::kArray}};
constexpr Key kSweep[] = {{"paper", Type::kObject},       {"frozen", Type::kObject},
                          {"ratios", Type::kArray},       {"images", Type::kArray},
                          {"by_condition", Type::kArray}, {"worst_pairs", Type::kArray}};
constexpr Key kPaper[] = {{"ratios", Type::kArray}, {"images", Type::kArray}};
constexpr Key kResult[] = {
    {"ratio", Type::kAnything},   {"split", Type::kText},        {"accuracy", Type::kMetric},
    {"loss", Type::kMetric},      {"overlap", Type::kMetric},    {"threshold", Type::kMetric},
    {"eer", Type::kMetric},       {"tar_at_far", Type::kObject}, {"history", Type::kArray},
    {"histogram", Type::kObject}, {"roc", Type::kArray}};
constexpr Key kHistogram[] = {
    {"edges", Type::kArray}, {"same", Type::kArray}, {"different", Type::kArray}};
constexpr Key kCondition[] = {{"attribute", Type::kText},
                              {"value", Type::kText},
                              {"model", Type::kText},
                              {"eer", Type::kMetric}};
constexpr Key kWorstPair[] = {{"model", Type::kText},
                              {"kind", Type::kText},
                              {"distance", Type::kNumber},
                              {"a", Type::kObject},
                              {"b", Type::kObject}};
constexpr Key kWorstSide[] = {
    {"id", Type::kText}, {"identity", Type::kText}, {"chip", Type::kText}};
constexpr Key kCompare[] = {{"num_splits", Type::kNumber}, {"recipes", Type::kArray}};
constexpr Key kRecipe[] = {
    {"name", Type::kText}, {"eer", Type::kAnything}, {"tar_at_far", Type::kObject}};

Status corrupt(const std::string& found) {
  return Status{ErrorCode::kCorruption,
                "run record: " + found + "; expected docs/formats/run-record.md, run it again"};
}

bool has_type(const Json& value, Type type) {
  switch (type) {
    case Type::kObject:
      return value.is_object();
    case Type::kArray:
      return value.is_array();
    case Type::kText:
      return value.is_string();
    case Type::kNumber:
      return value.is_number();
    case Type::kMetric:
      return value.is_null() || value.is_number() ||
             (value.is_object() && value.contains("value") && value["value"].is_number());
    case Type::kAnything:
      return true;
  }
  return false;
}

const char* describe(Type type) {
  switch (type) {
    case Type::kObject:
      return "an object";
    case Type::kArray:
      return "an array";
    case Type::kText:
      return "a text";
    case Type::kNumber:
      return "a number";
    case Type::kMetric:
      return "a number, {\"value\": number} or null";
    case Type::kAnything:
      return "a value";
  }
  return "a value";
}

Status check_keys(const Json& object, const std::string& path, std::span<const Key> keys) {
  if (!object.is_object()) {
    return corrupt(path + " is " + object.type_name() + ", not an object");
  }
  for (const Key& key : keys) {
    const std::string name = path.empty() ? key.name : path + "." + key.name;
    const auto found = object.find(key.name);
    if (found == object.end()) {
      return corrupt(name + " is missing");
    }
    if (!has_type(*found, key.type)) {
      return corrupt(name + " is " + found->type_name() + ", not " + describe(key.type));
    }
  }
  return Status{};
}

Status check_each(const Json& array, const std::string& path, std::span<const Key> keys) {
  for (std::size_t i = 0; i < array.size(); ++i) {
    KF_TRY(check_keys(array[i], path + "[" + std::to_string(i) + "]", keys));
  }
  return Status{};
}

Status check_result(const Json& result, const std::string& path) {
  KF_TRY(check_keys(result, path, kResult));
  const Json& histogram = result["histogram"];
  KF_TRY(check_keys(histogram, path + ".histogram", kHistogram));
  const std::size_t bins = histogram["same"].size();
  if (histogram["different"].size() != bins || histogram["edges"].size() != bins + 1) {
    return corrupt(path + ".histogram has " + std::to_string(histogram["edges"].size()) +
                   " edges for " + std::to_string(bins) + " and " +
                   std::to_string(histogram["different"].size()) + " densities");
  }
  return Status{};
}

Status check_results(const Json& results, const std::string& path) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    KF_TRY(check_result(results[i], path + "[" + std::to_string(i) + "]"));
  }
  return Status{};
}

Status check_sweep(const Json& record) {
  KF_TRY(check_keys(record, "", kSweep));
  KF_TRY(check_keys(record["paper"], "paper", kPaper));
  KF_TRY(check_result(record["frozen"], "frozen"));
  KF_TRY(check_results(record["ratios"], "ratios"));
  KF_TRY(check_results(record["images"], "images"));
  KF_TRY(check_each(record["by_condition"], "by_condition", kCondition));
  const Json& pairs = record["worst_pairs"];
  KF_TRY(check_each(pairs, "worst_pairs", kWorstPair));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string path = "worst_pairs[" + std::to_string(i) + "]";
    KF_TRY(check_keys(pairs[i]["a"], path + ".a", kWorstSide));
    KF_TRY(check_keys(pairs[i]["b"], path + ".b", kWorstSide));
  }
  return Status{};
}

Status check_compare(const Json& record) {
  KF_TRY(check_keys(record, "", kCompare));
  return check_each(record["recipes"], "recipes", kRecipe);
}

Status check_header(const Json& record) {
  if (!record.is_object() || record.value("format", Json()) != "kface-run") {
    return corrupt("\"format\" is not \"kface-run\"");
  }
  const Json version = record.value("version", Json());
  if (!version.is_number_integer()) {
    return corrupt("version is " + std::string(version.type_name()) + ", not a number");
  }
  if (version != kVersion) {
    return Status{ErrorCode::kVersion, "run record: format version " + version.dump() +
                                           ", this build reads " + std::to_string(kVersion) +
                                           "; use the kface that wrote it, or run it again"};
  }
  return Status{};
}

}  // namespace

Result<Json> parse_record(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;  // what is discarded costs no stack later
  };
  Json record = Json::parse(text, watch_depth, /*allow_exceptions=*/false);
  if (too_deep) {
    return corrupt("nested deeper than " + std::to_string(kDeepest) + " levels");
  }
  if (record.is_discarded()) {
    return corrupt("not JSON (cut short?)");
  }
  KF_TRY(check_header(record));
  KF_TRY(check_keys(record, "", kCommon));
  KF_TRY(check_keys(record["dataset"], "dataset", kDataset));
  KF_TRY(check_each(record["dataset"]["rejected"], "dataset.rejected", kReason));
  const Json kind = record.value("kind", Json());
  if (kind == "sweep") {
    KF_TRY(check_sweep(record));
  } else if (kind == "compare") {
    KF_TRY(check_compare(record));
  } else {
    return Status{ErrorCode::kVersion, "run record: kind " + kind.dump() +
                                           ", this build shows \"sweep\" and \"compare\"; use the "
                                           "kface that wrote it"};
  }
  return record;
}

}  // namespace kface::report
