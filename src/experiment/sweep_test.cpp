#include "experiment/sweep.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"
#include "experiment/tables.h"

namespace kface {
namespace {

const Program kProgram{.version = "test", .cpu = "any"};

SweepOptions quick() {
  SweepOptions options;
  options.recipe.train.epochs = 3;
  options.bootstrap = 0;
  return options;
}

Result<Json> sweep(const MadeUpData& data, const SweepOptions& options, unsigned threads = 1) {
  SweepTimes times;
  return run_sweep(
      data.set, data.manifest, data.backbone, kProgram, options, JobContext{.threads = threads},
      [] { return 0.0; }, times);
}

TEST(Sweep, HasThePapersRowsWithBothSplits) {
  const auto data = make_up_data(10, 10);
  const auto record = sweep(data, quick());
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& ratios = record.value()["ratios"];
  ASSERT_EQ(ratios.size(), 18u);
  EXPECT_EQ(ratios[0]["ratio"], "1:9");
  EXPECT_EQ(ratios[0]["split"], "pairs");
  EXPECT_EQ(ratios[17]["ratio"], "9:1");
  EXPECT_EQ(ratios[17]["split"], "identities");
  EXPECT_EQ(ratios[0]["num_images"], 50);     // the paper's split measures the people it trained
  EXPECT_EQ(ratios[1]["num_identities"], 5);  // the other half of them
  EXPECT_EQ(ratios[0]["history"].size(), 3u);
  EXPECT_EQ(record.value()["images"].size(), 4u);
  EXPECT_TRUE(record.value()["skipped"].empty());
  EXPECT_EQ(record.value()["frozen"]["split"], "frozen");
  EXPECT_EQ(record.value()["paper"]["ratios"].size(), 9u);
}

TEST(Sweep, ValidationPairsHaveTheRatio) {
  const auto data = make_up_data(20, 5);
  const auto record = sweep(data, quick());
  ASSERT_TRUE(record.ok());
  for (const Json& row : record.value()["ratios"]) {
    if (row["split"] == "identities") {
      const double different = row["num_different"].get<double>();
      const double all = row["num_pairs"].get<double>();
      const double wanted = (row["ratio"].get<std::string>()[0] - '0') / 10.0;
      EXPECT_NEAR(different, all * wanted, 0.51) << row["ratio"];
    }
  }
}

TEST(Sweep, TellsConditionsApartAndNamesTheWorstPairs) {
  const auto data = make_up_data(10, 6);
  const auto record = sweep(data, quick());
  ASSERT_TRUE(record.ok());
  std::map<std::string, double> frozen;
  for (const Json& row : record.value()["by_condition"]) {
    if (row["model"] == "frozen" && row["attribute"] == "lux") {
      frozen[row["value"]] = row["mean_same_distance"].get<double>();
    }
  }
  ASSERT_EQ(frozen.size(), 2u);
  EXPECT_GT(frozen["40"], frozen["1000"]);
  const Json& worst = record.value()["worst_pairs"];
  EXPECT_EQ(worst.size(), 32u);  // two models, two kinds, eight each
  EXPECT_GE(worst[0]["distance"].get<double>(), worst[1]["distance"].get<double>());
  EXPECT_LE(worst[8]["distance"].get<double>(), worst[9]["distance"].get<double>());
}

TEST(Sweep, SkipsExperimentBWhereNobodyHasTheImagesAndSaysSo) {
  const auto data = make_up_data(8, 5);
  const auto record = sweep(data, quick());
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(record.value()["images"].empty());
  ASSERT_EQ(record.value()["skipped"].size(), 2u);
  EXPECT_EQ(record.value()["skipped"][1]["reason"], "0 people have 10 images; at least 4 must");
}

TEST(Sweep, GivesTheSameRecordForAnyNumberOfThreads) {
  const auto data = make_up_data(8, 5);
  EXPECT_EQ(record_text(sweep(data, quick(), 1).value()),
            record_text(sweep(data, quick(), 3).value()));
}

TEST(Sweep, RefusesTooFewPeopleImagesOrValidationPairs) {
  const auto few = sweep(make_up_data(8, 4), quick());
  ASSERT_FALSE(few.ok());
  EXPECT_NE(few.error().message().find("of 8 people, 0 have 5 images"), std::string::npos);
  SweepOptions no_validation = quick();
  no_validation.recipe.validation = 0;
  EXPECT_NE(sweep(make_up_data(8, 5), no_validation).error().message().find("--validation is 0"),
            std::string::npos);
  SweepOptions bad_ratio = quick();
  bad_ratio.images_ratio = "x";
  EXPECT_FALSE(sweep(make_up_data(8, 5), bad_ratio).ok());
}

TEST(Tables, PutThePaperBesideUs) {
  const auto data = make_up_data(8, 5);
  const auto record = sweep(data, quick());
  ASSERT_TRUE(record.ok());
  const std::string csv =
      results_csv(record.value()["ratios"], record.value()["paper"]["ratios"], "ratio");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 19);
  EXPECT_NE(csv.find("paper_overlap"), std::string::npos);
  EXPECT_NE(csv.find("0.94,0.17,0.44,0.24\n"), std::string::npos);  // 4:6
}

}  // namespace
}  // namespace kface
