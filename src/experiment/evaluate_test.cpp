#include "experiment/evaluate.h"

#include <gtest/gtest.h>

#include "experiment/data_for_test.h"
#include "verify/verifier.h"

namespace kface {
namespace {

EvaluateOptions quick() { return {.bootstrap = 0, .seed = 1}; }

TEST(Evaluate, GivesTheKeysThatOtherProgramsCall) {
  auto data = make_up_data(12, 4);
  data.manifest.images.push_back({});
  data.manifest.images.back().reason = "no face found";
  const Model model = frozen_model(data.backbone);
  const auto json = evaluate_all_pairs(data.set, data.manifest, model, "frozen", quick(), {});
  ASSERT_TRUE(json.ok()) << json.error().message();
  for (const char* key : {"eer", "threshold_at_eer", "accuracy", "overlap", "auc", "tar_at_far",
                          "far_at_threshold", "num_same", "num_different", "num_identities",
                          "num_images", "model", "num_rejected", "failure_to_acquire"}) {
    EXPECT_TRUE(json.value().contains(key)) << key;
  }
  EXPECT_EQ(json.value()["num_same"], 12 * 6);
  EXPECT_EQ(json.value()["num_rejected"], 1);
  EXPECT_NEAR(json.value()["failure_to_acquire"].get<double>(), 1.0 / 49, 1e-12);
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
