#include "gate/liveness/clip_report.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/csv.h"
#include "dataset/text.h"

namespace kface {
namespace {

using Json = nlohmann::ordered_json;

Json rate_json(const std::optional<Proportion>& rate) {
  if (!rate) {
    return nullptr;
  }
  return {{"value", rate->value}, {"ci95", {rate->low, rate->high}}};
}

void add_counts(Json& json, const KindCounts& counts) {
  json["num"] = counts.total();
  json["live"] = counts.live;
  json["attack"] = counts.attack;
  json["unknown"] = counts.unknown;
}

struct Recorder {
  Json& options;
  template <typename T, typename Domain>
  void operator()(const std::string& key, const T& value, const Domain& /*domain*/,
                  const std::string& /*description*/) {
    options[key] = value;
  }
};

std::string phase_name(ChallengePhase phase) {
  switch (phase) {
    case ChallengePhase::kSettling:
      return "settling";
    case ChallengePhase::kAsking:
      return "asking";
    case ChallengePhase::kReturning:
      return "returning";
    case ChallengePhase::kPassed:
      return "passed";
    case ChallengePhase::kFailed:
      return "failed";
  }
  return "";
}

std::string score_text(const LivenessResult& result, const char* name) {
  for (const Cue& cue : result.cues) {
    if (cue.name == name && cue.score) {
      return format_float(static_cast<float>(*cue.score));
    }
  }
  return "";
}

// "12.5 % (3.1 to 34.0)", or "-".
std::string percent_text(const Json& rate) {
  if (rate.is_null()) {
    return "-";
  }
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f %% (%.1f to %.1f)", 100 * rate["value"].get<double>(),
                100 * rate["ci95"][0].get<double>(), 100 * rate["ci95"][1].get<double>());
  return text;
}

std::string table_line(const std::array<std::string, 8>& cells) {
  char text[400];
  std::snprintf(text, sizeof(text), "%-16s %6s %6s %7s %8s  %-22s %-22s %-22s\n", cells[0].c_str(),
                cells[1].c_str(), cells[2].c_str(), cells[3].c_str(), cells[4].c_str(),
                cells[5].c_str(), cells[6].c_str(), cells[7].c_str());
  std::string line = text;
  line.erase(line.find_last_not_of(" \n") + 1);
  return line + "\n";
}

std::string kind_line(const std::string& name, const Json& kind, const char* error,
                      const char* no_response, const char* at_the_door) {
  return table_line({name, kind["num"].dump(), kind["live"].dump(), kind["attack"].dump(),
                     kind["unknown"].dump(), percent_text(kind[error]),
                     percent_text(kind[no_response]), percent_text(kind[at_the_door])});
}

}  // namespace

Json clips_json(const std::vector<ClipResult>& results, const ClipOptions& options,
                std::size_t num_ignored) {
  const ErrorRates rates = error_rates(count_kinds(results));
  Json json{{"kind", "liveness"}, {"options", Json::object()}};
  visit_clip_options(options, Recorder{json["options"]});
  json["num_clips"] = results.size();
  json["num_ignored"] = num_ignored;
  Json& bona_fide = json["bona_fide"];
  add_counts(bona_fide, rates.bona_fide.counts);
  bona_fide["bpcer"] = rate_json(rates.bona_fide.bpcer);
  bona_fide["bpnrr"] = rate_json(rates.bona_fide.bpnrr);
  bona_fide["refused"] = rate_json(rates.bona_fide.refused);
  json["attacks"] = Json::array();
  for (const AttackRates& attack : rates.attacks) {
    Json entry{{"name", to_utf8(attack.counts.kind)}};
    add_counts(entry, attack.counts);
    entry["apcer"] = rate_json(attack.apcer);
    entry["apnrr"] = rate_json(attack.apnrr);
    entry["accepted"] = rate_json(attack.accepted);
    json["attacks"].push_back(entry);
  }
  json["apcer_worst"] = nullptr;
  if (rates.worst) {
    const Json& worst = json["attacks"][*rates.worst];
    json["apcer_worst"] = {{"name", worst["name"]},
                           {"value", worst["apcer"]["value"]},
                           {"ci95", worst["apcer"]["ci95"]}};
  }
  return json;
}

std::string clips_csv(const std::vector<ClipResult>& results, const ClipOptions& options) {
  std::string text = csv_line({"kind", "clip", "verdict", "reason", "parallax", "stillness",
                               "surroundings", "moire", "frames", "frames_with_face", "challenge"});
  for (const ClipResult& result : results) {
    const LivenessResult& liveness = result.liveness;
    text +=
        csv_line({one_line(result.clip.kind), one_line(result.clip.path.filename().string()),
                  std::string(liveness_verdict_name(liveness.verdict)), one_line(liveness.reason),
                  score_text(liveness, "parallax"), score_text(liveness, "stillness"),
                  score_text(liveness, "surroundings"), score_text(liveness, "moire"),
                  std::to_string(result.num_frames), std::to_string(result.num_with_face),
                  options.challenge.empty() ? "" : phase_name(result.challenge)});
  }
  return text;
}

std::string clips_text(const Json& json) {
  std::string text =
      table_line({"", "clips", "live", "attack", "unknown", "APCER (95 %)", "APNRR", "let in"});
  for (const Json& attack : json["attacks"]) {
    text += kind_line(attack["name"].get<std::string>(), attack, "apcer", "apnrr", "accepted");
  }
  text += "\n";
  text +=
      table_line({"", "clips", "live", "attack", "unknown", "BPCER (95 %)", "BPNRR", "kept out"});
  text += kind_line(kBonaFide, json["bona_fide"], "bpcer", "bpnrr", "refused");
  text += "\n";
  const Json& worst = json["apcer_worst"];
  text += worst.is_null() ? "no attack got a response, so there is no APCER\n"
                          : "highest APCER: " + worst["name"].get<std::string>() + ", " +
                                percent_text(worst) + "\n";
  if (json["num_ignored"].get<std::size_t>() > 0) {
    text += json["num_ignored"].dump() + " files are no clips by their names and were ignored\n";
  }
  return text;
}

}  // namespace kface
