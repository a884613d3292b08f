#include "dataset/aihub_conditions.h"

#include <gtest/gtest.h>

#include <numeric>

namespace kface {
namespace {

const std::map<std::string, std::string>& light(int number) {
  return aihub_conditions(kLight)[static_cast<std::size_t>(number) - 1].attributes;
}

const std::map<std::string, std::string>& camera(int number) {
  return aihub_conditions(kCamera)[static_cast<std::size_t>(number) - 1].attributes;
}

std::vector<int> wanted(AihubDimension dimension,
                        const std::map<std::string, std::string>& filters) {
  const auto mask = parse_aihub_filters(filters);
  EXPECT_TRUE(mask.ok()) << mask.error().message();
  std::vector<int> numbers;
  for (const AihubCondition& condition : aihub_conditions(dimension)) {
    if (mask.ok() && mask.value().has(dimension, condition.number)) {
      numbers.push_back(condition.number);
    }
  }
  return numbers;
}

std::vector<int> from_to(int first, int last) {
  std::vector<int> numbers(static_cast<std::size_t>(last - first + 1));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

TEST(AihubConditions, AreTheOfficialTable) {
  const std::vector<std::pair<std::string, std::string>> lights = {
      {"1000", "all"},    {"400", "all"},     {"200", "all"},     {"150", "all"},
      {"100", "all"},     {"40", "all"},      {"0", "all"},       {"400", "up30"},
      {"200", "up30"},    {"100", "up30"},    {"40", "up30"},     {"400", "down15"},
      {"200", "down15"},  {"100", "down15"},  {"40", "down15"},   {"400", "right90"},
      {"200", "right90"}, {"100", "right90"}, {"400", "right45"}, {"200", "right45"},
      {"100", "right45"}, {"400", "front"},   {"200", "front"},   {"100", "front"},
      {"400", "left45"},  {"200", "left45"},  {"100", "left45"},  {"400", "left90"},
      {"200", "left90"},  {"100", "left90"}};
  ASSERT_EQ(aihub_conditions(kLight).size(), lights.size());
  for (int i = 1; i <= 30; ++i) {
    EXPECT_EQ(light(i).at("lux"), lights[static_cast<std::size_t>(i) - 1].first) << i;
    EXPECT_EQ(light(i).at("light_direction"), lights[static_cast<std::size_t>(i) - 1].second) << i;
  }
  EXPECT_FALSE(light(1).contains("light_vertical_degrees"));
  EXPECT_EQ(light(12).at("light_vertical_degrees"), "-15");
  EXPECT_EQ(light(16).at("light_horizontal_degrees"), "90");
  EXPECT_EQ(light(30).at("light_horizontal_degrees"), "-90");

  ASSERT_EQ(aihub_conditions(kCamera).size(), 20U);
  EXPECT_EQ(camera(1).at("camera_yaw"), "90");
  EXPECT_EQ(camera(7).at("camera_yaw"), "0");
  EXPECT_EQ(camera(7).at("camera_pitch"), "0");
  EXPECT_EQ(camera(13).at("camera_yaw"), "-90");
  EXPECT_EQ(camera(16).at("camera_pitch"), "30");
  EXPECT_EQ(camera(20).at("camera_yaw"), "-30");
  EXPECT_EQ(camera(20).at("camera_pitch"), "-15");
  EXPECT_EQ(aihub_conditions(kSession)[5].attributes.at("accessory"),
            "cap-and-horn-rimmed-glasses");
  EXPECT_EQ(aihub_conditions(kExpression)[2].attributes.at("expression"), "frown");
}

TEST(AihubNumber, KnowsAllSpellingsAndNothingElse) {
  EXPECT_EQ(aihub_number(kSession, "S001"), 1);
  EXPECT_EQ(aihub_number(kSession, "s6"), 6);
  EXPECT_EQ(aihub_number(kLight, "L30"), 30);
  EXPECT_EQ(aihub_number(kCamera, "c7"), 7);
  EXPECT_EQ(aihub_number(kResolution, "High_Resolution"), 1);
  EXPECT_EQ(aihub_number(kResolution, "high"), 1);
  EXPECT_EQ(aihub_number(kResolution, "MIDDLE_resolution"), 2);
  EXPECT_EQ(aihub_number(kResolution, "Low"), 3);
  for (const char* bad : {"S007", "S000", "L31", "S", "X001", "S01a", "S-1", "S0001"}) {
    EXPECT_EQ(aihub_number(kSession, bad), 0) << bad;
  }
  EXPECT_EQ(aihub_number(kResolution, "Highest"), 0);
}

TEST(AihubFilters, DefaultToThePapersSelection) {
  EXPECT_EQ(wanted(kCamera, {}), std::vector<int>{7});
  EXPECT_EQ(wanted(kExpression, {}), std::vector<int>{1});
  EXPECT_EQ(wanted(kSession, {}), from_to(1, 6));
  EXPECT_EQ(wanted(kLight, {}), from_to(1, 30));
  EXPECT_TRUE(parse_aihub_filters({}).value().any_resolution);
}

TEST(AihubFilters, UnderstandCodesRangesValuesAndAll) {
  EXPECT_EQ(wanted(kCamera, {{"camera", "C4-C10"}}), from_to(4, 10));
  EXPECT_EQ(wanted(kCamera, {{"camera", "7,c1"}}), (std::vector<int>{1, 7}));
  EXPECT_EQ(wanted(kCamera, {{"camera", "all"}}), from_to(1, 20));
  EXPECT_EQ(wanted(kLight, {{"lux", "1000,0"}}), (std::vector<int>{1, 7}));
  EXPECT_EQ(wanted(kLight, {{"lux", "150..1000"}, {"light-direction", "all"}}), from_to(1, 4));
  EXPECT_EQ(wanted(kLight, {{"light", "L8-L11"}, {"lux", "40"}}), std::vector<int>{11});
  EXPECT_EQ(wanted(kSession, {{"accessory", "Glasses,cap"}}), (std::vector<int>{2, 5}));
  EXPECT_EQ(wanted(kSession, {{"session", "S001-S003"}}), from_to(1, 3));
  EXPECT_EQ(wanted(kExpression, {{"expression", "smile"}}), std::vector<int>{2});
  EXPECT_EQ(wanted(kResolution, {{"resolution", "low"}}), std::vector<int>{3});
  // A filter on the angle replaces the default camera.
  EXPECT_EQ(wanted(kCamera, {{"camera-yaw", "-15..15"}, {"camera-pitch", "0"}}), from_to(6, 8));
}

TEST(AihubFilters, NameTheValuesThatThereAre) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"accessory", "hat"},
                                                        {"lux", "999"},
                                                        {"camera", "C21"},
                                                        {"light", ""},
                                                        {"session", "S001,,"},
                                                        {"camera", "C10-C4"}}) {
    EXPECT_EQ(parse_aihub_filters({{name, value}}).error().code(), ErrorCode::kInvalidArgument)
        << name << value;
  }
  EXPECT_EQ(parse_aihub_filters({{"accessory", "hat"}}).error().message(),
            "--accessory: 'hat' is none of: all, none, glasses, horn-rimmed-glasses, sunglasses, "
            "cap, cap-and-horn-rimmed-glasses");
  EXPECT_FALSE(parse_aihub_filters({{"weather", "fine"}}).ok());
}

}  // namespace
}  // namespace kface
