// Everything that gallery.h says, on a real PostgreSQL server; and what happens when it goes away.
#include <gtest/gtest.h>

#include <iterator>

#include "base/files.h"
#include "gallery/gallery_contract_for_test.h"
#include "gallery/postgres_server_for_test.h"

namespace kface {
namespace {

// One server for all tests of this program.
class ServerOfTests : public testing::Environment {
 public:
  void SetUp() override { server = PostgresServerForTest::start(why_not); }
  void TearDown() override { server.reset(); }

  static inline std::unique_ptr<PostgresServerForTest> server;
  static inline std::string why_not;
};
const auto* const kServer = testing::AddGlobalTestEnvironment(new ServerOfTests);

class DatabasePlace final : public GalleryPlace {
 public:
  std::string where() const override { return url_; }

 private:
  std::string url_ = ServerOfTests::server->new_database();
};

std::unique_ptr<GalleryPlace> new_place() {
  return ServerOfTests::server ? std::make_unique<DatabasePlace>() : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Postgres, GalleryContract, testing::Values(MakeGalleryPlace(new_place)),
                         [](const auto& /*info*/) { return std::string("Server"); });

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ServerOfTests::server) {
      GTEST_SKIP() << ServerOfTests::why_not;
    }
    url_ = server().new_database();
    ASSERT_TRUE(Keyring::create(folder_ / "key").ok());
  }

  static PostgresServerForTest& server() { return *ServerOfTests::server; }
  std::string database() const {
    const auto begin = url_.find(":///") + 4;
    return url_.substr(begin, url_.find('?') - begin);
  }
  Result<std::unique_ptr<Gallery>> open() {
    return Gallery::open(url_, Keyring::read(folder_ / "key").value(), kTestNow);
  }
  std::unique_ptr<Gallery> opened() {
    auto gallery = open();
    KF_REQUIRE(gallery.ok(), gallery.error().message());
    return std::move(gallery).value();
  }

  TempFolderForTest folder_;
  std::string url_;
};

TEST_F(PostgresTest, SurvivesTheEndOfTheServer) {
  const auto gallery = opened();
  const Person kim = gallery->add_person(somebody("Kim"), {}, kTestNow).value();
  const std::uint64_t seen = gallery->revision().value();
  ASSERT_EQ(gallery->wait_for_change(seen, 0).value(), seen);
  server().stop(SIGQUIT);
  for (int i = 0; i < 3; ++i) {
    const auto failed = gallery->add_person(somebody("Lee"), {}, kTestNow);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code(), ErrorCode::kIo);
  }
  EXPECT_EQ(gallery->wait_for_change(seen, 300).error().code(), ErrorCode::kIo);
  ASSERT_EQ(server().start_again(), "");
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // the longest pause
  EXPECT_EQ(gallery->person(kim.id).value().name, "Kim");
  Result<std::uint64_t> told = Status{ErrorCode::kIo, "not yet"};
  std::thread waiter([&] { told = gallery->wait_for_change(seen, 5000); });
  EXPECT_TRUE(opened()->add_person(somebody("Lee"), {}, kTestNow).ok());
  waiter.join();
  ASSERT_TRUE(told.ok()) << told.error().message();
  EXPECT_GT(told.value(), seen);
}

TEST_F(PostgresTest, DoesNotNoticeARestartBetweenTwoCalls) {
  const auto gallery = opened();
  const Person kim = gallery->add_person(somebody("Kim"), {}, kTestNow).value();
  server().stop(SIGINT);
  ASSERT_EQ(server().start_again(), "");
  EXPECT_TRUE(gallery->person(kim.id).ok());
}

TEST_F(PostgresTest, SaysWhatIsWrongWithoutThePassword) {
  const auto refused =
      Gallery::open("postgresql://kim:secret-word@/nowhere?host=" + folder_.path().string(),
                    Keyring::read(folder_ / "key").value(), kTestNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kIo);
  EXPECT_EQ(refused.error().message().find("secret-word"), std::string::npos);
  EXPECT_NE(refused.error().message().find("postgresql://kim@/nowhere"), std::string::npos)
      << refused.error().message();
}

TEST_F(PostgresTest, RefusesASchemaOfAnotherProgram) {
  server().run("CREATE SCHEMA kface", database());
  server().run("CREATE TABLE kface.people (id int)", database());
  EXPECT_EQ(open().error().code(), ErrorCode::kCorruption);
}

TEST_F(PostgresTest, RefusesANewerGallery) {
  opened();
  server().run("UPDATE kface.schema_version SET version = 99", database());
  const auto refused = open();
  EXPECT_EQ(refused.error().code(), ErrorCode::kVersion);
  EXPECT_NE(refused.error().message().find("version 99"), std::string::npos);
}

TEST_F(PostgresTest, NoticesAlteredAndSwappedRows) {
  const auto gallery = opened();
  const Person kim = gallery->add_person(somebody("Kim"), {}, kTestNow).value();
  const Person lee = gallery->add_person(somebody("Lee"), {}, kTestNow).value();
  server().run("UPDATE kface.people SET sealed = (SELECT sealed FROM kface.people WHERE id = '" +
                   kim.id + "') WHERE id = '" + lee.id + "'",
               database());
  EXPECT_TRUE(gallery->person(kim.id).ok());
  EXPECT_EQ(gallery->person(lee.id).error().code(), ErrorCode::kCorruption);
  server().run("UPDATE kface.people SET sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40))",
               database());
  EXPECT_EQ(gallery->person(kim.id).error().code(), ErrorCode::kCorruption);
}

TEST_F(PostgresTest, LeavesNoSampleOfRowsInTheStatistics) {
  const auto gallery = opened();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(gallery->add_person(somebody("Kim"), {}, kTestNow).ok());
  }
  server().run("ANALYZE", database());
  EXPECT_EQ(server().run("SELECT count(*) FROM pg_stats WHERE schemaname = 'kface'", database()),
            "0");
}

TEST_F(PostgresTest, LeavesNothingOfAForgottenPersonInTheDataFiles) {
  const auto gallery = opened();
  const std::vector<NewTemplate> faces = {some_face(1, {1, 2, 3})};
  const Person kim = gallery->add_person(somebody("Kim"), faces, kTestNow).value();
  ASSERT_TRUE(gallery->add_person(somebody("Lee"), faces, kTestNow).ok());
  const auto occurs = [&] {
    server().run("CHECKPOINT");
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(server().data() / "base")) {
      const auto text = entry.is_regular_file() ? read_text(entry.path()) : Result<std::string>("");
      if (text.ok() && text.value().find(kim.id) != std::string::npos) {
        return true;
      }
    }
    return false;
  };
  if (::geteuid() != 0 && !std::filesystem::exists(server().data() / "base")) {
    GTEST_SKIP() << "cannot read the server's files";
  }
  ASSERT_TRUE(occurs());
  const Status forgotten = gallery->forget_person(kim.id);
  ASSERT_TRUE(forgotten.ok()) << forgotten.message();
  EXPECT_FALSE(occurs());
}

}  // namespace
}  // namespace kface
