// What is particular to a gallery in a file: hostile files, other processes, crashes, and that
// nothing is left of who was forgotten.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <random>

#include "base/files.h"
#include "gallery/people_for_test.h"
#include "gallery/schema.h"
#include "gallery/sqlite_database.h"
#include "gallery/temp_folder_for_test.h"

namespace kface {
namespace {

// Of files that SQLite has open: read by another process, since closing one here would drop the
// locks of this one.
std::string bytes_of(const std::filesystem::path& path) {
  const std::string command = "cat '" + path.string() + "' 2>/dev/null";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::string bytes(1U << 16U, '\0');
  std::string all;
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(bytes.data(), 1, bytes.size(), pipe);
    all.append(bytes, 0, got);
  }
  ::pclose(pipe);
  return all;
}

// Another program's look at the file.
class RawSqlite {
 public:
  explicit RawSqlite(const std::filesystem::path& path) {
    KF_REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
    sqlite3_busy_timeout(handle_, 5000);
  }
  ~RawSqlite() { sqlite3_close_v2(handle_); }
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  // The first column of every row.
  std::vector<std::string> run(const std::string& sql) {
    std::vector<std::string> values;
    sqlite3_stmt* statement = nullptr;
    KF_REQUIRE(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK, sql,
               sqlite3_errmsg(handle_));
    while (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, 0));
      values.emplace_back(bytes == nullptr ? "" : bytes,
                          static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
    }
    KF_REQUIRE(sqlite3_finalize(statement) == SQLITE_OK, sql, sqlite3_errmsg(handle_));
    return values;
  }

 private:
  sqlite3* handle_ = nullptr;
};

class SqliteTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Keyring::create(folder_ / "key").ok()); }

  Result<std::unique_ptr<Gallery>> open(const std::filesystem::path& path) {
    return Gallery::open(path.string(), Keyring::read(folder_ / "key").value(), kTestNow);
  }
  std::unique_ptr<Gallery> opened() {
    auto gallery = open(path_);
    KF_REQUIRE(gallery.ok(), gallery.error().message());
    return std::move(gallery).value();
  }
  // All bytes of the database's files.
  std::string everything() {
    std::string bytes;
    for (const char* ending : {"", "-wal", "-shm"}) {
      bytes += bytes_of(path_.string() + ending);
    }
    return bytes;
  }
  bool occurs(const std::string& bytes) { return everything().find(bytes) != std::string::npos; }
  // Runs `body` in a process of its own, which is true if all went well.
  static pid_t in_process(const std::function<bool()>& body) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::_exit(body() ? 0 : 1);
    }
    return pid;
  }
  static bool went_well(pid_t pid) {
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  TempFolderForTest folder_;
  std::filesystem::path path_ = folder_ / "gallery.db";
};

TEST_F(SqliteTest, IsReadableByItsOwnerAlone) {
  const auto gallery = opened();
  for (const char* ending : {"", "-wal", "-shm"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((path_.string() + ending).c_str(), &facts), 0) << ending;
    EXPECT_EQ(facts.st_mode & 0777U, 0600U) << ending;
  }
}

TEST_F(SqliteTest, HoldsNothingReadableOfAPerson) {
  const auto gallery = opened();
  Person kim = somebody("Kim-Min-jun-readable");
  kim.card = "card-number-4711";
  kim.vehicle = "PLATE9999";
  kim.groups = {"group-of-the-night"};
  const std::vector<NewTemplate> faces = {
      some_face(1, {'p', 'h', 'o', 't', 'o', '-', 'o', 'f', '-', 'k', 'i', 'm'})};
  ASSERT_TRUE(gallery->add_person(kim, faces, kTestNow).ok());
  for (const std::string& text :
       {kim.name, kim.card, kim.vehicle, kim.groups[0], std::string("photo-of-kim")}) {
    EXPECT_FALSE(occurs(text)) << text;
  }
}

// Many people on few pages, changed and deleted in random order, so that SQLite moves rows about.
TEST_F(SqliteTest, LeavesNothingOfAForgottenPersonInItsFiles) {
  const auto gallery = opened();
  std::mt19937 random(3);
  std::vector<Person> people;
  for (int i = 0; i < 60; ++i) {
    Person person = somebody("Person number " + std::to_string(i));
    person.card = "card " + std::to_string(i);
    std::vector<NewTemplate> faces(1 + random() % 3, some_face(static_cast<float>(i)));
    for (NewTemplate& face : faces) {
      face.embedding.resize(1 + random() % 300, 0.5F);
      face.photo.assign(random() % 3 == 0 ? 20000 : random() % 400, 7);
    }
    people.push_back(gallery->add_person(person, faces, kTestNow).value());
    EventDetails event = some_event(people[random() % people.size()].id);
    event.photo.assign(random() % 6000, 9);
    ASSERT_TRUE(gallery->keep_event(event).ok());
    ASSERT_TRUE(gallery->set_passage(people.back().id, {Direction::kEntry, "north", 1}).ok());
  }
  std::shuffle(people.begin(), people.end(), random);
  RawSqlite raw(path_);
  for (int i = 0; i < 20; ++i) {
    const std::string& id = people[static_cast<std::size_t>(i)].id;
    std::vector<std::string> traces = {id};
    const std::string before = everything();
    for (const std::string& query :
         {"SELECT substr(sealed, 10, 24) FROM people WHERE id = '" + id + "'",
          "SELECT substr(sealed, 10, 24) FROM templates WHERE person = '" + id + "'",
          "SELECT substr(p.sealed, 10, 24) FROM template_photos p JOIN templates t USING (id)"
          " WHERE t.person = '" +
              id + "'",
          "SELECT substr(sealed, 10, 24) FROM events WHERE person = '" + id + "'",
          "SELECT id FROM templates WHERE person = '" + id + "'",
          "SELECT substr(sealed, 10, 24) FROM passages WHERE id = '" + id + "'",
          "SELECT card_hash FROM people WHERE id = '" + id + "'"}) {
      for (std::string& trace : raw.run(query)) {
        EXPECT_NE(before.find(trace), std::string::npos);
        traces.push_back(std::move(trace));
      }
    }
    const Status forgotten = gallery->forget_person(id);
    ASSERT_TRUE(forgotten.ok()) << forgotten.message();
    const std::string after = everything();
    for (const std::string& trace : traces) {
      EXPECT_EQ(after.find(trace), std::string::npos) << i;
    }
  }
  EXPECT_EQ(raw.run("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_EQ(raw.run("SELECT name FROM meta WHERE name LIKE 'erasure%'").size(), 0u);
  EXPECT_EQ(gallery->count_people().value(), 40u);
}

TEST_F(SqliteTest, FindsRemnantsThatAnotherProgramLeftAndRemovesThem) {
  const auto gallery = opened();
  const std::string trace = "left-in-the-gap-of-a-page";
  {
    RawSqlite careless(path_);
    careless.run("PRAGMA secure_delete = OFF");
    careless.run("CREATE TABLE notes (text)");
    careless.run("INSERT INTO notes VALUES ('" + trace + "'), ('other')");
    careless.run("DELETE FROM notes WHERE text LIKE 'left%'");
    careless.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  ASSERT_TRUE(occurs(trace));
  const auto database = open_sqlite(path_.string());
  const std::vector<SqlBytes> traces = {SqlBytes(trace.begin(), trace.end())};
  const Status erased = database.value()->erase_remnants(SqlErasure::kProven, traces);
  EXPECT_TRUE(erased.ok()) << erased.message();
  EXPECT_FALSE(occurs(trace));
}

TEST_F(SqliteTest, FinishesAnErasureThatAReaderHindered) {
  const auto gallery = opened();
  const std::vector<NewTemplate> faces = {some_face(1)};
  const Person kim = gallery->add_person(somebody("Kim"), faces, kTestNow).value();
  {
    RawSqlite reader(path_);
    reader.run("BEGIN");
    reader.run("SELECT count(*) FROM people");
    const Status hindered = gallery->forget_person(kim.id);
    EXPECT_EQ(hindered.code(), ErrorCode::kIo);
    EXPECT_NE(hindered.message().find("again"), std::string::npos) << hindered.message();
    EXPECT_EQ(gallery->person(kim.id).error().code(), ErrorCode::kNotFound);
    EXPECT_TRUE(occurs(kim.id));
  }
  const Status finished = gallery->forget_person(kim.id);
  EXPECT_TRUE(finished.ok()) << finished.message();
  EXPECT_FALSE(occurs(kim.id));
  EXPECT_EQ(gallery->forget_person(kim.id).code(), ErrorCode::kNotFound);
}

TEST_F(SqliteTest, RefusesFilesThatAreNoGalleryAndLeavesThemAlone) {
  const auto refuses = [&](const std::string& content, ErrorCode code) {
    ASSERT_TRUE(write_file_atomic(path_, content).ok());
    EXPECT_EQ(open(path_).error().code(), code) << open(path_).error().message();
    EXPECT_EQ(read_text(path_).value(), content);
  };
  refuses("not a database, but long enough to look like one\n" + std::string(5000, 'x'),
          ErrorCode::kCorruption);
  const auto other = folder_ / "other.db";
  RawSqlite(other).run("CREATE TABLE notes (text)");
  refuses(read_text(other).value(), ErrorCode::kCorruption);
  RawSqlite(other).run("PRAGMA application_id = 42");
  refuses(read_text(other).value(), ErrorCode::kCorruption);
  EXPECT_EQ(open(folder_ / "no/such/folder.db").error().code(), ErrorCode::kIo);
  EXPECT_EQ(open(folder_.path()).error().code(), ErrorCode::kIo);
  EXPECT_EQ(open("").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(open("mysql://host/db").error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(SqliteTest, RefusesANewerGallery) {
  opened();
  RawSqlite(path_).run("PRAGMA user_version = 99");
  const auto refused = open(path_);
  EXPECT_EQ(refused.error().code(), ErrorCode::kVersion);
  EXPECT_NE(refused.error().message().find("version 99, this build reads 1 to 1"),
            std::string::npos)
      << refused.error().message();
}

TEST_F(SqliteTest, ATruncatedOrScrambledFileIsAnErrorAndNothingWorse) {
  {
    const auto gallery = opened();
    for (int i = 0; i < 60; ++i) {
      const std::vector<NewTemplate> faces(2, some_face(1, std::vector<std::uint8_t>(2000, 1)));
      ASSERT_TRUE(gallery->add_person(somebody("Kim"), faces, kTestNow).ok());
    }
  }
  const std::string whole = read_text(path_).value();
  std::mt19937 random(5);
  const auto look = [&](const std::string& content) {
    ASSERT_TRUE(write_file_atomic(path_, content).ok());
    auto gallery = open(path_);
    Status first = gallery.error();
    if (gallery.ok()) {
      const auto faces = gallery.value()->templates_in(kTestSpace);
      const auto people = gallery.value()->people({.limit = 1000});
      first = faces.ok() ? people.error() : faces.error();
      // Never wrong data: what comes is whole.
      EXPECT_TRUE(!faces.ok() || faces.value().size() <= 120u);
    }
    EXPECT_TRUE(first.ok() || first.code() == ErrorCode::kCorruption ||
                first.code() == ErrorCode::kIo || first.code() == ErrorCode::kVersion ||
                first.code() == ErrorCode::kMismatch)
        << first.message();
  };
  look(whole.substr(0, whole.size() / 2));
  EXPECT_FALSE(open(path_).ok() && open(path_).value()->templates_in(kTestSpace).ok());
  for (int round = 0; round < 60; ++round) {
    std::string altered = round % 3 == 0 ? whole.substr(0, random() % whole.size()) : whole;
    for (int i = 0; i < 20 && !altered.empty(); ++i) {
      altered[random() % altered.size()] = static_cast<char>(random());
    }
    look(altered);
  }
}

TEST_F(SqliteTest, NoticesAlteredAndSwappedRows) {
  const auto gallery = opened();
  const auto with_card = [&](const std::string& card) {
    Person person = somebody("Holder of " + card);
    person.card = card;
    const std::vector<NewTemplate> faces = {some_face(1, {1, 2})};
    return gallery->add_person(person, faces, kTestNow).value();
  };
  const Person kim = with_card("1"), lee = with_card("2");
  const std::string face = gallery->templates_of(lee.id).value()[0].id;
  RawSqlite raw(path_);
  const auto spoiled = [&](const std::string& statement, const auto& look) {
    raw.run("SAVEPOINT clean");
    raw.run(statement);
    raw.run("RELEASE clean");
    const ErrorCode code = look();
    EXPECT_EQ(code, ErrorCode::kCorruption) << statement;
  };
  raw.run("CREATE TABLE copy AS SELECT * FROM people");
  // The gate would take Kim for Lee.
  spoiled("UPDATE people SET sealed = (SELECT sealed FROM copy WHERE id = '" + kim.id +
              "') WHERE id = '" + lee.id + "'",
          [&] { return gallery->person(lee.id).error().code(); });
  raw.run("UPDATE people SET sealed = (SELECT c.sealed FROM copy c WHERE c.id = people.id)");
  // Lee's card would be Kim's.
  raw.run("UPDATE people SET card_hash = NULL");
  spoiled("UPDATE people SET card_hash = (SELECT card_hash FROM copy WHERE id = '" + lee.id +
              "') WHERE id = '" + kim.id + "'",
          [&] { return gallery->person_with_card("2").error().code(); });
  // Lee's face would be Kim's.
  spoiled("UPDATE templates SET person = '" + kim.id + "'",
          [&] { return gallery->templates_of(kim.id).error().code(); });
  raw.run("UPDATE templates SET person = '" + lee.id + "' WHERE id = '" + face + "'");
  spoiled("UPDATE templates SET space = '" + kOtherSpace + "'",
          [&] { return gallery->templates_in(kOtherSpace).error().code(); });
  spoiled("UPDATE template_photos SET sealed = zeroblob(100)",
          [&] { return gallery->template_photo(face).error().code(); });
  spoiled("UPDATE people SET sealed = x''", [&] { return gallery->people({}).error().code(); });
}

TEST_F(SqliteTest, TwoProcessesWriteAtTheSameTime) {
  const auto add_some = [&] {
    const auto gallery = open(path_);
    bool good = gallery.ok();
    for (int i = 0; i < 25 && good; ++i) {
      good = gallery.value()->add_person(somebody("Kim"), {}, kTestNow).ok();
    }
    return good;
  };
  const pid_t first = in_process(add_some);
  const pid_t second = in_process(add_some);
  EXPECT_TRUE(went_well(first));
  EXPECT_TRUE(went_well(second));
  EXPECT_EQ(opened()->count_people().value(), 50u);
}

TEST_F(SqliteTest, SeveralProcessesMakeItAtTheSameTime) {
  for (int round = 0; round < 5; ++round) {
    path_ = folder_ / ("gallery-" + std::to_string(round) + ".db");
    std::vector<pid_t> children(4);
    for (pid_t& child : children) {
      child = in_process([&] {
        const auto gallery = open(path_);
        return gallery.ok() && gallery.value()->add_person(somebody("Kim"), {}, kTestNow).ok();
      });
    }
    for (const pid_t child : children) {
      EXPECT_TRUE(went_well(child));
    }
    EXPECT_EQ(opened()->count_people().value(), 4u);
  }
}

TEST_F(SqliteTest, AFullDiskIsAnErrorAndWhatWasStoredStays) {
  const pid_t child = in_process([&] {
    const auto gallery = open(path_);
    bool good = gallery.ok() && gallery.value()->add_person(somebody("Kim"), {}, kTestNow).ok();
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{300'000, 300'000};
    good = good && ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    const std::vector<NewTemplate> faces = {some_face(1, std::vector<std::uint8_t>(1'000'000, 1))};
    const auto refused = good ? gallery.value()->add_person(somebody("Lee"), faces, kTestNow)
                              : Result<Person>(Status{ErrorCode::kNotFound, ""});
    return refused.error().code() == ErrorCode::kIo && gallery.value()->count_people().ok() &&
           gallery.value()->count_people().value() == 1;
  });
  EXPECT_TRUE(went_well(child));
  EXPECT_EQ(opened()->count_people().value(), 1u);
}

// What was acknowledged is there after a kill at any moment.
TEST_F(SqliteTest, LosesNothingThatWasAcknowledgedWhenKilled) {
  opened();
  std::mt19937 random(11);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 10; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = in_process([&] {
      const auto gallery = open(path_);
      const std::vector<NewTemplate> faces = {some_face(1)};
      for (;;) {
        const auto person = gallery.value()->add_person(somebody("Kim"), faces, kTestNow);
        if (!person.ok() || ::write(ends[1], person.value().id.data(), 28) != 28) {
          return false;
        }
      }
    });
    ::close(ends[1]);
    char id[28];
    const auto next = [&] {
      const bool whole = ::read(ends[0], id, sizeof(id)) == 28;
      whole ? void(acknowledged.emplace_back(id, sizeof(id))) : void();
      return whole;
    };
    for (std::size_t left = 1 + random() % 6; left > 0 && next(); --left) {
    }
    ::usleep(static_cast<useconds_t>(random() % 5000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (next()) {
    }
    ::close(ends[0]);
  }
  const auto gallery = opened();
  EXPECT_FALSE(acknowledged.empty());
  for (const std::string& id : acknowledged) {
    const auto faces = gallery->templates_of(id);
    ASSERT_TRUE(faces.ok()) << faces.error().message();
    EXPECT_EQ(faces.value().size(), 1u);
  }
  EXPECT_EQ(RawSqlite(path_).run("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
}

TEST_F(SqliteTest, BacksUpWhileItIsUsed) {
  const auto gallery = opened();
  const Person kim = gallery->add_person(somebody("Kim"), {}, kTestNow).value();
  const auto copy = folder_ / "copy.db";
  ASSERT_TRUE(backup_sqlite(path_.string(), copy.string()).ok());
  ASSERT_TRUE(gallery->forget_person(kim.id).ok());
  const auto restored = open(copy);
  ASSERT_TRUE(restored.ok()) << restored.error().message();
  EXPECT_EQ(restored.value()->person(kim.id).value().name, "Kim");
  EXPECT_EQ(backup_sqlite(path_.string(), copy.string()).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(backup_sqlite((folder_ / "none").string(), (folder_ / "x").string()).code(),
            ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

// Written by the first version of the schema; must open for ever.
TEST_F(SqliteTest, OpensTheGoldenFileOfVersion1) {
  const std::filesystem::path testdata(KFACE_TESTDATA);
  std::filesystem::copy_file(testdata / "gallery-v1.db", path_);
  std::filesystem::remove(folder_ / "key");
  std::filesystem::copy_file(testdata / "gallery-v1.key", folder_ / "key");
  ASSERT_EQ(::chmod((folder_ / "key").c_str(), 0600), 0);
  const auto gallery = opened();
  const auto person = gallery->person_with_card("0042").value();
  ASSERT_TRUE(person.has_value());
  EXPECT_EQ(person->name, "홍길동");
  EXPECT_EQ(person->vehicle, "12가 3456");
  EXPECT_EQ(person->valid_until, kTestNow + 7);
  const std::vector<FaceTemplate> faces = gallery->templates_in(kTestSpace).value();
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_EQ(faces[0].embedding, (std::vector<float>{1, 0.25F, -1.5F}));
  EXPECT_EQ(gallery->template_photo(faces[0].id).value(), (std::vector<std::uint8_t>{1, 2, 3}));
  const std::string event = "e-" + std::string(26, '7');
  EXPECT_EQ(gallery->event_details(event).value().digest,
            "327b36f07cf0bba60c9f048993487521051014dde49d0001ba9155a1028b8efa");
  EXPECT_EQ(gallery->last_passage(person->id).value()->gate, "north");
  EXPECT_EQ(gallery->tokens().value().at(0).name, "north gate");
}

TEST_F(SqliteTest, MigratesInOneTransactionOrNotAtAll) {
  opened();
  const std::string_view added[] = {"ALTER TABLE people ADD COLUMN note {text}"};
  const std::string_view broken[] = {"CREATE TABLE more (id {text}) {strict}", "NO SUCH STATEMENT"};
  std::vector<Migration> migrations(gallery_migrations().begin(), gallery_migrations().end());
  const auto migrate = [&](const Migration& step) -> Status {
    KF_ASSIGN(const auto database, open_sqlite(path_.string()));
    KF_TRY(database->begin(SqlAccess::kWrite));
    auto all = migrations;
    all.push_back(step);
    const Status migrated = migrate_schema(*database, all);
    if (!migrated.ok()) {
      database->rollback();
      return migrated;
    }
    return database->commit();
  };
  EXPECT_FALSE(migrate(broken).ok());
  EXPECT_TRUE(RawSqlite(path_).run("SELECT name FROM sqlite_schema WHERE name = 'more'").empty());
  EXPECT_TRUE(open(path_).ok());
  EXPECT_TRUE(migrate(added).ok());
  EXPECT_EQ(RawSqlite(path_).run("PRAGMA user_version"), std::vector<std::string>{"2"});
  EXPECT_EQ(open(path_).error().code(), ErrorCode::kVersion);
}

}  // namespace
}  // namespace kface
