#include "report/record_check.h"

#include <gtest/gtest.h>

#include <string>

#include "report/sample_record_for_test.h"

namespace kface::report {
namespace {

using Json = nlohmann::ordered_json;

// The message of the error of parsing `text`, which must be of `code`.
std::string refusal(const std::string& text, ErrorCode code = ErrorCode::kCorruption) {
  const auto record = parse_record(text);
  if (record.ok()) {
    ADD_FAILURE() << "accepted: " << text.substr(0, 200);
    return {};
  }
  EXPECT_EQ(record.error().code(), code) << record.error().message();
  return record.error().message();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ParseRecord, AcceptsEveryKindAndKeepsTheOrderOfKeys) {
  const auto conditions = parse_record(small_conditions().dump());
  EXPECT_TRUE(conditions.ok()) << conditions.error().message();
  const auto evaluate = parse_record(small_evaluate().dump());
  EXPECT_TRUE(evaluate.ok()) << evaluate.error().message();
  ASSERT_TRUE(parse_record(small_compare().dump()).ok());
  const auto sweep = parse_record(small_sweep().dump(2));
  ASSERT_TRUE(sweep.ok()) << sweep.error().message();
  EXPECT_EQ(sweep.value().dump(), small_sweep().dump());
}

TEST(ParseRecord, IgnoresUnknownKeys) {
  Json record = small_compare();
  record["later"] = {{"x", 1}};
  EXPECT_TRUE(parse_record(record.dump()).ok());
}

TEST(ParseRecord, RefusesWhatIsNotJson) {
  const std::string whole = small_sweep().dump();
  for (const std::string& text :
       {std::string(), std::string("<html>"), whole.substr(0, whole.size() / 2), whole + "}",
        std::string("\"\xff\"")}) {
    EXPECT_TRUE(contains(refusal(text), "not JSON"));
  }
}

TEST(ParseRecord, RefusesDeepNestingWithoutFollowingIt) {
  const std::string deep = "{\"x\":" + std::string(200000, '[') + std::string(200000, ']') + "}";
  EXPECT_TRUE(contains(refusal(deep), "nested deeper than 32"));
}

TEST(ParseRecord, RefusesAnotherFormat) {
  EXPECT_TRUE(contains(refusal("[]"), "not \"kface-run\""));
  EXPECT_TRUE(contains(refusal("{\"format\":\"other\"}"), "not \"kface-run\""));
  EXPECT_TRUE(contains(refusal("{\"format\":\"kface-run\"}"), "version is null, not a number"));
}

TEST(ParseRecord, RefusesAnotherVersionAndSaysWhichItReads) {
  Json record = small_sweep();
  record["version"] = 4;
  EXPECT_TRUE(contains(refusal(record.dump(), ErrorCode::kVersion),
                       "format version 4, this build reads 1"));
}

TEST(ParseRecord, RefusesAnUnknownKind) {
  Json record = small_sweep();
  record["kind"] = "dance";
  EXPECT_TRUE(contains(refusal(record.dump(), ErrorCode::kVersion), "kind \"dance\""));
}

TEST(ParseRecord, NamesTheKeyThatIsMissing) {
  Json record = small_sweep();
  record["dataset"].erase("digest");
  EXPECT_TRUE(contains(refusal(record.dump()), "dataset.digest is missing"));
  record = small_sweep();
  record["ratios"][1].erase("eer");
  EXPECT_TRUE(contains(refusal(record.dump()), "ratios[1].eer is missing"));
}

TEST(ParseRecord, NamesTheKeyOfAnotherType) {
  Json record = small_sweep();
  record["frozen"]["eer"] = "small";
  EXPECT_TRUE(contains(refusal(record.dump()), "frozen.eer is string, not a number"));
  record = small_sweep();
  record["ratios"][0] = 3;
  EXPECT_TRUE(contains(refusal(record.dump()), "ratios[0] is number, not an object"));
  record = small_sweep();
  record["worst_pairs"] = Json::array({small_pair("a.png", "b.png")});
  record["worst_pairs"][0]["b"]["chip"] = nullptr;
  EXPECT_TRUE(contains(refusal(record.dump()), "worst_pairs[0].b.chip is null, not a text"));
}

TEST(ParseRecord, RefusesAHistogramWhoseSeriesDisagree) {
  Json record = small_sweep();
  record["frozen"]["histogram"]["edges"] = {0, 1};
  EXPECT_TRUE(contains(refusal(record.dump()), "frozen.histogram has 2 edges for 2 and 2"));
}

TEST(ParseRecord, RefusesAHeatMapThatIsNoMatrix) {
  const auto refused = [](const auto& damage) {
    Json record = small_conditions();
    damage(record["attributes"][0]);
    return refusal(record.dump());
  };
  EXPECT_TRUE(contains(refused([](Json& a) { a["heat_map"]["within"].push_back(Json::array()); }),
                       "attributes[0].heat_map.within has 2 rows for 1 fits"));
  EXPECT_TRUE(contains(
      refused([](Json& a) { a["heat_map"]["against_reference"][0].erase(std::size_t{0}); }),
      "attributes[0].heat_map.against_reference[0] has not one entry for each of the 2"));
  EXPECT_TRUE(contains(refused([](Json& a) { a["heat_map"]["all"] = Json::array(); }),
                       "attributes[0].heat_map.all has 0 entries for 1 fits"));
  EXPECT_TRUE(contains(refused([](Json& a) { a["heat_map"]["within"][0][1] = 3; }),
                       "attributes[0].heat_map.within[0][1] is number, not an object"));
  EXPECT_TRUE(contains(refused([](Json& a) { a["kind"] = "quality"; }),
                       "attributes[0].bounds are not the two bounds of thirds"));
  EXPECT_TRUE(contains(refused([](Json& a) { a["rows"][0].erase("num_same"); }),
                       "attributes[0].rows[0].num_same is missing"));
  Json without = small_conditions();
  without["attributes"][0]["heat_map"] = nullptr;
  EXPECT_TRUE(parse_record(without.dump()).ok());
}

TEST(ParseRecord, ChecksPublishedResultsOfAnyKind) {
  Json record = small_compare();
  record["protocol"] = small_evaluate()["protocol"];
  EXPECT_TRUE(parse_record(record.dump()).ok());
  record["protocol"]["published"]["rows"][0].erase("rule");
  EXPECT_TRUE(contains(refusal(record.dump()), "protocol.published.rows[0].rule is missing"));
  record["protocol"] = nullptr;
  EXPECT_TRUE(parse_record(record.dump()).ok());
}

}  // namespace
}  // namespace kface::report
