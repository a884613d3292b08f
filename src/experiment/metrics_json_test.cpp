#include "experiment/metrics_json.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

Metrics example() {
  Metrics metrics;
  metrics.eer = {0.25, Interval{0.125, 0.5}};
  metrics.threshold_at_eer = {1.5, std::nullopt};
  metrics.far_at_threshold = Estimate{0.5, Interval{0.25, 0.75}};
  metrics.tar_at_far = {{0.01, Estimate{0.75, std::nullopt}, 1.0F},
                        {0.001, std::nullopt, std::nullopt},
                        {0.0001, std::nullopt, std::nullopt}};
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
            R"("tar_at_far":{"0.01":{"value":0.75},"0.001":null,"0.0001":null},)"
            R"("far_at_threshold":{"value":0.5,"ci95":[0.25,0.75]},"num_same":4,)"
            R"("num_different":300,"num_identities":8,"num_images":16})");
}

}  // namespace
}  // namespace kface
