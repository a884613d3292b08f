#include "plan.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "kface/status.h"

namespace kface {
namespace {

TEST(SimulationOf, FollowsTheTableOfTheDataSet) {
  EXPECT_EQ(simulation_of(1, 1).lux, 1000);
  EXPECT_FALSE(simulation_of(1, 7).directional);
  EXPECT_EQ(simulation_of(1, 7).lux, 0);
  EXPECT_EQ(simulation_of(1, 11).lux, 40);
  EXPECT_EQ(simulation_of(1, 11).light_elevation_degrees, 30);
  EXPECT_EQ(simulation_of(1, 12).light_elevation_degrees, -15);
  EXPECT_EQ(simulation_of(1, 16).light_azimuth_degrees, 90);
  EXPECT_EQ(simulation_of(1, 30).light_azimuth_degrees, -90);
  EXPECT_EQ(simulation_of(1, 30).lux, 100);
  EXPECT_EQ(simulation_of(4, 1).accessory, Accessory::kSunglasses);
  EXPECT_EQ(simulation_of(6, 1).accessory, Accessory::kCapAndHornRimmed);
  EXPECT_THROW(simulation_of(0, 1), ContractViolation);
  EXPECT_THROW(simulation_of(1, 31), ContractViolation);
}

constexpr std::size_t kMostPeople = 1008;

TEST(DemoIdentity, IsDifferentForEverybodyAndHasEightDigits) {
  std::set<std::string> identities;
  for (std::size_t person = 0; person < kMostPeople; ++person) {
    const std::string identity = demo_identity(person);
    EXPECT_EQ(identity.size(), 8U);
    EXPECT_EQ(identity.find_first_not_of("0123456789"), std::string::npos) << identity;
    identities.insert(identity);
  }
  EXPECT_EQ(identities.size(), kMostPeople);
  EXPECT_EQ(demo_identity(0), "20010111");
  EXPECT_THROW(demo_identity(kMostPeople), ContractViolation);
}

TEST(PlanPerson, StartsWithThePhotoItselfAndRepeatsNoCondition) {
  for (const std::size_t num_photos : {1U, 11U}) {
    const auto plan = plan_person(3, num_photos, 1);
    EXPECT_EQ(plan.size(), num_photos == 1 ? 12U : 24U);
    EXPECT_EQ(planned_path("20010111", plan.front()),
              "High_Resolution/ID20010111/S001/L1/E01/C7.jpg");
    std::set<std::string> paths;
    std::set<std::size_t> photos;
    for (const PlannedImage& image : plan) {
      paths.insert(planned_path("20010111", image));
      photos.insert(image.photo);
    }
    EXPECT_EQ(paths.size(), plan.size());
    EXPECT_EQ(photos.size(), num_photos);
  }
}

TEST(PlanPerson, IsTheSameForTheSameSeed) {
  const auto paths = [](std::size_t person, std::uint64_t seed) {
    std::string all;
    for (const PlannedImage& image : plan_person(person, 11, seed)) {
      all += planned_path("1", image) + std::to_string(image.photo) + std::to_string(image.seed);
    }
    return all;
  };
  EXPECT_EQ(paths(1, 5), paths(1, 5));
  EXPECT_NE(paths(1, 5), paths(2, 5));
  EXPECT_NE(paths(1, 5), paths(1, 6));
}

}  // namespace
}  // namespace kface
