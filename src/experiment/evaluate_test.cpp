#include "experiment/evaluate.h"

#include <gtest/gtest.h>

#include <functional>

#include "experiment/data_for_test.h"
#include "verify/verifier.h"

namespace kface {
namespace {

EvaluateOptions quick() {
  EvaluateOptions options;
  options.bootstrap = 0;
  return options;
}

TEST(Evaluate, GivesTheKeysThatOtherProgramsCall) {
  auto data = make_up_data(12, 4);
  data.manifest.images.push_back({});
  data.manifest.images.back().reason = "no face found";
  const Model model = frozen_model(data.backbone);
  const auto json = evaluate_all_pairs(data.set, data.manifest, model, "frozen", quick(), {});
  ASSERT_TRUE(json.ok()) << json.error().message();
  for (const char* key : {"eer", "threshold_at_eer", "accuracy", "overlap", "auc", "tar_at_far",
                          "far_at_threshold", "num_same", "num_different", "num_identities",
                          "num_images", "model", "num_rejected", "failure_to_acquire",
                          "fnmr_at_fmr", "threshold_at_far", "d_prime", "det", "identification"}) {
    EXPECT_TRUE(json.value().contains(key)) << key;
  }
  EXPECT_EQ(json.value()["num_same"], 12 * 6);
  EXPECT_EQ(json.value()["num_rejected"], 1);
  EXPECT_NEAR(json.value()["failure_to_acquire"].get<double>(), 1.0 / 49, 1e-12);
}

TEST(Evaluate, GivesAnIntervalToEveryEstimate) {
  const auto data = make_up_data(20, 6);
  EvaluateOptions options;
  options.bootstrap = 40;
  const auto json = evaluate_all_pairs(data.set, data.manifest, frozen_model(data.backbone),
                                       "frozen", options, {});
  ASSERT_TRUE(json.ok()) << json.error().message();
  std::size_t estimates = 0;
  const std::function<void(const Json&, const std::string&)> visit = [&](const Json& part,
                                                                         const std::string& path) {
    if (part.is_object() && part.contains("value")) {
      ++estimates;
      EXPECT_TRUE(part.contains("ci95")) << path;
    }
    for (const auto& [key, value] : part.items()) {
      if (value.is_structured()) {
        visit(value, std::string(path).append("/").append(key));
      }
    }
  };
  visit(json.value(), "");
  EXPECT_GT(estimates, 30u);
}

TEST(Evaluate, SearchesForPeopleAndDrawsTheCurve) {
  const auto data = make_up_data(20, 6);
  EvaluateOptions options = quick();
  options.gallery_images = 2;
  options.splits = 3;
  options.det_points = 7;
  const Model model = frozen_model(data.backbone);
  const auto json =
      evaluate_all_pairs(data.set, data.manifest, model, "frozen", options, {}).value();
  const Json& found = json["identification"];
  EXPECT_EQ(found["gallery_images"], 2);
  EXPECT_EQ(found["num_enrolled"], 20);
  EXPECT_EQ(found["num_probes"], 20 * 4);
  EXPECT_EQ(found["rank"].size(), 20u);
  EXPECT_EQ(found["rank"]["20"]["value"], 1.0);
  EXPECT_EQ(found["open_set"]["splits"], 3);
  EXPECT_EQ(found["open_set"]["num_mated"], 10 * 4);
  EXPECT_EQ(found["open_set"]["num_nonmated"], 10 * 6);
  EXPECT_TRUE(found["open_set"]["fnir_at_fpir"]["0.1"].contains("value"));
  EXPECT_TRUE(found["open_set"]["fnir_at_fpir"]["0.01"].is_null());
  EXPECT_GE(json["det"]["fmr"].size(), 2u);
  EXPECT_LE(json["det"]["fmr"].size(), 7u);
  EXPECT_EQ(json["det"]["fmr"].size(), json["det"]["fnmr"].size());

  options.gallery_images = 6;  // nobody is left to search for
  options.det_points = 0;
  const auto bare =
      evaluate_all_pairs(data.set, data.manifest, model, "frozen", options, {}).value();
  EXPECT_TRUE(bare["identification"].is_null());
  EXPECT_FALSE(bare.contains("det"));
  options.det_points = 1;
  EXPECT_EQ(
      evaluate_all_pairs(data.set, data.manifest, model, "frozen", options, {}).error().message(),
      "a DET curve of 1 point was asked for; ask for 0 (none) or 2 and more");
}

TEST(Evaluate, SaysWhichOfTwoModelsIsBetter) {
  const auto data = make_up_data(20, 6);
  const Model good = frozen_model(data.backbone);
  Model bad = good;
  for (std::size_t i = 0; i < bad.head.weight.size(); ++i) {
    bad.head.weight[i] *= i < 2 * bad.head.m ? 1 : 0;  // sees 2 of the 8 values
  }
  EvaluateOptions options;
  options.bootstrap = 100;
  const auto of_good = score_all_pairs(data.set, good, {}).value();
  const auto of_bad = score_all_pairs(data.set, bad, {}).value();
  const auto json = compare_scores(of_good, "good", of_bad, "bad", options, {}).value();
  EXPECT_EQ(json["against"], "bad");
  EXPECT_EQ(json["verdict"], "better");
  EXPECT_EQ(json["sentence"].get<std::string>().find("good is better than bad: EER lower by "), 0u);
  EXPECT_LT(json["eer"]["difference"]["ci95"][1], 0.0);
  EXPECT_EQ(compare_scores(of_bad, "bad", of_good, "good", options, {}).value()["verdict"],
            "worse");
  auto fewer = of_bad;
  fewer.pairs.pop_back();
  EXPECT_EQ(compare_scores(of_good, "good", fewer, "bad", options, {}).error().code(),
            ErrorCode::kMismatch);
}

TEST(Evaluate, CrossValidatesAListInFoldsAndCountsMissingPairsAsWrong) {
  auto data = make_up_data(8, 2);
  PairList list;
  list.num_folds = 2;
  for (std::uint32_t person = 0; person < 8; ++person) {
    const auto id = [&](std::uint32_t image) { return data.manifest.images[(image) % 16].id; };
    list.pairs.push_back({id(2 * person), id(2 * person + 1), true, person % 2});
    list.pairs.push_back({id(2 * person), id(2 * person + 2), false, person % 2});
  }
  ImageRecord refused;
  refused.id = "refused";
  refused.reason = "no face found";
  data.manifest.images.push_back(refused);
  list.pairs.push_back({"refused", data.manifest.images[0].id, false, 0});
  const auto json = evaluate_pair_list(data.set, data.manifest, frozen_model(data.backbone),
                                       "frozen", list, quick(), {});
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["num_missing"], 1);
  EXPECT_FALSE(json.value().contains("identification"));  // a list says nothing of a gallery
  EXPECT_EQ(json.value()["view2"]["folds"].size(), 2u);
  EXPECT_EQ(json.value()["view2"]["folds"][0]["num_missing"], 1);
  EXPECT_LT(json.value()["view2"]["folds"][0]["accuracy"].get<double>(), 1.0);
}

TEST(Evaluate, RefusesAListOfAnotherDataset) {
  const auto data = make_up_data(4, 2);
  const auto& images = data.manifest.images;
  PairList unknown;
  unknown.pairs = {{"who", images[0].id, false, 0}};
  const auto missing = evaluate_pair_list(data.set, data.manifest, frozen_model(data.backbone),
                                          "frozen", unknown, quick(), {});
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message().find("the first is 'who'"), std::string::npos);
  PairList wrong;
  wrong.pairs = {{images[0].id, images[1].id, false, 0}};
  EXPECT_EQ(evaluate_pair_list(data.set, data.manifest, frozen_model(data.backbone), "frozen",
                               wrong, quick(), {})
                .error()
                .code(),
            ErrorCode::kMismatch);
}

}  // namespace
}  // namespace kface
