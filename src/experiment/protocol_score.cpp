#include "experiment/protocol_score.h"

#include <algorithm>

#include "eval/all_pairs.h"
#include "experiment/published_results.h"
#include "kface/metrics.h"

namespace kface {
namespace {

struct Ours {
  double accuracy = 0;  // share of all pairs of the list
  const char* english = "";
  const char* korean = "";
};

Json ours_row(const Model& model, const std::string& model_name, const std::string& column,
              const Ours& ours) {
  constexpr double kPercent = 100;
  return {{"model", "kface, " + model.backbone + ", " + model_name},
          {"training", model.recipe == "frozen" ? "nothing beyond the backbone"
                                                : "last layer, recipe " + model.recipe},
          {"accuracy", {{column, rounded(kPercent * ours.accuracy)}}},
          {"rule", {{"en", ours.english}, {"ko", ours.korean}}},
          {"source", "this run"}};
}

Result<Ours> by_published_rule(const std::string& protocol, const Json& evaluation,
                               const std::vector<ScoredPair>& pairs, double share_present) {
  if (protocol == "lfw") {
    return Ours{evaluation["view2"]["accuracy"].get<double>(),
                "View 2: mean over folds, each at the threshold that is best on the others",
                "View 2: 각 폴드를 다른 폴드에서 가장 좋은 임계값으로 잰 평균"};
  }
  KF_ASSIGN(const BestThreshold best, best_threshold(pairs));
  return Ours{best.accuracy * share_present, "the threshold that is best on the whole list itself",
              "목록 자체에서 가장 좋은 임계값"};
}

Json notes_of(const std::string& protocol, const Json& evaluation, bool fitted_on_these_images) {
  const std::string pairs = evaluation["num_pairs"].dump();
  const std::string missing = evaluation["num_missing"].dump();
  const std::string people = evaluation["num_identities"].dump();
  Json notes = Json::array();
  notes.push_back({{"en", "Our list has " + pairs + " pairs of " + people + " people; " + missing +
                              " of them have a photo that was refused and count as wrong."},
                   {"ko", "우리 목록은 " + people + "명의 " + pairs + "쌍이며, 그중 " + missing +
                              "쌍은 거부한 사진이 있어 틀린 것으로 셌습니다."}});
  if (fitted_on_these_images) {
    notes.push_back(
        {{"en", "The model was fitted on this very dataset: its figures are too good."},
         {"ko", "이 모델은 바로 이 데이터셋으로 맞춘 것이므로 수치가 실제보다 좋습니다."}});
  }
  if (protocol != "lfw") {
    notes.push_back(
        {{"en",
          "The published figures are of 30 certain people and of 1,000 (Q1) or 100,000 pairs "
          "(Q2 to Q4); with other people they compare only roughly."},
         {"ko",
          "발표된 값은 정해진 30명과 1,000쌍(Q1) 또는 100,000쌍(Q2~Q4)에 대한 것이므로, 다른 "
          "사람들의 값과는 대략만 비교할 수 있습니다."}});
  }
  return notes;
}

Status check_protocol(const std::string& protocol, const PairList& list) {
  const auto known = published_protocols();
  if (std::find(known.begin(), known.end(), protocol) == known.end()) {
    return {ErrorCode::kInvalidArgument,
            "'" + protocol + "' is no published protocol; there are: lfw, Q1, Q2, Q3, Q4"};
  }
  if (protocol == "lfw" && list.num_folds < 2) {
    return {ErrorCode::kInvalidArgument,
            "LFW's View 2 is a list in folds; this one has a single fold: give pairs.txt"};
  }
  return {};
}

}  // namespace

Json evaluate_record(const Program& program, const Json& options, const Manifest& manifest,
                     const BackboneInfo& backbone, const Json& evaluation) {
  Json record = start_record("evaluate", program, options, manifest, backbone);
  for (const auto& [key, value] : evaluation.items()) {
    if (key != "backbone") {  // its id stands in the record's own
      record[key] = value;
    }
  }
  return record;
}

Result<Json> run_protocol_score(const FeatureSet& set, const Manifest& manifest,
                                const Backbone& backbone, const Model& model,
                                const std::string& model_name, const Program& program,
                                const PairList& list, const ProtocolScoreOptions& options,
                                const JobContext& context) {
  const std::string& protocol = options.published;
  KF_TRY(check_protocol(protocol, list));
  KF_ASSIGN(const Json evaluation,
            evaluate_pair_list(set, manifest, model, model_name, list, options.evaluate, context));
  KF_ASSIGN(const ScoredPairs scored, score_pair_list(set, manifest, model, list));
  const auto& pairs = scored.pairs;
  const double share_present =
      static_cast<double>(pairs.size()) / static_cast<double>(list.pairs.size());
  KF_ASSIGN(const Ours published, by_published_rule(protocol, evaluation, pairs, share_present));
  KF_ASSIGN(const RatesAtThreshold own, rates_at(pairs, model.threshold.distance));
  const Ours at_own{own.accuracy * share_present,
                    "the model's own threshold, chosen without these pairs",
                    "이 쌍들 없이 정한 모델 자신의 임계값"};

  Json recorded{{"protocol.published", protocol}};
  visit_evaluate_options(options.evaluate, OptionRecorder(recorded));
  Json record = evaluate_record(program, recorded, manifest, backbone.info(), evaluation);
  const std::string column = protocol == "lfw" ? "LFW" : protocol;
  record["protocol"] = {{"name", protocol}};
  record["protocol"]["ours"] = {ours_row(model, model_name, column, published),
                                ours_row(model, model_name, column, at_own)};
  record["protocol"]["published"] = published_results(protocol);
  record["protocol"]["notes"] =
      notes_of(protocol, evaluation, model.data_digest == manifest.digest());
  if (record["dataset"]["simulated"] == true) {
    record["protocol"]["notes"].push_back(
        {{"en", "These photos are simulated: a program made their conditions, no camera did."},
         {"ko", "이 사진들의 촬영 조건은 모의입니다. 카메라가 아니라 프로그램이 만들었습니다."}});
  }
  return record;
}

}  // namespace kface
