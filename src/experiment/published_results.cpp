#include "experiment/published_results.h"

#include <array>
#include <optional>

namespace kface {
namespace {

struct Rule {
  const char* english;
  const char* korean;
};

constexpr Rule kBestOfTheList = {
    "30 people never trained on; cosine of image and mirror image together; the threshold that is "
    "best on the whole list itself",
    "학습하지 않은 30명, 원본과 좌우 반전 특징을 이은 코사인, 목록 자체에서 가장 좋은 임계값"};
constexpr Rule kStated = {"as its authors state it", "저자가 밝힌 값"};
constexpr Rule kUnrestricted = {"as its authors state it, unrestricted setting",
                                "저자가 밝힌 값, unrestricted 설정"};
constexpr Rule kJittered = {"as its author states it, mean of 100 jittered crops",
                            "저자가 밝힌 값, 흔든 얼굴 100장의 평균"};
constexpr Rule kDeepface = {
    "deepface's measurement: its 1,000-pair test split, the best threshold picked on the same "
    "pairs",
    "deepface의 측정: 시험 1,000쌍, 같은 쌍에서 가장 좋은 임계값"};

Json row(const char* model, const char* training, Json accuracy, const Rule& rule,
         const char* source) {
  return {{"model", model},
          {"training", training},
          {"accuracy", std::move(accuracy)},
          {"rule", {{"en", rule.english}, {"ko", rule.korean}}},
          {"source", source}};
}

struct KfaceRow {
  const char* model;
  const char* training;
  std::array<std::optional<double>, 4> accuracy;  // Q1..Q4, percent
};

Json kface_rows() {
  constexpr const char* kKorean = "K-FACE T4, 370 people";
  constexpr const char* kWestern = "MS1M-R";
  constexpr const char* kBoth = "MS1M-R + T4";
  const std::array<KfaceRow, 9> rows = {{
      {"ResNet-34, ArcFace", kKorean, {{98.30, 94.77, 87.87, 85.41}}},
      {"ResNet-34, SN-pair", kKorean, {{99.20, 95.01, 91.84, 89.74}}},
      {"ResNet-34, MixFace", kKorean, {{100, 96.37, 92.36, 89.80}}},
      {"ResNet-34, ArcFace", kWestern, {{{}, 98.71, 86.60, 82.03}}},
      {"ResNet-34, SN-pair", kWestern, {{{}, 92.85, 76.36, 70.08}}},
      {"ResNet-34, MixFace", kWestern, {{{}, 97.36, 82.89, 76.95}}},
      {"ResNet-34, ArcFace", kBoth, {{{}, 76.58, 73.13, 71.38}}},
      {"ResNet-34, SN-pair", kBoth, {{{}, 98.37, 94.98, 93.33}}},
      {"ResNet-34, MixFace", kBoth, {{{}, 99.27, 96.85, 94.79}}},
  }};
  Json list = Json::array();
  for (const KfaceRow& one : rows) {
    Json accuracy = Json::object();
    for (std::size_t i = 0; i < one.accuracy.size(); ++i) {
      if (one.accuracy.at(i)) {
        accuracy["Q" + std::to_string(i + 1)] = *one.accuracy.at(i);
      }
    }
    list.push_back(row(one.model, one.training, accuracy, kBestOfTheList, "arXiv 2111.01717"));
  }
  return list;
}

Json lfw_rows() {
  const auto lfw = [](const char* model, double accuracy, const Rule& rule, const char* source) {
    return row(model, "", {{"LFW", accuracy}}, rule, source);
  };
  Json list = Json::array();
  list.push_back(lfw("humans", 97.53, kStated, "deepface README"));
  list.push_back(lfw("VGG-Face", 98.95, kUnrestricted, "bob.bio.face_ongoing"));
  list.push_back(lfw("VGG-Face", 96.7, kDeepface, "deepface benchmarks"));
  list.push_back(lfw("FaceNet", 99.63, kStated, "davidsandberg/facenet README"));
  list.push_back(lfw("FaceNet 20180402-114759", 99.65, kStated, "davidsandberg/facenet README"));
  list.push_back(lfw("Facenet512", 98.4, kDeepface, "deepface benchmarks"));
  list.push_back(lfw("ArcFace R100, MS1MV2", 99.77, kStated, "insightface model_zoo"));
  list.push_back(lfw("ArcFace", 96.7, kDeepface, "deepface benchmarks"));
  list.push_back(lfw("dlib ResNet", 99.38, kJittered, "dlib examples"));
  list.push_back(lfw("dlib ResNet", 96.8, kDeepface, "deepface benchmarks"));
  list.push_back(lfw("SFace", 99.40, kStated, "opencv_zoo"));
  list.push_back(lfw("SFace", 93.0, kDeepface, "deepface benchmarks"));
  list.push_back(lfw("OpenFace nn4.small2", 92.92, kStated, "OpenFace models-and-accuracies"));
  list.push_back(lfw("buffalo_l, R50 WebFace600K", 99.83, kStated, "insightface model_zoo"));
  list.push_back(lfw("CurricularFace IR101", 99.80, kStated, "CurricularFace README"));
  return list;
}

}  // namespace

std::vector<std::string> published_protocols() { return {"lfw", "Q1", "Q2", "Q3", "Q4"}; }

Json published_results(const std::string& protocol) {
  if (protocol == "lfw") {
    return {{"columns", {"LFW"}}, {"rows", lfw_rows()}};
  }
  KF_REQUIRE(protocol.size() == 2 && protocol[0] == 'Q', protocol);
  return {{"columns", {"Q1", "Q2", "Q3", "Q4"}}, {"rows", kface_rows()}};
}

}  // namespace kface
