#include "fixture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

namespace kface::fixture {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kRatios = {"1:9", "2:8", "3:7", "4:6", "5:5", "6:4", "7:3", "8:2", "9:1"};
constexpr std::array kPeople = {"김민준",
                                "이서연",
                                "</script><script>document.title='x'</script>",
                                "O'Brien \"Pat\" & <img src=x onerror=alert(1)>",
                                "19071641",
                                "S042",
                                "person 7",
                                "@@RECORD@@"};

double rounded(double x) { return std::round(x * 1e6) / 1e6; }

double normal_density(double x, double mean, double sd) {
  const double z = (x - mean) / sd;
  return std::exp(-z * z / 2) / (sd * std::sqrt(2 * std::numbers::pi));
}

double normal_below(double x, double mean, double sd) {
  return 0.5 * std::erfc((mean - x) / (sd * std::numbers::sqrt2));
}

Json metric(double value, double half_width) {
  return {
      {"value", rounded(value)},
      {"ci95",
       {rounded(std::max(0.0, value - half_width)), rounded(std::min(1.0, value + half_width))}}};
}

// Two normal distributions of distances; everything else of a RESULT follows from them.
struct Shape {
  double same_mean;
  double different_mean;
  double sd;
};

Json histogram_of(const Shape& shape) {
  constexpr int kBins = 60;
  constexpr double kTop = 1.5;
  Json edges = Json::array();
  Json same = Json::array();
  Json different = Json::array();
  for (int i = 0; i <= kBins; ++i) {
    edges.push_back(rounded(kTop * i / kBins));
  }
  for (int i = 0; i < kBins; ++i) {
    const double middle = kTop * (i + 0.5) / kBins;
    same.push_back(rounded(normal_density(middle, shape.same_mean, shape.sd)));
    different.push_back(rounded(normal_density(middle, shape.different_mean, shape.sd)));
  }
  return {{"edges", edges}, {"same", same}, {"different", different}};
}

Json roc_of(const Shape& shape) {
  Json roc = Json::array({{{"far", 0}, {"tar", 0}}});
  for (int i = 0; i < 180; ++i) {
    const double threshold = 1.5 * i / 179;
    const double far = normal_below(threshold, shape.different_mean, shape.sd);
    if (far > 1e-5) {
      roc.push_back({{"far", rounded(far)},
                     {"tar", rounded(normal_below(threshold, shape.same_mean, shape.sd))}});
    }
  }
  return roc;
}

Json history_of(double last_loss, double gap) {
  Json history = Json::array();
  for (int epoch = 1; epoch <= 200; ++epoch) {
    const double decay = std::exp(-epoch / 30.0);
    const double wobble = 0.01 * std::sin(epoch * 1.7) * (0.3 + decay);
    const double loss = last_loss + (0.69 - last_loss) * decay + wobble;
    const double validation = loss + gap * (1 - decay) + 0.6 * wobble;
    history.push_back({{"epoch", epoch},
                       {"loss", rounded(loss)},
                       {"accuracy", rounded(1 - 0.35 * loss)},
                       {"validation_loss", rounded(validation)},
                       {"validation_accuracy", rounded(1 - 0.35 * validation)}});
  }
  return history;
}

Json result_of(const Json& ratio, const std::string& split, int images, const Shape& shape,
               Json history) {
  const double error =
      normal_below(shape.same_mean, (shape.same_mean + shape.different_mean) / 2, shape.sd);
  const double middle = (shape.same_mean + shape.different_mean) / 2;
  const bool trained = split != "frozen";
  const double last = trained ? history.back()["validation_loss"].get<double>() : 0;
  return {{"ratio", ratio},
          {"split", split},
          {"images_per_person", images},
          {"num_identities", 80},
          {"num_images", 80 * images},
          {"num_pairs", 778},
          {"num_same", 467},
          {"num_different", 311},
          {"accuracy", trained ? metric(1 - 0.35 * last, 0.018) : Json()},
          {"loss", trained ? Json(rounded(last)) : Json()},
          {"overlap", rounded(2 * error)},
          {"overlap_all", rounded(2 * error * 0.98)},
          {"threshold", rounded(middle)},
          {"eer", metric(error, 0.008 + error / 12)},
          {"threshold_at_eer", rounded(middle)},
          {"tar_at_far",
           {{"0.01", metric(1 - error * 2.2, 0.03)},
            {"0.001", metric(std::max(0.002, 1 - error * 3.1), 0.04)},
            {"0.0001", nullptr}}},
          {"auc", rounded(1 - error * error)},
          {"history", std::move(history)},
          {"histogram", histogram_of(shape)},
          {"roc", roc_of(shape)}};
}

Json trained(std::size_t i, const std::string& split, int images) {
  const bool unseen = split == "identities";
  const double step = static_cast<double>(i);
  const Shape shape = unseen ? Shape{0.34 + 0.01 * step, 0.52 + 0.012 * step, 0.16}
                             : Shape{0.25, 0.58 + 0.015 * step, 0.13};
  const double harder = images > 5 ? 0.05 : 0;
  const double last_loss = 0.23 - 0.016 * std::abs(step - 2) - (images > 5 ? -0.1 : 0);
  return result_of(kRatios.at(i), split, images,
                   Shape{shape.same_mean + harder, shape.different_mean, shape.sd},
                   history_of(last_loss, unseen ? 0.35 : 0.04));
}

Json paper_figures() {
  constexpr double kFigures[9][4] = {
      {0.96, 0.15, 0.48, 0.20}, {0.92, 0.23, 0.55, 0.26}, {0.92, 0.21, 0.51, 0.24},
      {0.94, 0.17, 0.44, 0.24}, {0.94, 0.17, 0.46, 0.26}, {0.94, 0.16, 0.45, 0.27},
      {0.94, 0.17, 0.61, 0.30}, {0.95, 0.18, 0.45, 0.36}, {0.97, 0.08, 0.59, 0.49}};
  Json ratios = Json::array();
  for (std::size_t i = 0; i < kRatios.size(); ++i) {
    ratios.push_back({{"ratio", kRatios.at(i)},
                      {"accuracy", kFigures[i][0]},
                      {"loss", kFigures[i][1]},
                      {"overlap", kFigures[i][2]},
                      {"threshold", kFigures[i][3]}});
  }
  return {{"ratios", ratios},
          {"images",
           {{{"images_per_person", 5}, {"accuracy", 0.94}, {"loss", 0.17}, {"overlap", 0.44}},
            {{"images_per_person", 10}, {"accuracy", 0.85}, {"loss", 0.36}, {"overlap", 0.66}}}}};
}

Json by_condition() {
  Json rows = Json::array();
  const auto add = [&rows](const char* attribute, const char* value, double harm) {
    for (const auto& [model, base] :
         {std::pair{"frozen", 0.012}, {"4:6 pairs", 0.09}, {"4:6 identities", 0.25}}) {
      rows.push_back({{"attribute", attribute},
                      {"value", value},
                      {"model", model},
                      {"num_images", 400},
                      {"num_same", 1600},
                      {"num_different", 120000},
                      {"eer", metric(base + harm, 0.01)},
                      {"missed_at_threshold", metric(base + 1.6 * harm, 0.012)},
                      {"mean_same_distance", rounded(0.42 + harm)},
                      {"mean_different_distance", rounded(0.93 - harm / 2)}});
    }
  };
  add("lux", "1000", 0.0);
  add("lux", "400", 0.002);
  add("lux", "150", 0.011);
  add("lux", "40", 0.063);
  add("accessory", "none", 0.0);
  add("accessory", "glasses", 0.012);
  add("accessory", "sunglasses", 0.085);
  add("accessory", "cap", 0.03);
  return rows;
}

std::string chip_path(std::size_t person, int number) {
  return "chips/" + std::to_string(person) + "_" + std::to_string(number) + ".jpg";
}

Json worst_side(std::size_t person, int number, const char* lux) {
  const std::string name = kPeople.at(person);
  return {{"id", name + "/S001_L" + std::to_string(number) + "_E01_C7"},
          {"identity", name},
          {"chip", chip_path(person, number)},
          {"attributes", {{"lux", lux}, {"accessory", number == 2 ? "sunglasses" : "none"}}}};
}

Json worst_pairs() {
  Json pairs = Json::array();
  for (const char* model : {"frozen", "4:6 identities"}) {
    for (std::size_t i = 0; i < kPeople.size(); ++i) {
      pairs.push_back({{"model", model},
                       {"kind", "same"},
                       {"distance", rounded(1.03 - 0.021 * static_cast<double>(i))},
                       {"a", worst_side(i, 1, "1000")},
                       {"b", worst_side(i, 2, "40")}});
    }
    for (std::size_t i = 0; i + 1 < kPeople.size(); ++i) {
      pairs.push_back({{"model", model},
                       {"kind", "different"},
                       {"distance", rounded(0.41 + 0.017 * static_cast<double>(i))},
                       {"a", worst_side(i, 1, "400")},
                       {"b", worst_side(i + 1, 1, "400")}});
    }
  }
  return pairs;
}

Json dataset() {
  return {{"name", "synthetic fixture"},
          {"source", "tests/report/fixture.cpp: formulas, no measurement </script><!-- \" ' &amp;"},
          {"kind", "aihub"},
          {"digest", "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592"},
          {"num_images", 1945},
          {"num_identities", 400},
          {"num_rejected", 55},
          {"rejected",
           {{{"reason", "no face found"},
             {"count", 41},
             {"examples", {"19071641/S004/L6/E01/C7.jpg", "김민준/사진 1.jpg"}}},
            {{"reason", "not an image: <b>HTML</b>, 512 bytes"},
             {"count", 9},
             {"examples", {"a/\"quoted\" <name>.jpg"}}},
            {{"reason", "the same photo as 19071641/S001/L1/E01/C7.jpg"},
             {"count", 5},
             {"examples", Json::array()}}}},
          {"attributes",
           {{"lux", {{"1000", 500}, {"400", 500}, {"150", 480}, {"40", 465}}},
            {"accessory", {{"none", 1100}, {"glasses", 420}, {"sunglasses", 210}, {"cap", 215}}},
            {"light_direction", {{"all", 1500}, {"left45", 445}}}}},
          {"simulated", true}};
}

}  // namespace

Json common(const char* kind) {
  return {{"format", "kface-run"},
          {"version", 1},
          {"kind", kind},
          {"program", {{"name", "kface"}, {"version", "0.1.0"}, {"commit", "fixture"}}},
          {"machine", {{"cpu", "Synthetic CPU @ 2.00GHz"}, {"threads", 2}}},
          {"options",
           {{"sweep.seed", 1},
            {"train.epochs", 200},
            {"train.batch", 32},
            {"train.learning_rate", 0.01},
            {"train.last_learning_rate", 0.001},
            {"train.pairs_per_image", 2},
            {"sweep.splits", {"pairs", "identities"}}}},
          {"dataset", dataset()},
          {"backbone",
           {{"id", "dlib_resnet"},
            {"digest", "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"},
            {"feature_dim", 256}}}};
}

Json sweep_record() {
  Json record = common("sweep");
  record["findings"] = {{{"en", "These figures are a synthetic fixture: nothing was measured."},
                         {"ko", "이 수치는 시험용으로 만든 것이며 측정한 값이 아닙니다."}}};
  record["paper"] = paper_figures();
  record["frozen"] = result_of(nullptr, "frozen", 5, Shape{0.42, 0.93, 0.12}, Json::array());
  record["ratios"] = Json::array();
  for (std::size_t i = 0; i < kRatios.size(); ++i) {
    record["ratios"].push_back(trained(i, "pairs", 5));
    record["ratios"].push_back(trained(i, "identities", 5));
  }
  record["images"] = {trained(3, "pairs", 5), trained(3, "identities", 5), trained(3, "pairs", 10),
                      trained(3, "identities", 10)};
  record["skipped"] = {{{"experiment", "images"},
                        {"images_per_person", 20},
                        {"reason", "no person has 20 images (the most is 12)"}}};
  record["by_condition"] = by_condition();
  record["worst_pairs"] = worst_pairs();
  return record;
}

Json compare_record() {
  Json record = common("compare");
  record["dataset"]["simulated"] = false;
  record["num_splits"] = 20;
  record["recipes"] = Json::array();
  const auto add = [&record](const char* name, double eer, double sd, double tar) {
    record["recipes"].push_back({{"name", name},
                                 {"eer", {{"mean", eer}, {"sd", sd}}},
                                 {"tar_at_far",
                                  {{"0.01", {{"mean", std::min(1.0, tar * 1.04)}, {"sd", sd}}},
                                   {"0.001", {{"mean", tar}, {"sd", 2 * sd}}},
                                   {"0.0001", nullptr}}},
                                 {"overlap", {{"mean", 2 * eer}, {"sd", sd}}}});
  };
  add("frozen", 0.031, 0.006, 0.87);
  add("paper", 0.301, 0.024, 0.02);
  add("calibrated", 0.011, 0.003, 0.93);
  add("<b>mine</b>", 0.019, 0.004, 0.91);
  add("auto", 0.0105, 0.003, 0.94);
  record["num_rejected"] = 55;
  record["failure_to_acquire"] = 0.0275;
  Json& automatic = record["recipes"].back();
  automatic["eer"]["ci95"] = {0.006, 0.016};
  automatic["tar_at_far"]["0.001"]["ci95"] = {0.89, 0.97};
  automatic["chosen"] = {{"frozen", 3}, {"calibrated", 17}};
  automatic["views"] = {{"plain", 2}, {"mirror", 18}};
  automatic["against_frozen"] = {
      {"eer", {{"difference", -0.0205}, {"ci95", {-0.03, -0.011}}, {"verdict", "better"}}},
      {"sentence",
       {{"en", "auto is better than frozen by 2.1 points of EER."},
        {"ko", "auto는 동결보다 EER이 2.1%p 낮습니다."}}}};
  record["recipes"][0]["chosen"] = {{"frozen", 20}};  // no choice: not worth a line
  record["recipes"][0]["views"] = {{"plain", 20}};
  record["recipes"][1]["against_frozen"] = {{"eer", {{"difference", 0.27}}}, {"sentence", nullptr}};
  return record;
}

void write_chips(const std::filesystem::path& dataset) {
  std::filesystem::create_directories(dataset / "chips");
  for (std::size_t person = 0; person < kPeople.size(); ++person) {
    for (const int number : {1, 2}) {
      if (person == 5 && number == 2) {
        continue;  // the page must show an empty frame
      }
      const auto shade = static_cast<double>(person);
      const double light = number == 2 ? 0.5 : 1;
      cv::Mat chip(150, 150, CV_8UC3, cv::Scalar(90 + 8 * shade, 110, 120) * light);
      const cv::Scalar skin = cv::Scalar(130 + 6 * shade, 165 + 5 * shade, 205 + 4 * shade) * light;
      const cv::Scalar dark = cv::Scalar(40, 40, 50) * light;
      cv::ellipse(chip, {75, 84}, {44, 58}, 0, 0, 360, skin, cv::FILLED, cv::LINE_AA);
      cv::circle(chip, {58, 72}, number == 2 ? 15 : 5, dark, cv::FILLED, cv::LINE_AA);
      cv::circle(chip, {92, 72}, number == 2 ? 15 : 5, dark, cv::FILLED, cv::LINE_AA);
      cv::ellipse(chip, {75, 112}, {18, 8}, 0, 0, 180, dark, 2, cv::LINE_AA);
      cv::imwrite((dataset / chip_path(person, number)).string(), chip);
    }
  }
}

}  // namespace kface::fixture
