#include "experiment/conditions.h"

#include <gtest/gtest.h>

#include "eval/all_pairs.h"
#include "experiment/data_for_test.h"
#include "verify/verifier.h"

namespace kface {
namespace {

Program any_program() { return {.version = "test", .cpu = "any"}; }

ConditionsOptions quick() {
  ConditionsOptions options;
  options.attributes = "lux";
  options.bootstrap = 0;
  options.heat_map.splits = 2;
  return options;
}

Result<Json> conditions_of(const MadeUpData& data, const ConditionsOptions& options,
                           unsigned threads = 1) {
  return run_conditions(data.set, data.manifest, data.backbone, frozen_model(data.backbone),
                        "frozen", any_program(), options, JobContext{.threads = threads});
}

// Rows of one way of pairing, by value.
const Json& row_of(const Json& record, const char* pairs, const char* value) {
  for (const Json& row : record["attributes"][0]["rows"]) {
    if (row["pairs"] == pairs && row["value"] == value) {
      return row;
    }
  }
  static const Json none;
  return none;
}

// 20 people x 6 images; 3 of each bright, 3 dark.
TEST(Conditions, CountsThePairsOfAConditionByHand) {
  const auto data = make_up_data(20, 6);
  const auto record = conditions_of(data, quick());
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(row_of(record.value(), "within", "40")["num_same"], 20 * 3);
  EXPECT_EQ(row_of(record.value(), "within", "40")["num_different"], 190 * 9);
  EXPECT_EQ(row_of(record.value(), "any", "40")["num_same"], 20 * (3 + 9));
  EXPECT_EQ(row_of(record.value(), "against_reference", "40")["num_same"], 20 * 9);
  EXPECT_EQ(row_of(record.value(), "against_reference", "1000")["num_same"], 20 * 3);
  EXPECT_EQ(record.value()["attributes"][0]["reference"], "1000");
  EXPECT_FALSE(record.value()["dataset"]["simulated"].get<bool>());
}

TEST(Conditions, MeasuresEachRowAsTheMetricsOfItsPairsAlone) {
  const auto data = make_up_data(20, 6);
  const auto record = conditions_of(data, quick());
  ASSERT_TRUE(record.ok());
  std::vector<ScoredPair> pairs;
  for (std::size_t i = 0; i < data.set.size(); ++i) {
    for (std::size_t j = i + 1; j < data.set.size(); ++j) {
      if (i % 6 % 2 == 1 && j % 6 % 2 == 1) {  // both dark
        const auto a = std::span(data.set.features).subspan(i * kMadeUpDim, kMadeUpDim);
        const auto b = std::span(data.set.features).subspan(j * kMadeUpDim, kMadeUpDim);
        pairs.push_back({euclidean_distance(a, b), i / 6 == j / 6,
                         static_cast<std::uint32_t>(i / 6), static_cast<std::uint32_t>(j / 6)});
      }
    }
  }
  const auto roc = compute_roc(pairs);
  ASSERT_TRUE(roc.ok());
  const Json& row = row_of(record.value(), "within", "40");
  EXPECT_DOUBLE_EQ(row["eer"]["value"].get<double>(), equal_error(roc.value()).eer);
  EXPECT_DOUBLE_EQ(row["tar_at_far"]["0.01"]["value"].get<double>(),
                   *tar_at_far(roc.value(), 0.01, 1710));
  EXPECT_TRUE(row["tar_at_far"]["0.001"].is_null()) << "1710 pairs say nothing of 1e-3";
  // Dark images scatter more.
  EXPECT_GT(row["mean_same_distance"].get<double>(),
            row_of(record.value(), "within", "1000")["mean_same_distance"].get<double>());
}

TEST(Conditions, GivesIntervalsOverPeople) {
  const auto data = make_up_data(12, 6);
  ConditionsOptions options = quick();
  options.bootstrap = 40;
  options.heat_map.splits = 0;
  const auto record = conditions_of(data, options);
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& eer = row_of(record.value(), "any", "40")["eer"];
  EXPECT_LE(eer["ci95"][0].get<double>(), eer["value"].get<double>());
  EXPECT_GE(eer["ci95"][1].get<double>(), eer["value"].get<double>());
  EXPECT_TRUE(record.value()["attributes"][0]["heat_map"].is_null());
}

TEST(Conditions, SaysWhyAFigureIsMissing) {
  const auto data = make_up_data(6, 2);  // one bright, one dark image each
  const auto record = conditions_of(data, quick());
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& row = row_of(record.value(), "within", "40");
  EXPECT_TRUE(row["eer"].is_null());
  EXPECT_EQ(row["reason"], "0 same and 15 different pairs, at least 30 of each are needed");
  const Json& map = record.value()["attributes"][0]["heat_map"];
  // Row 1 is the first value: nobody has two dark images, so nothing scatters within a person.
  EXPECT_EQ(map["train"][1]["value"], "40");
  EXPECT_EQ(map["within"][1][0]["reason_code"], "fit");
  EXPECT_EQ(map["within"][0][0]["reason_code"], "pairs");
  EXPECT_TRUE(map["variety"].is_null());
}

TEST(Conditions, LeavesOutAHeatMapOfTooFewPeople) {
  const auto data = make_up_data(3, 8);
  const auto record = conditions_of(data, quick());
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_TRUE(record.value()["attributes"][0]["heat_map"].is_null());
  EXPECT_NE(record.value()["attributes"][0]["heat_map_reason"].get<std::string>().find(
                "need at least 4 people"),
            std::string::npos);
}

// Dark photos of a made-up camera: one coordinate is noise, and hardly anything else is.
void darken(MadeUpData& data) {
  Rng rng(11);
  for (std::size_t row = 0; row < data.set.size(); ++row) {
    if (row % 2 == 1) {
      data.set.features[row * kMadeUpDim] += static_cast<float>(8 * rng.normal());
    }
  }
}

TEST(ConditionHeatMap, ShowsThatARecipeLearnsTheConditionThatItSaw) {
  auto data = make_up_data(40, 8);
  darken(data);
  ConditionsOptions options = quick();
  options.heat_map.splits = 5;
  options.heat_map.fit.shrinkage = "0.95,0";
  const auto record = conditions_of(data, options);
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& map = record.value()["attributes"][0]["heat_map"];
  ASSERT_EQ(map["train"].size(), 5u);  // frozen, 40, 1000, mixed_equal, mixed
  EXPECT_EQ(map["train"][0]["num_images"], 0);
  EXPECT_EQ(map["train"][1]["num_images"], 20 * 4);
  EXPECT_EQ(map["train"][3]["kind"], "mixed_equal");
  EXPECT_EQ(map["train"][3]["num_images"], 20 * 4);
  EXPECT_EQ(map["train"][4]["num_images"], 20 * 8);
  const auto dark_after = [&map](std::size_t row) {
    return map["within"][row][0]["eer"]["mean"].get<double>();
  };
  // Who saw dark photos knows which coordinate to distrust; who saw bright ones alone does not.
  EXPECT_LT(dark_after(1), dark_after(2) - 0.05);
  EXPECT_LT(dark_after(4), dark_after(2) - 0.05);
  // Variety beats the mean of one condition alone, at the same number of photos.
  EXPECT_EQ(map["variety"]["verdict"], "better");
  EXPECT_LT(map["variety"]["mixed_equal"].get<double>(), map["variety"]["single"].get<double>());
  const Json& findings = record.value()["findings"];
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_NE(findings[1]["en"].get<std::string>().find("varied photos are better in every split"),
            std::string::npos);
}

TEST(ConditionHeatMap, MeasuresTheFrozenNetworkAsItIs) {
  auto data = make_up_data(40, 8);
  darken(data);
  ConditionsOptions options = quick();
  options.heat_map.recipe = "frozen";
  const auto record = conditions_of(data, options);
  ASSERT_TRUE(record.ok());
  const Json& map = record.value()["attributes"][0]["heat_map"];
  for (std::size_t row = 1; row < map["train"].size(); ++row) {
    EXPECT_EQ(map["within"][row], map["within"][0]) << "nothing is fitted, whatever the photos";
    EXPECT_EQ(map["all"][row], map["all"][0]);
  }
  EXPECT_EQ(map["within"][0][1], map["against_reference"][0][1]) << "1000 is the reference";
}

TEST(Conditions, GivesTheSameRecordForAnyNumberOfThreads) {
  const auto data = make_up_data(12, 6);
  ConditionsOptions options = quick();
  options.bootstrap = 40;
  EXPECT_EQ(record_text(conditions_of(data, options, 1).value()),
            record_text(conditions_of(data, options, 3).value()));
}

TEST(Conditions, MarksAModelThatWasFittedOnTheseImages) {
  const auto data = make_up_data(12, 6);
  Model model = frozen_model(data.backbone);
  model.data_digest = data.manifest.digest();
  const auto record = run_conditions(data.set, data.manifest, data.backbone, model, "m",
                                     any_program(), quick(), {});
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(record.value()["model"]["fitted_on_these_images"].get<bool>());
}

TEST(Conditions, RefusesUnknownRecipesAndReferences) {
  const auto data = make_up_data(12, 6);
  ConditionsOptions options = quick();
  options.heat_map.recipe = "magic";
  EXPECT_NE(conditions_of(data, options).error().message().find("no recipe is called 'magic'"),
            std::string::npos);
  options = quick();
  options.reference = "lux";
  EXPECT_NE(conditions_of(data, options).error().message().find("expected NAME=VALUE"),
            std::string::npos);
}

TEST(ParseReferences, WantsNamesWithValuesEachOnce) {
  using References = std::map<std::string, std::string>;
  EXPECT_EQ(parse_references("").value(), References{});
  EXPECT_EQ(parse_references("lux=1000,accessory=none").value(),
            (References{{"lux", "1000"}, {"accessory", "none"}}));
  for (const char* bad : {"lux", "=1", "lux=", "lux=1,lux=2", "lux=1,,a=b"}) {
    EXPECT_EQ(parse_references(bad).error().code(), ErrorCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace kface
