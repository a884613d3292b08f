#include "gate/liveness/clip_report.h"

#include <gtest/gtest.h>

#include "base/csv.h"

namespace kface {
namespace {

ClipResult result_of(const std::string& kind, const std::string& name, LivenessVerdict verdict) {
  ClipResult result;
  result.clip = {kind, "/clips/" + kind + "/" + name};
  result.liveness.verdict = verdict;
  result.liveness.reason = "because, \"so\"";
  result.liveness.cues = {{"parallax", 0.25, ""}, {"moire", std::nullopt, ""}};
  result.num_frames = 30;
  result.num_with_face = 20;
  result.challenge = ChallengePhase::kFailed;
  return result;
}

std::vector<ClipResult> results() {
  return {result_of("bona-fide", "a.mp4", LivenessVerdict::kLive),
          result_of("bona-fide", "b.mp4", LivenessVerdict::kUnknown),
          result_of("print", "c.mp4", LivenessVerdict::kAttack),
          result_of("replay", "d", LivenessVerdict::kLive)};
}

TEST(ClipsJson, HasEveryRateWithItsInterval) {
  const auto json = clips_json(results(), {}, 3);
  EXPECT_EQ(json["kind"], "liveness");
  EXPECT_EQ(json["num_clips"], 4);
  EXPECT_EQ(json["num_ignored"], 3);
  EXPECT_EQ(json["options"]["liveness.clip_seconds"], 30.0);
  EXPECT_EQ(json["bona_fide"]["num"], 2);
  EXPECT_EQ(json["bona_fide"]["bpcer"]["value"], 0.0);
  EXPECT_EQ(json["bona_fide"]["bpnrr"]["value"], 0.5);
  EXPECT_EQ(json["attacks"].size(), 2U);
  EXPECT_EQ(json["attacks"][1]["name"], "replay");
  EXPECT_EQ(json["attacks"][1]["apcer"]["value"], 1.0);
  EXPECT_EQ(json["attacks"][1]["apcer"]["ci95"][1], 1.0);
  EXPECT_EQ(json["apcer_worst"]["name"], "replay");
}

TEST(ClipsJson, IsNullWhereThereIsNoRate) {
  const auto json = clips_json({result_of("print", "c", LivenessVerdict::kUnknown)}, {}, 0);
  EXPECT_TRUE(json["bona_fide"]["bpcer"].is_null());
  EXPECT_TRUE(json["attacks"][0]["apcer"].is_null());
  EXPECT_EQ(json["attacks"][0]["apnrr"]["value"], 1.0);
  EXPECT_TRUE(json["apcer_worst"].is_null());
}

TEST(ClipsCsv, HasARowForEachClip) {
  const auto rows = parse_csv(clips_csv(results(), {.challenge = "blink,turn-left"}));
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  ASSERT_EQ(rows.value().size(), 5U);
  const CsvRow expected = {"replay", "d",  "live", "because, \"so\"", "0.25", "", "",
                           "",       "30", "20",   "failed"};
  EXPECT_EQ(rows.value()[4], expected);
  EXPECT_EQ(parse_csv(clips_csv(results(), {})).value()[4].back(), "") << "no challenge ran";
}

TEST(ClipsText, NamesTheWorstAttackAndWhatWasIgnored) {
  const std::string text = clips_text(clips_json(results(), {}, 2));
  EXPECT_NE(text.find("highest APCER: replay, 100.0 % (20.7 to 100.0)"), std::string::npos) << text;
  EXPECT_NE(text.find("BPCER"), std::string::npos);
  EXPECT_NE(text.find("2 files are no clips"), std::string::npos);
  const std::string none = clips_text(clips_json({}, {}, 0));
  EXPECT_NE(none.find("there is no APCER"), std::string::npos);
}

}  // namespace
}  // namespace kface
