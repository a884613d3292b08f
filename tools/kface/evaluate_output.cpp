#include "evaluate_output.h"

#include <cstdio>

namespace kface::cli {
namespace {

void print_view2(const Json& view2) {
  char text[96];
  std::snprintf(text, sizeof(text), "%.2f %% +- %.2f (%s of %s pairs lack an image: counted wrong)",
                view2["accuracy"].get<double>() * 100, view2["standard_error"].get<double>() * 100,
                view2["num_missing"].dump().c_str(), view2["num_pairs"].dump().c_str());
  print_line("accuracy over folds (View 2)", text);
}

void print_identification(const Json& json) {
  const std::string of = "of " + json["num_enrolled"].dump();
  print_line("found at rank 1, " + of + " people", percent_text(json["rank"]["1"]));
  print_line("found at rank 5", percent_text(json["rank"]["5"]));
  const Json& open = json["open_set"];
  std::printf("half of the people enrolled, %s at a time:\n", open["num_enrolled"].dump().c_str());
  for (const auto& [fpir, fnir] : open["fnir_at_fpir"].items()) {
    print_line("  not found, at FPIR " + fpir,
               fnir.is_null() ? "too few searches by others" : percent_text(fnir));
  }
}

}  // namespace

std::string percent_text(const Json& estimate) {
  if (estimate.is_null()) {
    return "too few pairs";
  }
  char text[96];
  const double value = estimate["value"].get<double>() * 100;
  if (estimate.contains("ci95")) {
    std::snprintf(text, sizeof(text), "%.3f %%  [%.3f, %.3f]", value,
                  estimate["ci95"][0].get<double>() * 100, estimate["ci95"][1].get<double>() * 100);
  } else {
    std::snprintf(text, sizeof(text), "%.3f %%", value);
  }
  return text;
}

std::string number_text(const Json& estimate) {
  if (estimate.is_null()) {
    return "none";
  }
  char text[96];
  const double value = estimate["value"].get<double>();
  if (estimate.contains("ci95")) {
    std::snprintf(text, sizeof(text), "%.4f  [%.4f, %.4f]", value,
                  estimate["ci95"][0].get<double>(), estimate["ci95"][1].get<double>());
  } else {
    std::snprintf(text, sizeof(text), "%.4f", value);
  }
  return text;
}

void print_line(const std::string& what, const std::string& value) {
  std::printf("%-34s %s\n", what.c_str(), value.c_str());
}

void print_evaluation(const Json& json) {
  std::printf("model %s (%s), %s same and %s different pairs of %s people, %s images refused\n",
              json["model"].get<std::string>().c_str(), json["recipe"].get<std::string>().c_str(),
              json["num_same"].dump().c_str(), json["num_different"].dump().c_str(),
              json["num_identities"].dump().c_str(), json["num_rejected"].dump().c_str());
  print_line("equal error rate", percent_text(json["eer"]));
  for (const auto& [far, tar] : json["tar_at_far"].items()) {
    print_line("true accepts at FAR " + far, percent_text(tar));
  }
  print_line("area under the ROC curve", percent_text(json["auc"]));
  print_line("d'", number_text(json["d_prime"]));
  std::printf("at the model's threshold %.4f:\n", json["threshold"].get<double>());
  print_line("  accuracy", percent_text(json["accuracy"]));
  print_line("  false-accept rate", percent_text(json["far_at_threshold"]));
  print_line("  false-reject rate", percent_text(json["frr_at_threshold"]));
  print_line("overlap, 400 + 400 pairs", percent_text(json["overlap"]));
  if (json.contains("identification") && !json["identification"].is_null()) {
    print_identification(json["identification"]);
  }
  if (json.contains("view2")) {
    print_view2(json["view2"]);
  }
  if (json.contains("comparison")) {
    std::printf("%s\n", json["comparison"]["sentence"].get<std::string>().c_str());
  }
}

}  // namespace kface::cli
