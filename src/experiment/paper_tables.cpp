#include "experiment/paper_tables.h"

namespace kface {
namespace {

struct RatioRow {
  const char* ratio;
  double accuracy;
  double loss;
  double overlap;
  double threshold;
};

constexpr RatioRow kRatioRows[] = {
    {"1:9", 0.96, 0.15, 0.48, 0.20}, {"2:8", 0.92, 0.23, 0.55, 0.26},
    {"3:7", 0.92, 0.21, 0.51, 0.24}, {"4:6", 0.94, 0.17, 0.44, 0.24},
    {"5:5", 0.94, 0.17, 0.46, 0.26}, {"6:4", 0.94, 0.16, 0.45, 0.27},
    {"7:3", 0.94, 0.17, 0.61, 0.30}, {"8:2", 0.95, 0.18, 0.45, 0.36},
    {"9:1", 0.97, 0.08, 0.59, 0.49},
};

}  // namespace

Json paper_tables() {
  Json tables;
  for (const RatioRow& row : kRatioRows) {
    tables["ratios"].push_back({{"ratio", row.ratio},
                                {"accuracy", row.accuracy},
                                {"loss", row.loss},
                                {"overlap", row.overlap},
                                {"threshold", row.threshold}});
  }
  tables["images"] = {
      {{"images_per_person", 5}, {"accuracy", 0.94}, {"loss", 0.17}, {"overlap", 0.44}},
      {{"images_per_person", 10}, {"accuracy", 0.85}, {"loss", 0.36}, {"overlap", 0.66}}};
  return tables;
}

}  // namespace kface
