#include "experiment/metrics_json.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

Metrics example() {
  Metrics metrics;
  metrics.eer = {0.25, Interval{0.125, 0.5}};
  metrics.threshold_at_eer = {1.5, std::nullopt};
  metrics.far_at_threshold = Estimate{0.5, Interval{0.25, 0.75}};
  metrics.tar_at_far = {{0.01, Estimate{0.75, std::nullopt}, Estimate{1, std::nullopt}},
                        {0.001, std::nullopt, std::nullopt},
                        {0.0001, std::nullopt, std::nullopt},
                        {1e-5, std::nullopt, std::nullopt},
                        {1e-6, std::nullopt, std::nullopt}};
  metrics.tar_at_far[0].tar->ci95 = Interval{0.5, 0.875};
  metrics.num_same = 4;
  metrics.num_different = 300;
  metrics.num_identities = 8;
  metrics.num_images = 16;
  return metrics;
}

TEST(MetricsJson, HasTheDocumentedKeysInOrder) {
  EXPECT_EQ(to_json(example()).dump(),
            R"({"eer":{"value":0.25,"ci95":[0.125,0.5]},"threshold_at_eer":{"value":1.5},)"
            R"("accuracy":null,"loss":null,"overlap":{"value":0.0},"auc":{"value":0.0},)"
            R"("tar_at_far":{"0.01":{"value":0.75,"ci95":[0.5,0.875]},)"
            R"("0.001":null,"0.0001":null,"1e-05":null,"1e-06":null},)"
            R"("fnmr_at_fmr":{"0.01":{"value":0.25,"ci95":[0.125,0.5]},)"
            R"("0.001":null,"0.0001":null,"1e-05":null,"1e-06":null},)"
            R"("threshold_at_far":{"0.01":{"value":1.0},)"
            R"("0.001":null,"0.0001":null,"1e-05":null,"1e-06":null},)"
            R"("far_at_threshold":{"value":0.5,"ci95":[0.25,0.75]},"frr_at_threshold":null,)"
            R"("d_prime":null,"num_same":4,)"
            R"("num_different":300,"num_identities":8,"num_images":16})");
}

TEST(MetricsJson, WritesADifferenceWithItsVerdict) {
  PairedDifference difference;
  difference.eer = {0.25, 0.5, -0.25, {-0.5, -0.125}, Verdict::kBetter};
  difference.tar = {{0.01, std::nullopt}};
  difference.num_identities = 12;
  EXPECT_EQ(to_json(difference).dump(),
            R"({"verdict":"better","eer":{"a":0.25,"b":0.5,"difference":{"value":-0.25,)"
            R"("ci95":[-0.5,-0.125]},"verdict":"better"},"tar_at_far":{"0.01":null},"num_same":0,)"
            R"("num_different":0,"num_identities":12})");
}

TEST(MetricsJson, WritesACurveAsTwoLists) {
  EXPECT_EQ(det_json({{1, 0.25, 0.5}, {2, 0.5, 0.25}}).dump(),
            R"({"fmr":[0.25,0.5],"fnmr":[0.5,0.25]})");
  EXPECT_EQ(det_json({}).dump(), R"({"fmr":[],"fnmr":[]})");
}

}  // namespace
}  // namespace kface
