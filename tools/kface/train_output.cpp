#include "train_output.h"

#include <cstdio>

namespace kface::cli {
namespace {

std::string percent(double rate) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f %%", rate * 100);
  return text;
}

}  // namespace

void print_choice(const TrainedModel& trained, const std::vector<double>& view_ms) {
  const Json& choice = trained.record["choice"];
  for (std::size_t i = 0; i < choice["views"].size(); ++i) {
    const Json& views = choice["views"][i];
    const std::string missed =
        views["miss_rate"].is_null() ? "not measured" : percent(views["miss_rate"].get<double>());
    std::printf("  %-26s %5.1f ms a face here, misses %s%s\n",
                views["backbone"].get<std::string>().c_str(), view_ms[i], missed.c_str(),
                views["chosen"].get<bool>() ? "  <- taken" : "");
  }
  for (const auto& tried : choice.value("tried", Json::array())) {
    std::printf("    %-24s misses %s%s\n", tried["candidate"].get<std::string>().c_str(),
                tried["miss_rate"].is_null() ? tried["problem"].get<std::string>().c_str()
                                             : percent(tried["miss_rate"].get<double>()).c_str(),
                tried["candidate"] == choice["chosen"] ? "  <- taken" : "");
  }
  if (choice.contains("gain_over_frozen")) {
    const Json& gain = choice["gain_over_frozen"];
    std::printf(
        "the best one misses %s fewer than frozen [%s, %s], d' %+.2f [%.2f, %.2f]: %s\n",
        percent(gain["miss_rate"].get<double>()).c_str(),
        percent(gain["ci90"][0].get<double>()).c_str(),
        percent(gain["ci90"][1].get<double>()).c_str(), gain["d_prime"].get<double>(),
        gain["d_prime_ci90"][0].get<double>(), gain["d_prime_ci90"][1].get<double>(),
        gain["beyond_doubt"].get<bool>() ? "beyond doubt" : "this may be chance, frozen is kept");
  }
  if (choice.contains("note")) {
    std::printf("nothing could be tried on people left out: %s\n",
                choice["note"].get<std::string>().c_str());
  }
}

void print_trained(const std::string& path, const TrainedModel& trained, double seconds) {
  const Threshold& threshold = trained.model.threshold;
  const Json& metrics = trained.record["metrics"];
  std::printf("%s  %s, recipe %s on %s, %.1f s\n", path.c_str(), model_name(trained.model).c_str(),
              trained.model.recipe.c_str(), trained.model.backbone.c_str(), seconds);
  std::printf("threshold %.4f (%s): accepts %.3g %% of different-person pairs of %zu people%s\n",
              static_cast<double>(threshold.distance), threshold.rule.c_str(),
              threshold.far.value_or(0) * 100, threshold.num_people,
              threshold.unseen_people
                  ? " that the fit never saw"
                  : " that the fit HAS SEEN: others will be accepted more often");
  std::printf("equal error rate there %.2f %%\n", metrics["eer"]["value"].get<double>() * 100);
}

}  // namespace kface::cli
