#include "experiment/record.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

TEST(Record, CountsWhatWasTakenAndRefused) {
  auto data = make_up_data(3, 2);
  data.manifest.images[1].reason = "no face found (tried hog, cnn)";
  data.manifest.images[2].reason = "no face found (tried hog)";
  data.manifest.images[3].reason = "truncated: the file ends early";
  data.manifest.images[0].attributes["simulated"] = "yes";
  const Json record =
      start_record("sweep", {"1", "cpu"}, Json::object(), data.manifest, data.backbone.info());
  const Json& dataset = record["dataset"];
  EXPECT_EQ(dataset["num_images"], 3);
  EXPECT_EQ(dataset["num_identities"], 2);
  EXPECT_EQ(dataset["num_rejected"], 3);
  EXPECT_EQ(dataset["rejected"][0]["reason"], "no face found");
  EXPECT_EQ(dataset["rejected"][0]["count"], 2);
  EXPECT_EQ(dataset["rejected"][1]["reason"], "truncated");
  EXPECT_TRUE(dataset["simulated"].get<bool>());
  EXPECT_EQ(dataset["attributes"]["lux"]["1000"], 2);
}

TEST(Record, RoundsToSixDigitsAndSurvivesBadText) {
  EXPECT_EQ(rounded(0.123456789), 0.123457);
  Json record;
  record["name"] = "\xff\xfe";
  EXPECT_FALSE(record_text(record).empty());
}

}  // namespace
}  // namespace kface
