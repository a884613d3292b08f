#include "experiment/condition_groups.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

using Values = std::vector<std::string>;

TEST(ConditionGroups, AreTheAttributesThatTellImagesApart) {
  auto data = make_up_data(4, 4);
  for (std::size_t i = 0; i < data.manifest.images.size(); ++i) {
    auto& image = data.manifest.images[i];
    image.attributes["one"] = "same everywhere";
    image.attributes["name"] = std::to_string(i) + "of many";
    image.quality.sharpness = static_cast<float>(i);
  }
  for (std::size_t i = 0; i < 60; ++i) {  // not accepted, hence no values of theirs
    ImageRecord refused;
    refused.attributes["lux"] = i < 3 ? "40" : std::to_string(i);
    refused.reason = "no face found";
    data.manifest.images.push_back(refused);
  }
  const auto groups = condition_groups(data.set, data.manifest, {}, {});
  ASSERT_TRUE(groups.ok()) << groups.error().message();
  ASSERT_EQ(groups.value().size(), 3u);
  const ConditionGroup& lux = groups.value()[0];
  EXPECT_EQ(lux.attribute, "lux");
  EXPECT_EQ(lux.values, (Values{"40", "1000"}));
  EXPECT_EQ(lux.reference, 1u);  // as a passport photo has it
  EXPECT_EQ(lux.value_of_row[0], 1);
  EXPECT_EQ(lux.value_of_row[1], 0);
  EXPECT_EQ(lux.count(0), 8u);
  EXPECT_EQ(lux.num_refused[0], 4u);  // three, and the 40th of them
  EXPECT_EQ(groups.value()[1].attribute, "name");
  EXPECT_EQ(groups.value()[1].values[1], "10of many") << "texts in the order of texts";
  const ConditionGroup& sharpness = groups.value()[2];
  EXPECT_EQ(sharpness.attribute, "quality_sharpness");
  EXPECT_EQ(sharpness.values, (Values{"low", "middle", "high"}));
  EXPECT_EQ(sharpness.bounds, (std::vector<double>{5, 10}));
  EXPECT_EQ(sharpness.count(0), 5u);
  EXPECT_EQ(sharpness.count(1), 5u);
  EXPECT_EQ(sharpness.count(2), 6u);
}

TEST(ConditionGroups, HoldAgainstTheReferenceThatWasAsked) {
  const auto data = make_up_data(4, 3);
  const auto groups = condition_groups(data.set, data.manifest, {"lux"}, {{"lux", "40"}});
  ASSERT_TRUE(groups.ok());
  EXPECT_EQ(groups.value()[0].reference, 0u);
}

TEST(ConditionGroups, HoldAgainstTheMostFrequentValueOfAnUnknownAttribute) {
  auto data = make_up_data(4, 3);
  for (std::size_t i = 0; i < data.manifest.images.size(); ++i) {
    data.manifest.images[i].attributes["door"] = i % 3 == 0 ? "back" : "front";
  }
  const auto groups = condition_groups(data.set, data.manifest, {"door"}, {});
  ASSERT_TRUE(groups.ok());
  EXPECT_EQ(groups.value()[0].values[groups.value()[0].reference], "front");
}

TEST(ConditionGroups, SayWhatThereIsInstead) {
  const auto data = make_up_data(4, 3);
  const auto says = [&](const Values& wanted, const std::map<std::string, std::string>& references,
                        const char* text) {
    const auto groups = condition_groups(data.set, data.manifest, wanted, references);
    ASSERT_FALSE(groups.ok());
    EXPECT_EQ(groups.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(groups.error().message().find(text), std::string::npos) << groups.error().message();
  };
  says({"weather"}, {}, "attribute 'weather': expected one of 2 to 40 values; there are: lux;");
  says({}, {{"lux", "7"}}, "reference lux=7: no image has that value; there are: 40, 1000");
  says({}, {{"weather", "rain"}}, "reference weather=rain: no such attribute; there are: lux");
  auto alike = make_up_data(4, 3);
  for (auto& image : alike.manifest.images) {
    image.attributes = {{"lux", "1000"}};
  }
  const auto none = condition_groups(alike.set, alike.manifest, {}, {});
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message().find("cannot be told apart"), std::string::npos);
  EXPECT_NE(none.error().message().find("lux (1 values)"), std::string::npos);
}

TEST(ByNumberThenText, SortsNumbersByValue) {
  Values values = {"front", "1000", "-45", "40", "all"};
  std::sort(values.begin(), values.end(), by_number_then_text);
  EXPECT_EQ(values, (Values{"-45", "40", "1000", "all", "front"}));
}

}  // namespace
}  // namespace kface
