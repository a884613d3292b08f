#include "dataset/simulated.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

ImageRecord row_with(const std::map<std::string, std::string>& attributes) {
  ImageRecord record;
  record.attributes = attributes;
  return record;
}

TEST(Simulated, ARowWithoutTheMarkIsReal) {
  for (const ImageRecord& real : {row_with({}), row_with({{"lux", "40"}}),
                                  row_with({{"simulated", ""}}), row_with({{"simulated", "no"}})}) {
    EXPECT_FALSE(is_simulated(real));
    EXPECT_FALSE(is_drawn_copy(real));
    EXPECT_EQ(simulated_as(real), "");
    EXPECT_TRUE(counts_in_metrics(real, {}));
  }
}

TEST(Simulated, ADrawnCopySaysWhatWasDrawnAndNeverCounts) {
  const ImageRecord drawn = row_with({{"simulated", "lux 40"}, {"simulated_from", "a/1.jpg"}});
  EXPECT_TRUE(is_simulated(drawn));
  EXPECT_TRUE(is_drawn_copy(drawn));
  EXPECT_EQ(simulated_as(drawn), "lux 40");
  EXPECT_EQ(simulated_kind(drawn), "lux");
  Manifest whole;
  whole.facts["simulated"] = "yes";
  EXPECT_FALSE(counts_in_metrics(drawn, {}));
  EXPECT_FALSE(counts_in_metrics(drawn, whole));
}

TEST(Simulated, ARowOfASimulatedDataSetCountsOnlyWhereTheDatasetSaysSo) {
  const ImageRecord demo = row_with({{"simulated", "yes"}});
  EXPECT_TRUE(is_simulated(demo));
  EXPECT_FALSE(is_drawn_copy(demo));
  Manifest whole;
  whole.facts["simulated"] = "yes";
  EXPECT_TRUE(counts_in_metrics(demo, whole));
  EXPECT_FALSE(counts_in_metrics(demo, {}));
}

}  // namespace
}  // namespace kface
