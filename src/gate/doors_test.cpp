#include "gate/doors.h"

#include <gtest/gtest.h>

#include <set>

namespace kface {
namespace {

TEST(Doors, AreNoneIfNoneIsAskedFor) {
  const auto doors = make_doors({}, "gate");
  ASSERT_TRUE(doors.ok()) << doors.error().message();
  EXPECT_TRUE(doors.value().empty());
}

TEST(Doors, AreThoseThatAreAskedFor) {
  // Nobody listens on that port: the door is there, and says so.
  const auto doors =
      make_doors({.mqtt = "mqtt://127.0.0.1:1", .door_command = "/bin/true"}, "gate");
  ASSERT_TRUE(doors.ok()) << doors.error().message();
  ASSERT_EQ(doors.value().size(), 2U);
  EXPECT_TRUE(doors.value()[0]->state().starts_with("unreachable: 127.0.0.1"));
  EXPECT_EQ(doors.value()[1]->state(), "closed");
}

TEST(Doors, RefuseOptionsThatCannotBeMeant) {
  const auto error_of = [](const DoorOptions& options, const std::string& gate = "gate") {
    return make_doors(options, gate).error();
  };
  const std::string url = "mqtt://127.0.0.1:1";
  EXPECT_EQ(error_of({.mqtt = "nonsense"}).code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(error_of({.mqtt = url}, "북문").message().find("its name has"), std::string::npos);
  EXPECT_EQ(error_of({.mqtt = url, .mqtt_credentials = "/absent"}).code(), ErrorCode::kNotFound);
  EXPECT_NE(error_of({.mqtt = url, .mqtt_ca = "/absent"}).message().find("mqtts://"),
            std::string::npos);
  EXPECT_EQ(error_of({.mqtt = "mqtts://127.0.0.1:1", .mqtt_ca = "/absent"}).code(),
            ErrorCode::kNotFound);
  EXPECT_NE(error_of({.mqtt_ca = "/absent"}).message().find("need --mqtt"), std::string::npos);
  EXPECT_NE(error_of({.gpio_line = 3}).message().find("need --gpio-chip"), std::string::npos);
  EXPECT_EQ(error_of({.gpio_chip = "absent"}).code(), ErrorCode::kNotFound);
  EXPECT_NE(error_of({.door_close_command = "/bin/true"}).message().find("needs --door-command"),
            std::string::npos);
  EXPECT_EQ(error_of({.door_command = "true"}).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of({.door_command = "/bin/true", .door_close_command = "/absent"}).code(),
            ErrorCode::kNotFound);
}

TEST(Doors, HaveOptionsThatAreNamedOnce) {
  DoorOptions options;
  std::set<std::string> keys;
  visit_door_options(options, [&](const std::string& key, auto&, const auto&, const auto&) {
    EXPECT_TRUE(keys.insert(key).second) << key;
    EXPECT_TRUE(key.starts_with("door.")) << key;
  });
  EXPECT_EQ(keys.size(), 11U);
}

}  // namespace
}  // namespace kface
