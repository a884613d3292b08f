#include "experiment/real_rows.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

TEST(RealRows, AreAllRowsOfADatasetWithoutSimulatedOnes) {
  const auto data = make_up_data(3, 2);
  EXPECT_EQ(real_rows(data.set, data.manifest), all_rows(data.set));
}

TEST(RealRows, LeaveOutWhatIsDrawn) {
  auto data = make_up_data(3, 2);
  data.manifest.images[1].attributes["simulated"] = "mask";
  data.manifest.images[1].attributes["simulated_from"] = data.manifest.images[0].id;
  data.manifest.images[4].attributes["simulated"] = "yes";
  EXPECT_EQ(real_rows(data.set, data.manifest), (Rows{0, 2, 3, 5}));
}

TEST(RealRows, OfADatasetThatIsSimulatedAsAWholeAreAllButTheDrawnCopies) {
  auto data = make_up_data(2, 2);
  data.manifest.facts["simulated"] = "yes";
  for (auto& image : data.manifest.images) {
    image.attributes["simulated"] = "yes";
  }
  data.manifest.images[3].attributes["simulated"] = "lux 40";
  data.manifest.images[3].attributes["simulated_from"] = data.manifest.images[2].id;
  EXPECT_EQ(real_rows(data.set, data.manifest), (Rows{0, 1, 2}));
}

TEST(RealRows, GoByTheRowsImageNotByItsPlace) {
  auto data = make_up_data(2, 2);
  ImageRecord refused;
  refused.id = "a/refused";
  refused.reason = "no face found";
  refused.attributes["simulated"] = "mask";
  data.manifest.images.insert(data.manifest.images.begin(), refused);
  for (auto& image : data.set.images) {
    ++image;
  }
  EXPECT_EQ(real_rows(data.set, data.manifest), all_rows(data.set));
}

TEST(WithoutSimulated, KeepsTheRealRowsInOrder) {
  auto data = make_up_data(3, 2);
  EXPECT_TRUE(simulated_flags(data.set, data.manifest).empty());
  data.manifest.images[1].attributes["simulated"] = "lux 40";
  EXPECT_EQ(simulated_flags(data.set, data.manifest),
            (std::vector<std::uint8_t>{0, 1, 0, 0, 0, 0}));
  const FeatureSet real = without_simulated(data.set, data.manifest);
  ASSERT_EQ(real.size(), 5U);
  EXPECT_EQ(real.images, (std::vector<std::uint32_t>{0, 2, 3, 4, 5}));
  EXPECT_EQ(real.identities, (std::vector<std::uint32_t>{0, 1, 1, 2, 2}));
  EXPECT_EQ(std::vector<float>(real.features.begin() + kMadeUpDim,
                               real.features.begin() + 2 * kMadeUpDim),
            std::vector<float>(data.set.features.begin() + 2 * kMadeUpDim,
                               data.set.features.begin() + 3 * kMadeUpDim));
}

}  // namespace
}  // namespace kface
