#include "experiment/stress.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "experiment/data_for_test.h"
#include "verify/verifier.h"

namespace kface {
namespace {

ProbeOptions quick() { return {.bootstrap = 0, .seed = 1}; }

// Faces are points on a line.
class OnALine {
 public:
  void add(const std::string& identity, const std::string& id, float at,
           const std::string& simulated = "", const std::string& from = "") {
    ImageRecord record;
    record.id = id;
    record.identity = identity;
    record.chip = "chips/" + id;
    record.chip_sha256 = id;
    if (!simulated.empty()) {
      record.attributes = {{"simulated", simulated}, {"simulated_from", from}};
    }
    const auto known = std::find(set.identity_names.begin(), set.identity_names.end(), identity);
    set.identities.push_back(static_cast<std::uint32_t>(known - set.identity_names.begin()));
    if (known == set.identity_names.end()) {
      set.identity_names.push_back(identity);
    }
    set.images.push_back(static_cast<std::uint32_t>(manifest.images.size()));
    set.features.push_back(at);
    set.d = 1;
    manifest.images.push_back(std::move(record));
  }

  Result<Json> stress(float threshold, const ProbeOptions& options = quick(),
                      const JobContext& context = {}) const {
    Model model = frozen_model(MadeUpBackbone(1));
    model.threshold.distance = threshold;
    return stress_model(set, manifest, model, "frozen", options, context);
  }

  Manifest manifest;
  FeatureSet set;
};

// Ann has two photos, Bob one; a mask is drawn on one of hers and on his.
OnALine two_people() {
  OnALine data;
  data.add("Ann", "a1", 0);
  data.add("Ann", "a2", 1);
  data.add("Ann", "a1#mask", 2.5F, "mask", "a1");
  data.add("Bob", "b1", 10);
  data.add("Bob", "b1#mask", 14, "mask", "b1");
  return data;
}

TEST(Stress, PairsADrawingWithOtherPhotosOfItsPersonAndWithOtherPeople) {
  const auto json = two_people().stress(2);
  ASSERT_TRUE(json.ok()) << json.error().message();
  ASSERT_EQ(json.value()["stress"].size(), 1U);
  const Json& mask = json.value()["stress"][0];
  EXPECT_EQ(mask["simulated"], "mask");
  EXPECT_EQ(mask["kind"], "mask");
  EXPECT_EQ(mask["num_images"], 2);
  // Same: a2 and the mask on a1, 1.5 apart. Different: 7.5; 14 and 13.
  EXPECT_EQ(mask["other_photo"]["num_same"], 1);
  EXPECT_EQ(mask["other_photo"]["num_different"], 3);
  EXPECT_EQ(mask["other_photo"]["eer"]["value"], 0.0);
  EXPECT_EQ(mask["other_photo"]["num_false_rejects"], 0);
  EXPECT_EQ(mask["other_photo"]["num_false_accepts"], 0);
  EXPECT_TRUE(mask["other_photo"]["tar_at_far"]["0.01"].is_null()) << "3 pairs are too few";
}

TEST(Stress, CountsTheVeryPhotoUnderADrawingApartAndOnlyWhereThereIsNoOther) {
  const auto json = two_people().stress(2);
  ASSERT_TRUE(json.ok()) << json.error().message();
  // Bob's only: 14 and 10; Ann's a1 and the mask on it are no pair at all.
  const Json& same = json.value()["stress"][0]["same_photo"];
  EXPECT_EQ(same["num_same"], 1);
  EXPECT_EQ(same["num_different"], 3);
  EXPECT_EQ(same["num_false_rejects"], 1);
  OnALine only_ann = two_people();
  only_ann.add("Bob", "b2", 11);
  const auto all_two = only_ann.stress(2);
  ASSERT_TRUE(all_two.ok()) << all_two.error().message();
  EXPECT_TRUE(all_two.value()["stress"][0]["same_photo"].is_null());
}

TEST(Stress, ComparesWithPairsOfRealImagesAlone) {
  const auto json = two_people().stress(9.5F);
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["num_real_images"], 3);
  EXPECT_EQ(json.value()["num_simulated_images"], 2);
  EXPECT_EQ(json.value()["real"]["num_same"], 1);       // 1 apart
  EXPECT_EQ(json.value()["real"]["num_different"], 2);  // 10 and 9 apart
  EXPECT_EQ(json.value()["real"]["num_false_accepts"], 1);
  EXPECT_EQ(json.value()["real"]["far_at_threshold"]["value"], 0.5);
}

TEST(Stress, CountsRefusedPhotosAgainstPhotosNotDrawings) {
  OnALine data = two_people();
  ImageRecord refused;
  refused.reason = "no face found";
  data.manifest.images.push_back(refused);
  const auto json = data.stress(2);
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["num_rejected"], 1);
  EXPECT_EQ(json.value()["failure_to_acquire"], 0.25);
}

TEST(Stress, SaysThatItIsSimulated) {
  const auto json = two_people().stress(2);
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["simulated"], true);
  EXPECT_TRUE(json.value()["note"].get<std::string>().starts_with("SIMULATED"));
}

TEST(Stress, TakesWhatWasDrawnOneByOneInDocumentedOrder) {
  OnALine data = two_people();
  data.add("Ann", "a1#lux-40", 1, "lux 40", "a1");
  data.add("Ann", "a1#lux-100", 0.5F, "lux 100", "a1");
  std::vector<std::size_t> done;
  const auto json = data.stress(2, quick(), {.progress = [&](std::size_t now, std::size_t total) {
                                  done.push_back(now);
                                  EXPECT_EQ(total, 3U);
                                }});
  ASSERT_TRUE(json.ok()) << json.error().message();
  std::vector<std::string> names;
  for (const Json& entry : json.value()["stress"]) {
    names.push_back(entry["simulated"]);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"lux 100", "lux 40", "mask"}));
  EXPECT_EQ(json.value()["stress"][1]["kind"], "lux");
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(Stress, IsTheSameForAnyNumberOfThreadsAndHasIntervals) {
  auto made_up = make_up_data(12, 3);
  auto& images = made_up.manifest.images;
  for (std::size_t i = 0; i < images.size(); i += 3) {
    images[i].attributes["simulated"] = "mask";
    images[i].attributes["simulated_from"] = images[i + 1].id;
  }
  const Model model = frozen_model(made_up.backbone);
  const auto stress = [&](unsigned threads) {
    return stress_model(made_up.set, made_up.manifest, model, "frozen", {.bootstrap = 60},
                        {.threads = threads});
  };
  const auto one = stress(1);
  ASSERT_TRUE(one.ok()) << one.error().message();
  EXPECT_EQ(one.value(), stress(3).value());
  EXPECT_TRUE(one.value()["stress"][0]["other_photo"]["eer"].contains("ci95"));
  EXPECT_TRUE(one.value()["real"]["frr_at_threshold"].contains("ci95"));
}

TEST(Stress, RefusesADatasetWithoutSimulatedImages) {
  const auto data = make_up_data(4, 2);
  const auto none =
      stress_model(data.set, data.manifest, frozen_model(data.backbone), "frozen", quick(), {});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(none.error().message().find("kface simulate"), std::string::npos);
}

}  // namespace
}  // namespace kface
