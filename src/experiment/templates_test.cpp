#include "experiment/templates.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"
#include "verify/verifier.h"

namespace kface {
namespace {

TemplateOptions quick(const std::string& enrol) {
  return {.enrol = enrol, .draws = 2, .probe = {.bootstrap = 0, .seed = 1}};
}

Result<Json> measure(const MadeUpData& data, const TemplateOptions& options,
                     const JobContext& context = {}) {
  return measure_templates(data.set, data.manifest, frozen_model(data.backbone), "frozen", options,
                           context);
}

double eer_of(const Json& json, std::size_t enrolled, const std::string& weighting) {
  for (const Json& entry : json["templates"]) {
    if (entry["enrolled"] == enrolled && entry["weighting"] == weighting) {
      return entry["eer"]["value"];
    }
  }
  ADD_FAILURE() << "no entry for " << enrolled << ", " << weighting;
  return -1;
}

TEST(Templates, AreComparedWithTheImagesThatAreInNone) {
  const auto json = measure(make_up_data(5, 4), quick("1,3"));
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["num_identities"], 5);
  EXPECT_EQ(json.value()["num_probes"], 5);  // 4 - 3 of each
  ASSERT_EQ(json.value()["templates"].size(), 4U);
  for (const Json& entry : json.value()["templates"]) {
    EXPECT_EQ(entry["num_same"], 2 * 5) << "draws x people x probes of each";
    EXPECT_EQ(entry["num_different"], 2 * 5 * 4);
  }
}

TEST(Templates, OfMorePhotosKnowPeopleBetter) {
  const auto json = measure(make_up_data(30, 10), quick("1,2,5"));
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_LT(eer_of(json.value(), 2, "mean"), eer_of(json.value(), 1, "mean"));
  EXPECT_LT(eer_of(json.value(), 5, "mean"), eer_of(json.value(), 2, "mean"));
}

TEST(Templates, OfOnePhotoDoNotDependOnItsWeight) {
  const auto json = measure(make_up_data(10, 4), quick("1"));
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_GT(eer_of(json.value(), 1, "mean"), 0);
  EXPECT_EQ(eer_of(json.value(), 1, "mean"), eer_of(json.value(), 1, "quality"));
}

TEST(Templates, CountGoodPhotosMoreWhereTheManifestSaysWhichAreGood) {
  auto data = make_up_data(30, 10);  // every second image is noisy
  for (auto& image : data.manifest.images) {
    const bool dark = image.attributes.at("lux") == "40";
    image.quality = {200, dark ? 1.0F : 500.0F, dark ? 3.0F : 120.0F, 0, 0};
  }
  const auto json = measure(data, quick("5"));
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_LT(eer_of(json.value(), 5, "quality"), eer_of(json.value(), 5, "mean"));
}

TEST(Templates, LeaveOutPeopleWithTooFewImagesAndAllThatIsSimulated) {
  auto data = make_up_data(6, 4);
  data.manifest.images[0].attributes["simulated"] = "mask";
  data.manifest.images[0].attributes["simulated_from"] = data.manifest.images[1].id;
  const auto json = measure(data, quick("3"));
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["num_identities"], 5);
  EXPECT_EQ(json.value()["num_left_out"], 1);
}

TEST(Templates, AreTheSameForAnyNumberOfThreadsAndOthersForAnotherSeed) {
  const auto data = make_up_data(12, 5);
  TemplateOptions options = quick("2");
  options.probe.bootstrap = 60;
  const auto one = measure(data, options);
  ASSERT_TRUE(one.ok()) << one.error().message();
  EXPECT_EQ(one.value(), measure(data, options, {.threads = 3}).value());
  EXPECT_TRUE(one.value()["templates"][0]["eer"].contains("ci95"));
  options.probe.seed = 2;
  EXPECT_NE(one.value(), measure(data, options).value());
}

TEST(Templates, RefuseListsThatDoNotParseAndTooFewPeople) {
  for (const char* list : {"", "0", "two", "1,,2", "101", "-1", "1.5"}) {
    const auto counts = parse_enrol(list);
    ASSERT_FALSE(counts.ok()) << list;
    EXPECT_TRUE(counts.error().message().starts_with("--enrol: ")) << list;
  }
  EXPECT_EQ(parse_enrol("5,1,2,2").value(), (std::vector<std::size_t>{1, 2, 5}));
  const auto few = measure(make_up_data(4, 3), quick("3"));
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(few.error().message().find("found 0 people with 4 real images or more"),
            std::string::npos);
}

}  // namespace
}  // namespace kface
