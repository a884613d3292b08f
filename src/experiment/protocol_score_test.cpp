#include "experiment/protocol_score.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/files.h"
#include "experiment/data_for_test.h"
#include "experiment/published_results.h"
#include "verify/verifier.h"

namespace kface {
namespace {

// People on a line, 10 apart, two images each at distances 1, 2, 3 ...: one same pair a person,
// and the next person's first image as its different pair.
struct OnALine {
  OnALine() : data(8, 2) {
    for (std::size_t row = 0; row < data.set.size(); ++row) {
      const std::size_t person = row / 2;
      for (std::size_t i = 0; i < kMadeUpDim; ++i) {
        data.set.features[row * kMadeUpDim + i] = 0;
      }
      data.set.features[row * kMadeUpDim] =
          static_cast<float>(10 * person + (row % 2 == 1 ? person + 1 : 0));
    }
    for (std::uint32_t person = 0; person < 8; ++person) {
      const auto id = [&](std::uint32_t row) { return data.manifest.images[row % 16].id; };
      list.pairs.push_back({id(2 * person), id(2 * person + 1), true, person % 2});
      list.pairs.push_back({id(2 * person), id(2 * person + 2), false, person % 2});
    }
    model = frozen_model(data.backbone);
    model.threshold.distance = 4.5F;
    options.evaluate.bootstrap = 0;
  }
  Result<Json> score() {
    return run_protocol_score(data.set, data.manifest, data.backbone, model, "frozen",
                              {.version = "test", .cpu = "any"}, list, options, {});
  }

  MadeUpData data;
  PairList list;
  Model model;
  ProtocolScoreOptions options;
};

TEST(ProtocolScore, GivesTheBestAccuracyOfAKfaceListAndThatAtTheOwnThreshold) {
  OnALine line;
  line.options.published = "Q3";
  const auto record = line.score();
  ASSERT_TRUE(record.ok()) << record.error().message();
  const Json& protocol = record.value()["protocol"];
  ASSERT_EQ(protocol["ours"].size(), 2u);
  // Same pairs are 1 to 8 apart, different ones 10 or more: 9 divides them. At 4.5 half of the same
  // pairs are rejected.
  EXPECT_EQ(protocol["ours"][0]["accuracy"], Json({{"Q3", 100}}));
  EXPECT_EQ(protocol["ours"][1]["accuracy"], Json({{"Q3", 75}}));
  EXPECT_EQ(protocol["published"]["rows"].size(), 9u);
  EXPECT_EQ(record.value()["kind"], "evaluate");
  EXPECT_EQ(record.value()["backbone"]["id"], "made-up") << "the record's own, not a text";
  EXPECT_EQ(record.value()["num_same"], 8);
}

TEST(ProtocolScore, CountsPairsWithARefusedPhotoAsWrong) {
  OnALine line;
  ImageRecord refused;
  refused.id = "refused";
  refused.reason = "no face found";
  line.data.manifest.images.push_back(refused);
  for (int i = 0; i < 4; ++i) {
    line.list.pairs.push_back({line.data.manifest.images[0].id, "refused", false, 0});
  }
  line.options.published = "Q1";
  const auto record = line.score();
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(record.value()["protocol"]["ours"][0]["accuracy"]["Q1"], 80);  // 16 of 20
  EXPECT_EQ(record.value()["protocol"]["ours"][1]["accuracy"]["Q1"], 60);
}

TEST(ProtocolScore, GivesView2OfLfw) {
  OnALine line;
  const auto one_fold = line.score();
  EXPECT_NE(one_fold.error().message().find("has a single fold"), std::string::npos);
  line.list.num_folds = 2;
  const auto record = line.score();
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(record.value()["protocol"]["ours"][0]["accuracy"]["LFW"].get<double>(),
            100 * record.value()["view2"]["accuracy"].get<double>());
  EXPECT_EQ(record.value()["protocol"]["published"]["columns"], Json({"LFW"}));
}

TEST(ProtocolScore, SaysThatTheModelKnowsTheseImages) {
  OnALine line;
  line.options.published = "Q1";
  EXPECT_EQ(line.score().value()["protocol"]["notes"].size(), 2u);
  line.model.data_digest = line.data.manifest.digest();
  const auto notes = line.score().value()["protocol"]["notes"];
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes[1]["en"], "The model was fitted on this very dataset: its figures are too good.");
}

TEST(ProtocolScore, MarksSimulatedPhotos) {
  OnALine line;
  line.options.published = "Q1";
  for (ImageRecord& image : line.data.manifest.images) {
    image.attributes["simulated"] = "yes";
  }
  const auto record = line.score();
  ASSERT_TRUE(record.ok());
  EXPECT_NE(record.value()["protocol"]["notes"].back()["en"].get<std::string>().find("simulated"),
            std::string::npos);
}

TEST(ProtocolScore, RefusesAnUnknownProtocol) {
  OnALine line;
  line.options.published = "Q5";
  EXPECT_NE(line.score().error().message().find("'Q5' is no published protocol"),
            std::string::npos);
}

TEST(PublishedResults, HaveARuleASourceAndNoImpossibleFigure) {
  for (const std::string& protocol : published_protocols()) {
    const Json published = published_results(protocol);
    const Json& columns = published["columns"];
    EXPECT_GE(published["rows"].size(), 9u);
    for (const Json& row : published["rows"]) {
      EXPECT_FALSE(row["rule"]["en"].get<std::string>().empty());
      EXPECT_FALSE(row["rule"]["ko"].get<std::string>().empty());
      EXPECT_FALSE(row["source"].get<std::string>().empty());
      EXPECT_FALSE(row["accuracy"].empty());
      for (const auto& [column, accuracy] : row["accuracy"].items()) {
        EXPECT_NE(std::find(columns.begin(), columns.end(), column), columns.end()) << column;
        EXPECT_GT(accuracy.get<double>(), 50);
        EXPECT_LE(accuracy.get<double>(), 100);
      }
    }
  }
}

// A percentage as the tables write it: 98.30, 96.7, or 100 alone in its cell.
bool is_figure(const std::string& word, char next) {
  const auto digits = [&word](std::size_t at) { return word.find_first_not_of("0123456789", at); };
  return (word.size() >= 4 && digits(0) == 2 && word[2] == '.' && digits(3) == std::string::npos) ||
         (word == "100" && next == '|');
}

// Figures of the table of docs/protocols.md that begins with `from`.
std::multiset<double> documented(const char* from) {
  const std::string text = read_text(KFACE_PROTOCOLS_DOC).value();
  const std::size_t begin = text.find(from);
  std::istringstream table(text.substr(begin, text.find("\n\n", begin) - begin));
  std::multiset<double> figures;
  for (std::string word; table >> word;) {
    word.erase(std::remove(word.begin(), word.end(), ';'), word.end());
    const auto next = static_cast<char>((table >> std::ws).peek());
    if (is_figure(word, next)) {
      figures.insert(std::stod(word));
    }
  }
  return figures;
}

std::multiset<double> figures_of(const char* protocol) {
  std::multiset<double> numbers;
  const Json published = published_results(protocol);
  for (const Json& row : published["rows"]) {
    for (const Json& accuracy : row["accuracy"]) {
      numbers.insert(accuracy.get<double>());
    }
  }
  return numbers;
}

TEST(PublishedResults, AreThoseOfTheDocumentation) {
  EXPECT_EQ(figures_of("Q1").size(), 30u);
  EXPECT_EQ(figures_of("Q1"), documented("| trained on (ResNet-34)"));
  EXPECT_EQ(figures_of("lfw"), documented("| model | % |"));
}

}  // namespace
}  // namespace kface
