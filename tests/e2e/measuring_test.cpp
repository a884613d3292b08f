// Commands that measure: thresholds, comparisons, conditions, protocols, simulated images.
#include "program_for_test.h"

namespace kface {
namespace {

TEST_F(Program, FindsAThresholdAndWritesTheModelThatHasIt) {
  import_johns("data");
  const Outcome chosen = run({"threshold", "-m", "frozen", path("data"), "--far", "0.01", "-o",
                              path("door.kface"), "--json"});
  ASSERT_EQ(chosen.exit_code, 0) << chosen.err;
  const auto record = chosen.json();
  EXPECT_TRUE(record["supported"].get<bool>());
  EXPECT_LE(record["far_measured"].get<double>(), 0.01);
  EXPECT_EQ(record["customary"]["threshold"], 0.6);
  const Outcome evaluated = run({"evaluate", path("door.kface"), path("data"), "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(evaluated.json()["threshold"].get<float>(), record["threshold"]["value"].get<float>());
  EXPECT_EQ(evaluated.json()["far_at_threshold"]["value"], record["far_measured"]);
  EXPECT_EQ(evaluated.json()["model"], record["written_model"]);

  for (const std::vector<std::string>& output : {std::vector<std::string>{}, {"--json"}}) {
    std::vector<std::string> arguments = {"threshold", "-m",   "frozen", path("data"),
                                          "--far",     "1e-6", "-o",     path("none.kface")};
    arguments.insert(arguments.end(), output.begin(), output.end());
    const Outcome refused = run(arguments);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("needs 3000000 different-person pairs"), std::string::npos)
        << refused.err;
    EXPECT_FALSE(fs::exists(path("none.kface")));
    EXPECT_EQ(refused.out.find("\"supported\": false") != std::string::npos, !output.empty());
  }

  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "calibrated"}).exit_code,
            0);
  const Outcome own = run({"threshold", "-m", path("m.kface"), path("data"), "--far", "0.01"});
  EXPECT_EQ(own.exit_code, 0);
  EXPECT_NE(own.err.find("warning: the model was fitted on this very dataset"), std::string::npos)
      << own.err;
}

TEST_F(Program, ComparesTwoModelsAndExportsTheirScores) {
  import_johns("data");
  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "calibrated"}).exit_code,
            0);
  const Outcome compared = run({"evaluate", path("m.kface"), path("data"), "--against", "frozen",
                                "--scores-out", path("scores"), "--bootstrap", "40", "--json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const auto json = compared.json();
  EXPECT_EQ(json["comparison"]["against"], "frozen");
  EXPECT_EQ(json["comparison"]["verdict"], "cannot tell");  // five people
  const auto lines = [&](const char* name) {
    const std::string text = read_text(path("scores") + "/" + name).value();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  };
  EXPECT_EQ(lines("genuine.txt"), json["num_same"].get<std::size_t>());
  EXPECT_EQ(lines("impostor.txt"), json["num_different"].get<std::size_t>());
  EXPECT_EQ(lines("scores-4col"), lines("genuine.txt") + lines("impostor.txt"));
  const Outcome usage = run({"evaluate", "frozen", path("data"), "--against-backbone", "vgg-face"});
  EXPECT_EQ(usage.exit_code, 2);
}

TEST_F(Program, MeasuresByConditionFromATableOfConditions) {
  import_johns("data");
  std::string table = "id,day\n";  // every other photo
  const auto manifest = read_text(path("data") + "/manifest.csv").value();
  bool odd = false;
  for (std::size_t at = manifest.find('\n') + 1; at < manifest.size();
       at = manifest.find('\n', at) + 1) {
    table += manifest.substr(at, manifest.find(',', at) - at) + (odd ? ",monday\n" : ",friday\n");
    odd = !odd;
  }
  ASSERT_TRUE(write_file_atomic(path("day.csv"), table).ok());
  const Outcome outcome =
      run({"conditions", path("data"), "-m", "frozen", "--attributes", "day", "--table",
           path("day.csv"), "--bootstrap", "40", "--splits", "2", "-o", path("run"), "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto record = outcome.json();
  EXPECT_EQ(record["attributes"][0]["attribute"], "day");
  EXPECT_EQ(record["attributes"][0]["rows"].size(), 6u);  // two days, three ways of pairing
  EXPECT_LT(record["attributes"][0]["rows"][0]["eer"]["value"].get<double>(), 0.02);
  EXPECT_TRUE(fs::exists(path("run") + "/report.html"));
  const Outcome text =
      run({"conditions", path("data"), "-m", "frozen", "--bootstrap", "0", "--splits", "0"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("quality_sharpness, held against high"), std::string::npos) << text.out;
  const Outcome unknown = run({"conditions", path("data"), "-m", "frozen", "--attributes", "lux"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("attribute 'lux'"), std::string::npos) << unknown.err;
}

TEST_F(Program, WritesAListOfKfacePairsAndMeasuresByItsRule) {
  std::vector<fs::path> people;
  for (const auto& entry : fs::directory_iterator(johns_)) {
    people.push_back(entry.path());
  }
  std::sort(people.begin(), people.end());
  for (std::size_t person = 0; person < people.size(); ++person) {
    std::vector<fs::path> photos;
    for (const auto& photo : fs::directory_iterator(people[person])) {
      photos.push_back(photo.path());
    }
    std::sort(photos.begin(), photos.end());
    const fs::path folder =
        work_ / "tree/High_Resolution" / ("1907164" + std::to_string(person)) / "S001/L1/E01";
    fs::create_directories(folder);
    for (int camera = 4; camera <= 10; ++camera) {
      fs::copy_file(photos.at(static_cast<std::size_t>(camera)),
                    folder / ("C" + std::to_string(camera) + ".jpg"));
    }
  }
  const Outcome imported =
      run({"import", "aihub", path("tree"), "-o", path("data"), "--people", "all", "--images",
           "all", "--camera", "all", "--crop", "none", "--json"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  const int accepted = imported.json()["num_accepted"].get<int>();
  EXPECT_GE(accepted, 34) << "one of the johns is there twice";
  const std::vector<std::string> protocol = {"protocol",      "kface", path("data"),
                                             "--test-people", "2",     "--json"};
  const auto with = [&protocol](const std::vector<std::string>& more) {
    auto all = protocol;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const Outcome listed = run(with({"--list", "Q1", "-o", path("q1.txt")}));
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_EQ(listed.json()["split"]["num_train_identities"], 3);
  const std::string pairs = read_text(path("q1.txt")).value();
  EXPECT_EQ(std::count(pairs.begin(), pairs.end(), '\n'), listed.json()["selections"][4]["here"]);
  ASSERT_EQ(run(with({"--select", "Q1", "-o", path("ids.txt")})).exit_code, 0);
  const std::string ids = read_text(path("ids.txt")).value();
  EXPECT_EQ(listed.json()["selections"][0]["here"].get<int>(),
            accepted - std::count(ids.begin(), ids.end(), '\n'))
      << "whoever is not tested is trained on";
  const Outcome scored =
      run({"protocol", "score", path("data"), "-m", "frozen", "--pairs", path("q1.txt"),
           "--published", "Q1", "--bootstrap", "40", "-o", path("run")});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_NE(scored.out.find(" pairs of 2 people"), std::string::npos) << scored.out;
  EXPECT_NE(scored.out.find("ResNet-34, MixFace"), std::string::npos);
  EXPECT_TRUE(fs::exists(path("run") + "/report.html"));
  EXPECT_EQ(run({"protocol", "kface", path("data"), "--list", "Q1"}).exit_code,
            2);                                                      // -o is missing
  EXPECT_EQ(run({"protocol", "kface", path("data")}).exit_code, 1);  // 30 of 5 people
}

TEST_F(Program, SimulatedImagesAreMarkedAndMeasuredApart) {
  import_johns("data");
  const Outcome simulated = run({"simulate", path("data"), "-o", path("more"), "--kinds",
                                 "lux,blur", "--per-image", "1", "--json"});
  ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
  EXPECT_EQ(simulated.json()["num_real"], 54);
  EXPECT_EQ(simulated.json()["num_simulated"], 54);
  const Outcome stressed =
      run({"stress", path("more"), "-m", "frozen", "--bootstrap", "50", "--json"});
  ASSERT_EQ(stressed.exit_code, 0) << stressed.err;
  const auto json = stressed.json();
  EXPECT_EQ(json["simulated"], true);
  EXPECT_EQ(json["num_real_images"], 54);
  EXPECT_EQ(json["real"]["num_same"], 4 * 55 + 45);
  std::size_t drawn = 0;
  for (const auto& entry : json["stress"]) {
    drawn += entry["num_images"].get<std::size_t>();
    EXPECT_TRUE(entry["same_photo"].is_null()) << "everybody has other photos";
    EXPECT_GT(entry["other_photo"]["num_same"], 0);
  }
  EXPECT_EQ(drawn, 54U);
  const Outcome printed = run({"stress", path("more"), "-m", "frozen", "--bootstrap", "0"});
  EXPECT_NE(printed.out.find("SIMULATED blur 1 on another photo"), std::string::npos);
  const Outcome masks = run({"simulate", path("data"), "-o", path("masks"), "--kinds", "mask"});
  EXPECT_EQ(masks.exit_code, 1);
  EXPECT_NE(masks.err.find("imported with --crop none"), std::string::npos) << masks.err;
  EXPECT_EQ(run({"simulate", path("data"), "-o", path("x"), "--per-image", "0"}).exit_code, 2);
}

TEST_F(Program, SeveralPhotosMakeOneTemplate) {
  import_johns("data");
  const Outcome measured = run({"templates", path("data"), "-m", "frozen", "--enrol", "1,3",
                                "--draws", "1", "--bootstrap", "0", "--json"});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  EXPECT_EQ(measured.json()["num_identities"], 5);
  EXPECT_EQ(measured.json()["templates"].size(), 4U);
  EXPECT_GT(measured.json()["machine"]["embed_ms"], 0.0);

  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "frozen"}).exit_code, 0);
  std::vector<std::string> arguments = {"embed", "-m", path("m.kface")};
  for (const auto& entry : fs::directory_iterator(fs::directory_iterator(johns_)->path())) {
    arguments.push_back(entry.path().string());
  }
  ASSERT_GE(arguments.size(), 5U);
  const auto single = run(arguments).json();
  arguments.insert(arguments.end(), {"--pool", "mean"});
  const auto pooled = run(arguments).json();
  ASSERT_EQ(pooled.size(), 1U);
  EXPECT_EQ(pooled[0]["photos"].size(), single.size());
  double sum = 0;
  for (const auto& photo : single) {
    sum += photo["embedding"][0].get<double>();
  }
  EXPECT_NEAR(pooled[0]["embedding"][0].get<double>(), sum / static_cast<double>(single.size()),
              1e-6);
}

}  // namespace
}  // namespace kface
