#include "store/fetch_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"
#include "base/safetensors.h"
#include "store/http_server_for_test.h"
#include "store/model_store.h"
#include "store/weights_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class FetchModel : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    models = fs::temp_directory_path() /
             ("kface-fetch-" + std::to_string(::getpid()) + "-" + info->name());
  }
  void TearDown() override { fs::remove_all(models); }

  FetchRequest request(const std::string& url) const {
    return {.model = "vgg-face", .url = url, .accept_license = true, .expected_bytes = {}};
  }

  fs::path models;
};

void expect_way_out(const std::string& message) {
  EXPECT_NE(message.find("by hand: get vgg_face_weights.h5 (580085408 bytes)"), std::string::npos)
      << message;
  EXPECT_NE(message.find("run 'kface models import FILE'"), std::string::npos) << message;
}

TEST_F(FetchModel, ImportsWhatItFetchedAndRemovesTheDownload) {
  const auto encoded = encode_safetensors(convolutions_for_test());
  const std::string content(encoded.begin(), encoded.end());
  const HttpServerForTest server([&](const HttpServerForTest::Request& asked) {
    return HttpServerForTest::Answer{serve_file(asked, content, "\"1\"")};
  });
  const auto fetched = fetch_model(request(server.url("/weights")), models, {});
  ASSERT_TRUE(fetched.ok()) << fetched.error().message();
  EXPECT_EQ(fetched.value().download.bytes, content.size());
  EXPECT_EQ(fetched.value().download.sha256, fetched.value().imported.source_sha256);
  EXPECT_EQ(fetched.value().imported.path, models / "vgg-face-notop.safetensors");
  EXPECT_TRUE(describe_file(fetched.value().imported.path, 1).ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(models), {}), 1) << "the weights alone are left";
}

TEST_F(FetchModel, WithoutTheLicenceAcceptedNothingIsAsked) {
  const HttpServerForTest server(
      [](const HttpServerForTest::Request&) { return HttpServerForTest::Answer{}; });
  FetchRequest refused = request(server.url("/weights"));
  refused.accept_license = false;
  const auto result = fetch_model(refused, models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(result.error().message().find("CC BY-NC 4.0"), std::string::npos);
  EXPECT_NE(result.error().message().find("add --accept-license"), std::string::npos);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_FALSE(fs::exists(models));
}

TEST_F(FetchModel, WithoutAnAddressItSaysWhatToDoByHand) {
  const auto result = fetch_model(request(""), models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(result.error().message().find("--url or $KFACE_VGG_FACE_URL"), std::string::npos);
  expect_way_out(result.error().message());
}

TEST_F(FetchModel, WithoutANetworkItSaysWhatToDoByHand) {
  std::string url;
  {
    const HttpServerForTest server(
        [](const HttpServerForTest::Request&) { return HttpServerForTest::Answer{}; });
    url = server.url("/weights");
  }
  const auto result = fetch_model(request(url), models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  expect_way_out(result.error().message());
}

TEST_F(FetchModel, TheUsualFileHasItsSize) {
  const HttpServerForTest server([](const HttpServerForTest::Request& asked) {
    return HttpServerForTest::Answer{serve_file(asked, "<html>a page</html>", "\"1\"")};
  });
  FetchRequest usual = request(server.url("/vgg_face_weights.h5"));
  usual.expected_bytes = FetchRequest{}.expected_bytes;
  const auto result = fetch_model(usual, models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kMismatch);
  EXPECT_NE(result.error().message().find("has 19 bytes, expected 580085408"), std::string::npos);
}

TEST_F(FetchModel, AFileThatCannotBeImportedIsKeptAndNamed) {
  const HttpServerForTest server([](const HttpServerForTest::Request& asked) {
    return HttpServerForTest::Answer{serve_file(asked, "<html>a page</html>", "\"1\"")};
  });
  const auto result = fetch_model(request(server.url("/x")), models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(result.error().message().find("is a web page"), std::string::npos);
  EXPECT_NE(result.error().message().find("the download is kept, SHA-256 "), std::string::npos);
  EXPECT_EQ(read_text(download_path(models)).value(), "<html>a page</html>");
}

TEST_F(FetchModel, OnlyVggFaceIsFetched) {
  FetchRequest other = request("http://127.0.0.1/");
  other.model = "arcface";
  const auto result = fetch_model(other, models, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(result.error().message().find("'arcface'; there is: vgg-face"), std::string::npos);
}

}  // namespace
}  // namespace kface
