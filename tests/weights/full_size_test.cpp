// VGG-Face at its full size, as a user brings it: a Keras file of 580 MB that h5py wrote, with
// random weights. Needs 1.2 GB of the build folder's disk while it runs.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/files.h"
#include "base/mapped_safetensors.h"

namespace kface {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Outcome {
  int exit_code = -1;
  std::string out;
};

// Standard error goes to the test's own.
Outcome run(const std::string& command) {
  Outcome outcome;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << command << " cannot be started";
    return outcome;
  }
  char buffer[4096];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    outcome.out.append(buffer, got);
  }
  const int status = ::pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

class FullSize : public testing::Test {
 protected:
  void SetUp() override {
    work = fs::path(KFACE_WORK_FOLDER) / ("full-size-" + std::to_string(::getpid()));
    fs::create_directories(work);
    const Outcome made = run("/usr/bin/python3 -B '" KFACE_GENERATOR "' '" + source().string() +
                             "' '" + expected().string() + "'");
    ASSERT_EQ(made.exit_code, 0) << "needs Debian's python3-h5py and python3-numpy";
  }
  void TearDown() override { fs::remove_all(work); }

  fs::path source() const { return work / "vgg_face_weights.h5"; }
  fs::path expected() const { return work / "expected.json"; }
  fs::path models() const { return work / "models"; }

  Outcome kface(const std::string& arguments) const {
    return run("'" KFACE_PROGRAM "' " + arguments + " --models '" + models().string() + "'");
  }

  fs::path work;
};

// Every tensor has its shape, and the values that the generator noted lie where they must.
void expect_values(const MappedTensors& mapped, const Json& expected) {
  ASSERT_EQ(expected.size(), 32U);
  ASSERT_EQ(mapped.tensors().size(), expected.size());
  for (const auto& [name, wanted] : expected.items()) {
    ASSERT_TRUE(mapped.tensors().contains(name)) << name;
    const MappedTensors::View& view = mapped.tensors().at(name);
    EXPECT_EQ(view.shape, wanted["shape"].get<std::vector<std::size_t>>()) << name;
    ASSERT_GE(wanted["places"].size(), 30U) << name;
    for (std::size_t i = 0; i < wanted["places"].size(); ++i) {
      const auto place = wanted["places"][i].get<std::size_t>();
      ASSERT_LT(place, view.values.size()) << name;
      EXPECT_EQ(view.values[place], wanted["values"][i].get<float>()) << name << ' ' << place;
    }
  }
}

TEST_F(FullSize, AKerasFileOfOtherMakeIsImportedAndDescribed) {
  ASSERT_GT(fs::file_size(source()), 580'000'000U);
  const Outcome imported = kface("models import '" + source().string() + "' --json");
  ASSERT_EQ(imported.exit_code, 0) << imported.out;
  const Json import_facts = Json::parse(imported.out);
  const fs::path stored = models() / "vgg-face.safetensors";
  EXPECT_EQ(import_facts["file"], stored.string());
  EXPECT_EQ(import_facts["format"], "Keras .h5");
  EXPECT_EQ(import_facts["source_sha256"], sha256_file(source()).value());

  const Outcome info = kface("models info vgg-face --json");
  ASSERT_EQ(info.exit_code, 0) << info.out;
  const Json facts = Json::parse(info.out);
  EXPECT_EQ(facts["what"], "VGG-Face, all 16 layers");
  EXPECT_EQ(facts["parameters"], 145'002'878);
  EXPECT_EQ(facts["parameters_without_fc8"], 134'260'544);
  EXPECT_EQ(facts["digest"], import_facts["digest"]);
  EXPECT_EQ(facts["licence"], "CC BY-NC 4.0 (University of Oxford): not for commercial use");
  EXPECT_EQ(facts["facts"]["source_format"], "Keras .h5");
  EXPECT_EQ(facts["facts"]["source_channels"], "rgb");
  EXPECT_EQ(facts["facts"]["source_sha256"], import_facts["source_sha256"]);
  EXPECT_EQ(facts["tensors"]["fc6.weight"], Json({4096, 25088}));

  const Outcome text = kface("models info vgg-face");
  EXPECT_NE(text.out.find("145,002,878 (134,260,544 without fc8)"), std::string::npos) << text.out;

  const Json list = Json::parse(kface("models list --json").out);
  std::size_t num_present = 0;
  for (const Json& file : list["files"]) {
    num_present += file["state"] == "present" ? 1 : 0;
    EXPECT_EQ(file["state"] == "present", file["name"] == "vgg-face.safetensors");
  }
  EXPECT_EQ(num_present, 1U);

  const auto mapped = map_safetensors(stored, 2);
  ASSERT_TRUE(mapped.ok()) << mapped.error().message();
  EXPECT_EQ(mapped.value()->content_digest(), import_facts["digest"]);
  const auto expected_text = read_text(expected());
  ASSERT_TRUE(expected_text.ok());
  expect_values(*mapped.value(), Json::parse(expected_text.value()));
}

// The paper's road, whole: features of real photographs, its recipe, figures, a decision. With
// random weights the figures mean nothing; that they are there, and are numbers, is what is tested.
TEST_F(FullSize, ThePapersRoadIsWalkedFromEndToEnd) {
  const fs::path photos = fs::path(KFACE_CHECKOUT) / "third_party/dlib-examples/johns";
  if (!fs::exists(photos)) {
    GTEST_SKIP() << "no " << photos << ": run 'make setup'";
  }
  const auto quoted = [](const fs::path& path) { return " '" + path.string() + "'"; };
  const fs::path data = work / "data";
  const fs::path model = work / "paper.kface";
  ASSERT_EQ(kface("models import" + quoted(source())).exit_code, 0);
  ASSERT_EQ(
      kface("import folder" + quoted(photos) + " -o" + quoted(data) + " --crop none").exit_code, 0);

  const Outcome extracted = kface("extract" + quoted(data) + " --backbone vgg-face --json");
  ASSERT_EQ(extracted.exit_code, 0) << extracted.out;
  const Json features = Json::parse(extracted.out);
  EXPECT_EQ(features["feature_dim"], 4096);
  EXPECT_EQ(features["num_identities"], 5);

  const Outcome trained =
      kface("train" + quoted(data) + " -o" + quoted(model) +
            " --backbone vgg-face --recipe paper --split pairs --epochs 2 --json");
  ASSERT_EQ(trained.exit_code, 0) << trained.out;
  EXPECT_EQ(Json::parse(trained.out)["history"].size(), 2U);

  const Outcome evaluated = kface("evaluate" + quoted(model) + quoted(data) + " --json");
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.out;
  EXPECT_NE(evaluated.out.find("\"eer\""), std::string::npos);

  std::vector<fs::path> pair;
  for (const auto& entry : fs::recursive_directory_iterator(photos)) {
    if (entry.path().extension() == ".jpg" && pair.size() < 2) {
      pair.push_back(entry.path());
    }
  }
  ASSERT_EQ(pair.size(), 2U);
  const Outcome verified =
      kface("verify -m" + quoted(model) + quoted(pair[0]) + quoted(pair[0]) + " --json");
  ASSERT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_NEAR(Json::parse(verified.out)["distance"].get<double>(), 0, 1e-3);
  // tanh of a random network's large numbers is +-1 for everybody; fc8 itself tells them apart.
  const fs::path frozen = work / "frozen.kface";
  ASSERT_EQ(kface("train" + quoted(data) + " -o" + quoted(frozen) +
                  " --backbone vgg-face --recipe frozen")
                .exit_code,
            0);
  const Outcome others =
      kface("verify -m" + quoted(frozen) + quoted(pair[0]) + quoted(pair[1]) + " --json");
  ASSERT_EQ(others.exit_code, 0) << others.out;
  EXPECT_GT(Json::parse(others.out)["distance"].get<double>(), 1e-3);

  // 8 bits on the same road.
  const fs::path fast = work / "fast.kface";
  const Outcome calibrated = kface("calibrate" + quoted(data) + " -m" + quoted(model) + " -o" +
                                   quoted(fast) + " --precision int8 --faces 8 --json");
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.out;
  EXPECT_GE(Json::parse(calibrated.out)["tried"][0]["lowest_cosine"].get<double>(), 0.995);
  const Outcome again =
      kface("verify -m" + quoted(fast) + quoted(pair[0]) + quoted(pair[1]) + " --json");
  ASSERT_EQ(again.exit_code, 0) << again.out;
}

}  // namespace
}  // namespace kface
