#include "experiment/acquisition.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

TEST(Acquisition, CountsPhotosAndTheRefusedOfThem) {
  auto data = make_up_data(2, 4);
  data.manifest.images[1].reason = "no face found";
  data.manifest.images[5].reason = "too small";
  const Acquisition acquisition = acquisition_of(data.manifest);
  EXPECT_EQ(acquisition.num_photos, 8U);
  EXPECT_EQ(acquisition.num_rejected, 2U);
  EXPECT_EQ(acquisition.failure_rate(), 0.25);
}

TEST(Acquisition, DrawnCopiesAreNoPhotos) {
  auto data = make_up_data(1, 4);
  data.manifest.images[0].reason = "no face found";
  for (const std::size_t drawn : {2U, 3U}) {
    data.manifest.images[drawn].attributes["simulated"] = "lux 40";
    data.manifest.images[drawn].attributes["simulated_from"] = data.manifest.images[1].id;
  }
  EXPECT_EQ(acquisition_of(data.manifest).failure_rate(), 0.5);
}

TEST(Acquisition, OfNothingIsZero) { EXPECT_EQ(acquisition_of(Manifest{}).failure_rate(), 0.0); }

}  // namespace
}  // namespace kface
