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

constexpr Key kConditions[] = {
    {"model", Type::kObject}, {"failure_to_acquire", Type::kNumber}, {"attributes", Type::kArray}};
constexpr Key kAttribute[] = {{"attribute", Type::kText}, {"kind", Type::kText},
                              {"reference", Type::kText}, {"values", Type::kArray},
                              {"rows", Type::kArray},     {"heat_map", Type::kAnything}};
constexpr Key kAttributeValue[] = {
    {"value", Type::kText}, {"num_images", Type::kNumber}, {"num_identities", Type::kNumber}};
constexpr Key kAttributeRow[] = {{"value", Type::kText},
                                 {"pairs", Type::kText},
                                 {"num_same", Type::kNumber},
                                 {"num_different", Type::kNumber},
                                 {"eer", Type::kMetric}};
constexpr Key kHeatMap[] = {{"recipe", Type::kText},
                            {"num_splits", Type::kNumber},
                            {"reference", Type::kText},
                            {"train", Type::kArray},
                            {"test", Type::kArray},
                            {"within", Type::kArray},
                            {"against_reference", Type::kArray},
                            {"all", Type::kArray}};
constexpr Key kTrain[] = {{"kind", Type::kText}, {"num_images", Type::kNumber}};
constexpr Key kCell[] = {{"eer", Type::kAnything}, {"tar_at_far", Type::kObject}};
constexpr Key kEvaluate[] = {{"eer", Type::kMetric}, {"tar_at_far", Type::kObject}};
constexpr Key kProtocol[] = {{"ours", Type::kArray}, {"published", Type::kObject}};
constexpr Key kPublished[] = {{"columns", Type::kArray}, {"rows", Type::kArray}};
constexpr Key kPublishedRow[] = {
    {"model", Type::kText}, {"accuracy", Type::kObject}, {"rule", Type::kAnything}};

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

Status check_matrix(const Json& map, const char* name, const std::string& path) {
  const Json& matrix = map[name];
  if (matrix.size() != map["train"].size()) {
    return corrupt(path + "." + name + " has " + std::to_string(matrix.size()) + " rows for " +
                   std::to_string(map["train"].size()) + " fits");
  }
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    const std::string at = path + "." + name + "[" + std::to_string(row) + "]";
    if (!matrix[row].is_array() || matrix[row].size() != map["test"].size()) {
      return corrupt(at + " has not one entry for each of the " +
                     std::to_string(map["test"].size()) + " conditions");
    }
    KF_TRY(check_each(matrix[row], at, kCell));
  }
  return Status{};
}

Status check_heat_map(const Json& map, const std::string& path) {
  if (map.is_null()) {
    return Status{};
  }
  KF_TRY(check_keys(map, path, kHeatMap));
  KF_TRY(check_each(map["train"], path + ".train", kTrain));
  KF_TRY(check_each(map["all"], path + ".all", kCell));
  if (map["all"].size() != map["train"].size()) {
    return corrupt(path + ".all has " + std::to_string(map["all"].size()) + " entries for " +
                   std::to_string(map["train"].size()) + " fits");
  }
  KF_TRY(check_matrix(map, "within", path));
  return check_matrix(map, "against_reference", path);
}

Status check_conditions(const Json& record) {
  KF_TRY(check_keys(record, "", kConditions));
  const Json& attributes = record["attributes"];
  KF_TRY(check_each(attributes, "attributes", kAttribute));
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::string path = "attributes[" + std::to_string(i) + "]";
    const Json& attribute = attributes[i];
    if (attribute["kind"] == "quality" &&
        (!attribute.contains("bounds") || attribute["bounds"].size() != 2)) {
      return corrupt(path + ".bounds are not the two bounds of thirds");
    }
    KF_TRY(check_each(attribute["values"], path + ".values", kAttributeValue));
    KF_TRY(check_each(attribute["rows"], path + ".rows", kAttributeRow));
    KF_TRY(check_heat_map(attribute["heat_map"], path + ".heat_map"));
  }
  return Status{};
}

// Of any kind of record that has one.
Status check_protocol(const Json& record) {
  if (!record.contains("protocol") || record["protocol"].is_null()) {
    return Status{};
  }
  const Json& protocol = record["protocol"];
  KF_TRY(check_keys(protocol, "protocol", kProtocol));
  KF_TRY(check_keys(protocol["published"], "protocol.published", kPublished));
  KF_TRY(check_each(protocol["ours"], "protocol.ours", kPublishedRow));
  return check_each(protocol["published"]["rows"], "protocol.published.rows", kPublishedRow);
}

Status check_evaluate(const Json& record) { return check_keys(record, "", kEvaluate); }

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
  } else if (kind == "conditions") {
    KF_TRY(check_conditions(record));
  } else if (kind == "evaluate") {
    KF_TRY(check_evaluate(record));
  } else {
    return Status{ErrorCode::kVersion,
                  "run record: kind " + kind.dump() +
                      ", this build shows \"sweep\", \"compare\", \"conditions\" and "
                      "\"evaluate\"; use the kface that wrote it"};
  }
  KF_TRY(check_protocol(record));
  return record;
}

}  // namespace kface::report
