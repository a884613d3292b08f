// Opens the report in headless Chromium: it must draw itself, in both languages and on a phone,
// without an error and without asking for anything outside the file.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "fixture.h"
#include "report/report.h"

namespace kface {
namespace {

using std::filesystem::path;

// The browser, or an empty path.
path find_chromium() {
  const char* folders = std::getenv("PATH");
  std::string rest = folders == nullptr ? "" : folders;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
      path program = path(rest.substr(0, end)) / name;
      if (access(program.c_str(), X_OK) == 0) {
        return program;
      }
    }
    rest.erase(0, end + 1);
  }
  return {};
}

// Runs `arguments`, its output into the two files; the exit status, or -1.
int run(const std::vector<std::string>& arguments, const path& output, const path& log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), flags, 0600);
  std::vector<char*> values;
  values.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) {
    values.push_back(const_cast<char*>(argument.c_str()));
  }
  values.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawn(&child, values[0], &actions, nullptr, values.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(child, &status, 0) != child) {
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class ReportInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    chromium = find_chromium();
    if (chromium.empty()) {
      GTEST_SKIP() << "no chromium on this machine (apt-get install chromium)";
    }
    folder =
        path(testing::TempDir()) / (std::string("kface_report_") +
                                    testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder);
    fixture::write_chips(folder / "dataset");
  }
  void TearDown() override {
    if (!folder.empty() && !HasFailure()) {
      std::filesystem::remove_all(folder);
    }
  }

  std::string page_of(const nlohmann::ordered_json& record) {
    auto page = render_report(record.dump(), folder / "dataset");
    EXPECT_TRUE(page.ok()) << page.error().message();
    return page.ok() ? page.value() : std::string();
  }

  // Opens `page` at "#hash" in a window of `size` ("1280,900"); a screenshot and the log of the
  // console lie in the folder afterwards. Returns the drawn document without its data.
  std::string open(const std::string& page, const std::string& hash, const std::string& size) {
    const path file = folder / "report.html";
    EXPECT_TRUE(write_file_atomic(file, page).ok());
    // Every name resolves to nothing: were something asked for, it would fail loudly.
    const std::vector<std::string> arguments = {chromium.string(),
                                                "--headless=new",
                                                "--no-sandbox",
                                                "--disable-gpu",
                                                "--no-first-run",
                                                "--disable-dev-shm-usage",
                                                "--disable-background-networking",
                                                "--disable-component-update",
                                                "--hide-scrollbars",
                                                "--enable-logging=stderr",
                                                "--host-resolver-rules=MAP * ~NOTFOUND",
                                                "--user-data-dir=" + (folder / "profile").string(),
                                                "--window-size=" + size,
                                                "--screenshot=" + shot().string(),
                                                "--dump-dom",
                                                "file://" + file.string() + "#" + hash};
    EXPECT_EQ(run(arguments, folder / "dom.html", folder / "console.txt"), 0);
    auto document = read_text(folder / "dom.html");
    EXPECT_TRUE(document.ok()) << document.error().message();
    return document.ok() ? shown(document.value()) : std::string();
  }

  // What a reader sees: the page without the sentences and the record that it is drawn from.
  static std::string shown(const std::string& document) {
    const std::size_t data = document.find("<script type=\"application/json\"");
    EXPECT_NE(data, std::string::npos) << "no data in the page";
    return document.substr(0, data);
  }

  path shot() const { return folder / "shot.png"; }

  void expect_drawn(const std::string& document, const std::string& charts) {
    EXPECT_NE(document.find("data-ready=\"true\""), std::string::npos) << "did not draw itself";
    EXPECT_NE(document.find("data-errors=\"0\""), std::string::npos) << "an error in the page";
    EXPECT_NE(document.find("data-charts=\"" + charts + "\""), std::string::npos);
    const std::string console = read_text(folder / "console.txt").value();
    EXPECT_EQ(console.find(":CONSOLE"), std::string::npos) << console;
  }

  // Not blank: many grey levels and a wide spread of them.
  void expect_picture(int width) {
    const cv::Mat picture = cv::imread(shot().string(), cv::IMREAD_GRAYSCALE);
    ASSERT_FALSE(picture.empty()) << "no screenshot";
    EXPECT_EQ(picture.cols, width);
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(picture, mean, deviation);
    EXPECT_GT(deviation[0], 15) << "the page is blank";
  }

  path chromium;
  path folder;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ReportInBrowser, DrawsASweepInEnglish) {
  const std::string document = open(page_of(fixture::sweep_record()), "en", "1280,6000");
  // 3 large and 18 small distributions, 4 of experiment B, ROC, 2 histories, 2 conditions.
  expect_drawn(document, "30");
  expect_picture(1280);
  EXPECT_TRUE(contains(document, "<html lang=\"en\""));
  EXPECT_TRUE(contains(document, "The conditions are simulated."));
  EXPECT_TRUE(contains(document, "The paper's recipe makes this network worse for new people."));
}

TEST_F(ReportInBrowser, DrawsASweepInKoreanOnAPhone) {
  const std::string document = open(page_of(fixture::sweep_record()), "ko", "500,3000");
  expect_drawn(document, "30");
  expect_picture(500);
  EXPECT_TRUE(contains(document, "<html lang=\"ko\""));
  EXPECT_TRUE(contains(document, "촬영 조건은 모의(시뮬레이션)입니다."));
}

TEST_F(ReportInBrowser, DrawsAComparison) {
  const std::string document = open(page_of(fixture::compare_record()), "en", "1280,1500");
  expect_drawn(document, "4");
  expect_picture(1280);
  EXPECT_TRUE(contains(document, "calibrated"));
}

TEST_F(ReportInBrowser, ShowsVerdictsAndFailureToAcquireBesideRecipes) {
  const std::string document = open(page_of(fixture::compare_record()), "en", "1280,1500");
  expect_drawn(document, "4");
  EXPECT_TRUE(contains(document, "auto is better than frozen by 2.1 points of EER."));
  EXPECT_TRUE(contains(document, "Chosen over the splits: calibrated × 17, frozen × 3."));
  EXPECT_TRUE(contains(document, "Views of a photo over the splits: mirror × 18, plain × 2."));
  EXPECT_FALSE(contains(document, "frozen × 20"));
  EXPECT_FALSE(contains(document, "undefined"));
  EXPECT_TRUE(contains(document, "−2.05 [−3.00, −1.10]"));
  EXPECT_TRUE(contains(document, "Equal error rate · failure to acquire 2.8"));
}

TEST_F(ReportInBrowser, SaysAVerdictOnceWhereItIsAFinding) {
  auto record = fixture::compare_record();
  const auto sentence = record["recipes"].back()["against_frozen"]["sentence"];
  record["findings"] = {sentence};
  const std::string document = open(page_of(record), "en", "1280,1500");
  const std::string english = sentence["en"];
  const std::size_t first = document.find(english);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(document.find(english, first + 1), std::string::npos);
}

TEST_F(ReportInBrowser, DrawsConditionsWithTheirHeatMaps) {
  const std::string document = open(page_of(fixture::conditions_record()), "en", "1280,3400");
  expect_drawn(document, "3");
  expect_picture(1280);
  EXPECT_TRUE(contains(document, "The conditions are simulated."));
  EXPECT_TRUE(contains(document, "The model was fitted on these very photos"));
  EXPECT_TRUE(contains(document, "Varied photos were better in every split."));
  EXPECT_TRUE(contains(document, "40 lux: too few pairs to measure (4 same, 90,000 different)"));
  EXPECT_TRUE(contains(document, "No heat map: found 3 people with 2 images or more"));
  EXPECT_TRUE(contains(document, "class=\"heat none\""));
  EXPECT_TRUE(contains(document, "--heat: 1.000")) << "the worst entry";
  EXPECT_TRUE(contains(document, "middle (41.2 to 97.5)"));
  EXPECT_TRUE(contains(document, "&lt;b&gt;mask&lt;/b&gt;"));
  EXPECT_FALSE(contains(document, "<b>mask"));
}

TEST_F(ReportInBrowser, DrawsConditionsInKoreanOnAPhone) {
  const std::string document = open(page_of(fixture::conditions_record()), "ko", "500,3000");
  expect_drawn(document, "3");
  expect_picture(500);
  EXPECT_TRUE(contains(document, "모든 분할에서 다양한 사진이 더 나았습니다."));
}

TEST_F(ReportInBrowser, DrawsAnEvaluationBesidePublishedResults) {
  const std::string document = open(page_of(fixture::evaluate_record()), "en", "1280,3400");
  expect_drawn(document, "2");  // DET and CMC
  expect_picture(1280);
  EXPECT_TRUE(contains(document, "calibrated is better than frozen: EER lower by 1.20 points"));
  EXPECT_TRUE(contains(document, "98.62 ± 0.16 %"));
  EXPECT_TRUE(contains(document, "too few pairs for this rate"));
  EXPECT_TRUE(contains(document, "Beside published results"));
  EXPECT_TRUE(contains(document, "The people are not the published 30."));
  EXPECT_TRUE(contains(document, "ours &lt;i&gt;"));
}

TEST_F(ReportInBrowser, DrawsTheOtherShapesOfAnEvaluation) {
  auto record = fixture::evaluate_record();
  record["det"] = {{{"far", 0.001}, {"fnmr", 0.05}}, {{"far", 0.01}, {"fnmr", 0.02}}};
  record["identification"] = {{"cmc", {0.9, 0.95}}, {"num_enrolled", 4}, {"num_probes", 9}};
  for (const char* absent : {"comparison", "view2", "protocol", "failure_to_acquire", "d_prime"}) {
    record.erase(absent);
  }
  const std::string document = open(page_of(record), "en", "1280,2000");
  expect_drawn(document, "2");
  EXPECT_TRUE(contains(document, "55 photos were refused at import"));
  EXPECT_FALSE(contains(document, "Beside published results"));
}

TEST_F(ReportInBrowser, ShowsHostileNamesAsText) {
  const std::string document = open(page_of(fixture::sweep_record()), "en/pairs", "1280,900");
  expect_drawn(document, "30");
  EXPECT_TRUE(contains(document, "<b>&lt;/script&gt;&lt;script&gt;document.title='x'"));
  EXPECT_TRUE(contains(document, "<title>The paper's experiments · kface</title>"));
  EXPECT_FALSE(contains(document, "<img src=\"x\""));
}

// The two checks above must be able to fail.
TEST_F(ReportInBrowser, CountsARequestAndAForeignScriptAsErrors) {
  std::string page = page_of(fixture::compare_record());
  page.insert(page.rfind("</body>"),
              "<img src=\"http://127.0.0.1:9/x.png\"><script>window.hacked = 1;</script>");
  const std::string document = open(page, "en", "800,600");
  EXPECT_TRUE(contains(document, "data-ready=\"true\""));
  EXPECT_TRUE(contains(document, "data-errors=\"2\""));
  EXPECT_TRUE(contains(read_text(folder / "console.txt").value(), ":CONSOLE"));
}

}  // namespace
}  // namespace kface
