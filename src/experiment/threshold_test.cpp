#include "experiment/threshold.h"

#include <gtest/gtest.h>

#include "eval/all_pairs.h"
#include "experiment/data_for_test.h"
#include "kface/metrics.h"
#include "verify/verifier.h"

namespace kface {
namespace {

ThresholdOptions at(double far) { return {.far = far, .bootstrap = 60, .seed = 1}; }

ChosenThreshold chosen_for(const MadeUpData& data, const Model& model, double far) {
  auto chosen =
      choose_threshold(data.set, data.manifest, model, "name", data.backbone, at(far), {});
  EXPECT_TRUE(chosen.ok()) << chosen.error().message();
  return std::move(chosen).value();
}

// Shares of pairs within the threshold, counted in a loop.
std::pair<double, double> rates(const MadeUpData& data, double threshold) {
  double same = 0;
  double accepted_same = 0;
  double different = 0;
  double accepted_different = 0;
  const auto& set = data.set;
  for (std::size_t i = 0; i < set.size(); ++i) {
    for (std::size_t j = i + 1; j < set.size(); ++j) {
      const auto row = [&](std::size_t k) {
        return std::span(set.features).subspan(k * set.d, set.d);
      };
      const bool accepted = euclidean_distance(row(i), row(j)) <= threshold;
      const bool is_same = set.identities[i] == set.identities[j];
      (is_same ? same : different) += 1;
      (is_same ? accepted_same : accepted_different) += accepted ? 1 : 0;
    }
  }
  return {accepted_different / different, accepted_same / same};
}

TEST(ChooseThreshold, IsTheLargestDistanceWithinTheRate) {
  const auto data = make_up_data(20, 6);
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 0.01);
  ASSERT_TRUE(chosen.threshold.has_value()) << chosen.refusal;
  const float distance = chosen.threshold->distance;
  const auto [far, tar] = rates(data, distance);
  EXPECT_LE(far, 0.01);
  EXPECT_GT(far, 0.01 - 2.0 / (190 * 36));  // the next different pair would be too many
  EXPECT_DOUBLE_EQ(*chosen.threshold->far, far);
  EXPECT_EQ(chosen.threshold->rule, "far 0.01");
  EXPECT_EQ(chosen.threshold->num_people, 20u);
  EXPECT_TRUE(chosen.threshold->unseen_people);
  const Json& json = chosen.record;
  EXPECT_EQ(json["supported"], true);
  EXPECT_EQ(json["threshold"]["value"].get<float>(), distance);
  EXPECT_LE(json["threshold"]["ci95"][0].get<double>(), distance);
  EXPECT_GE(json["threshold"]["ci95"][1].get<double>(), distance);
  EXPECT_LT(json["threshold"]["ci95"][0], json["threshold"]["ci95"][1]);
  EXPECT_DOUBLE_EQ(json["tar"]["value"].get<double>(), tar);
  EXPECT_EQ(json["num_different"], 190 * 36);
  EXPECT_EQ(json["num_different_needed"], 300);
}

TEST(ChooseThreshold, SaysWhatTheCustomaryThresholdAccepts) {
  const auto data = make_up_data(20, 4);
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 0.01);
  const Json& customary = chosen.record["customary"];
  EXPECT_EQ(customary["threshold"], 0.6);
  const auto [far, tar] = rates(data, static_cast<float>(0.6));
  EXPECT_DOUBLE_EQ(customary["far"]["value"].get<double>(), far);
  EXPECT_DOUBLE_EQ(customary["frr"]["value"].get<double>(), 1 - tar);
  EXPECT_TRUE(customary["far"].contains("ci95"));
}

TEST(ChooseThreshold, RefusesARateThatTheDataCannotSupportAndSaysWhatWould) {
  const auto data = make_up_data(10, 4);  // 45 * 16 = 720 different pairs
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 0.001);
  EXPECT_FALSE(chosen.threshold.has_value());
  EXPECT_EQ(chosen.refusal,
            "a false-accept rate of 0.001 needs 3000 different-person pairs (3 / FAR), found 720; "
            "bring about 20 people with 4 images each, or 9 images each of 10 people, or ask for a "
            "FAR of 0.0042 or more");
  EXPECT_EQ(chosen.record["supported"], false);
  EXPECT_TRUE(chosen.record["threshold"].is_null());
  EXPECT_TRUE(chosen.record["tar"].is_null());
  EXPECT_EQ(chosen.record["refusal"], chosen.refusal);
  EXPECT_FALSE(chosen.record["customary"].is_null());
  // What it asks for is enough.
  EXPECT_TRUE(chosen_for(data, frozen_model(data.backbone), 0.0042).threshold);
  EXPECT_TRUE(chosen_for(make_up_data(20, 4), frozen_model(data.backbone), 0.001).threshold);
  EXPECT_TRUE(chosen_for(make_up_data(10, 9), frozen_model(data.backbone), 0.001).threshold);
}

TEST(ChooseThreshold, RoundsTheRateThatIsPossibleUp) {
  const auto data = make_up_data(16, 4);  // 1920 different pairs: 3 / 1920 = 0.00156
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 0.001);
  EXPECT_NE(chosen.refusal.find("a FAR of 0.0016 or more"), std::string::npos) << chosen.refusal;
  EXPECT_TRUE(chosen_for(data, frozen_model(data.backbone), 0.0016).threshold);
  EXPECT_FALSE(chosen_for(data, frozen_model(data.backbone), 0.0015).threshold);
  const auto many = make_up_data(13, 10);  // 7800: 3 / 7800 = 0.000385
  const auto refused = chosen_for(many, frozen_model(many.backbone), 0.0001);
  EXPECT_NE(refused.refusal.find("a FAR of 0.00039 or more"), std::string::npos);
  EXPECT_TRUE(chosen_for(many, frozen_model(many.backbone), 0.00039).threshold);
}

TEST(ChooseThreshold, RefusesAModelThatTellsNobodyApart) {
  auto data = make_up_data(20, 4);
  data.set.features.assign(data.set.features.size(), 1.0F);
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 0.01);
  EXPECT_FALSE(chosen.threshold.has_value());
  EXPECT_EQ(chosen.refusal,
            "even the closest pair of all accepts more than 0.01 of the different-person pairs: "
            "this model has no threshold for that rate");
  EXPECT_EQ(chosen.record["supported"], false);
}

TEST(ChooseThreshold, WarnsOfPeopleWhomTheModelWasFittedOn) {
  const auto data = make_up_data(20, 4);
  Model model = frozen_model(data.backbone);
  EXPECT_EQ(chosen_for(data, model, 0.01).warning, "");
  model.recipe = "calibrated";
  model.data_digest = "of another dataset";
  EXPECT_EQ(chosen_for(data, model, 0.01).warning, "");
  model.data_digest = data.set.data_digest;
  const auto chosen = chosen_for(data, model, 0.01);
  EXPECT_NE(chosen.warning.find("was fitted on this very dataset"), std::string::npos);
  EXPECT_FALSE(chosen.threshold->unseen_people);
  EXPECT_EQ(chosen.record["fitted_on_this_data"], true);
  // A frozen network is fitted on nobody, though its file names the data of its threshold.
  model.recipe = kFrozenModel;
  EXPECT_EQ(chosen_for(data, model, 0.01).warning, "");
}

TEST(ChooseThreshold, GivesAllForARateOfOne) {
  const auto data = make_up_data(4, 2);
  const auto chosen = chosen_for(data, frozen_model(data.backbone), 1);
  ASSERT_TRUE(chosen.threshold.has_value());
  EXPECT_EQ(*chosen.threshold->far, 1.0);
  EXPECT_EQ(chosen.record["tar"]["value"], 1.0);
}

TEST(ChooseThreshold, NeedsBothKindsOfPair) {
  const auto data = make_up_data(4, 1);
  const auto chosen = choose_threshold(data.set, data.manifest, frozen_model(data.backbone), "name",
                                       data.backbone, at(0.01), {});
  EXPECT_EQ(chosen.error().code(), ErrorCode::kInvalidArgument);
}

TEST(WithThreshold, KeepsAModelAndRefusesChipsOfAnotherKind) {
  auto data = make_up_data(4, 2);
  const Threshold threshold{.distance = 0.5F, .rule = "far 0.01", .far = 0.01, .num_people = 4};
  const Model frozen =
      with_threshold(frozen_model(data.backbone), threshold, data.manifest, {"1.0", "cpu"}).value();
  EXPECT_EQ(frozen.threshold.distance, 0.5F);
  EXPECT_EQ(frozen.preprocessing, align_facts(data.manifest.facts));
  EXPECT_EQ(frozen.data_digest, data.manifest.digest());
  EXPECT_EQ(frozen.program, "1.0");

  Model fitted = frozen;
  fitted.recipe = "calibrated";
  fitted.data_digest = "of another dataset";
  EXPECT_EQ(with_threshold(fitted, threshold, data.manifest, {}).value().data_digest,
            "of another dataset");
  fitted.preprocessing["crop"] = "none";
  const auto refused = with_threshold(fitted, threshold, data.manifest, {});
  EXPECT_EQ(refused.error().code(), ErrorCode::kMismatch);
  EXPECT_EQ(refused.error().message(),
            "the model takes photos with crop = none, the dataset was made with dlib; import the "
            "photos again as the model's were");
}

}  // namespace
}  // namespace kface
