// Against a real broker (mosquitto) on 127.0.0.1.
#include "gate/mqtt_door.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "gate/mosquitto_server_for_test.h"
#include "gate/wait_for_test.h"

namespace kface {
namespace {

using Ms = std::chrono::milliseconds;

constexpr Ms kLimit{20'000};
constexpr Ms kForEver{3'600'000};

class MqttDoor : public testing::Test {
 protected:
  void SetUp() override {
    if (MosquittoServerForTest::program().empty()) {
      GTEST_SKIP() << "mosquitto is not installed: run 'make setup'";
    }
    ASSERT_TRUE(broker.start());
  }
  MqttDoorOptions options(Ms hold = kForEver) const {
    return {.gate = "north",
            .address = {"127.0.0.1", broker.port(), false},
            .hold = hold,
            .limit = kLimit,
            .first_retry = Ms(20)};
  }
  static bool connects(const Door& door) {
    return eventually([&] { return door.state() == "closed"; });
  }

  MosquittoServerForTest broker;
};

DoorEvent event_of(const std::string& verdict) {
  return {.event = "e-1", .gate = "north", .person = "p-1", .verdict = verdict, .reason = "match"};
}

TEST_F(MqttDoor, TellsTheDecisionOpensAndClosesAfterTheHoldTime) {
  MqttListenerForTest listener(broker.port());
  const auto door = make_mqtt_door(options(Ms(50)), {});
  ASSERT_TRUE(connects(*door)) << door->state();
  const Status told = door->tell(event_of("granted"));
  ASSERT_TRUE(told.ok()) << told.message();
  EXPECT_TRUE(listener.hears("kface/north/door", "open"));
  EXPECT_TRUE(listener.hears("kface/north/decision", [](const auto& heard) {
    const auto json = nlohmann::json::parse(heard.payload);
    return json["event"] == "e-1" && json["verdict"] == "granted" && json["hold_ms"] == 50;
  }));
  EXPECT_TRUE(eventually([&] { return door->state() == "closed"; }));
  // closed (connected), open, closed (hold time)
  EXPECT_TRUE(eventually([&] {
    std::string said;
    for (const auto& heard : listener.heard()) {
      said += heard.topic == "kface/north/door" ? heard.payload + " " : "";
    }
    return said == "closed open closed ";
  }));
}

TEST_F(MqttDoor, OpensForNothingButGrantedAndTellsOfEveryDecision) {
  MqttListenerForTest listener(broker.port());
  const auto door = make_mqtt_door(options(), {});
  ASSERT_TRUE(connects(*door));
  for (const char* verdict : {"denied", "not sure"}) {
    EXPECT_TRUE(door->tell(event_of(verdict)).ok());
    EXPECT_TRUE(listener.hears("kface/north/decision", [&](const auto& heard) {
      return nlohmann::json::parse(heard.payload)["verdict"] == verdict;
    }));
  }
  for (const auto& heard : listener.heard()) {
    EXPECT_NE(heard.payload, "open");
  }
  EXPECT_EQ(door->state(), "closed");
}

TEST_F(MqttDoor, IsFoundByWhoComesLaterWithoutAnOpen) {
  const auto door = make_mqtt_door(options(), [] { return AuditHead{42, "abc"}; });
  ASSERT_TRUE(connects(*door));
  ASSERT_TRUE(door->tell(event_of("granted")).ok());
  MqttListenerForTest late(broker.port());
  EXPECT_TRUE(late.hears("kface/north/state", [](const auto& heard) {
    return heard.retained && heard.payload == "online";
  }));
  for (const char* topic : {"homeassistant/binary_sensor/kface_north/door/config",
                            "homeassistant/sensor/kface_north/verdict/config",
                            "homeassistant/sensor/kface_north/audit_head/config"}) {
    EXPECT_TRUE(late.hears(topic, [](const auto& heard) {
      return heard.retained && nlohmann::json::parse(heard.payload).is_object();
    })) << topic;
  }
  EXPECT_TRUE(late.hears("kface/north/audit_head", "{\"sequence\":42,\"chain\":\"abc\"}"));
  for (const auto& heard : late.heard()) {
    EXPECT_FALSE(heard.retained && heard.payload == "open");
    EXPECT_NE(heard.topic, "kface/north/decision");
  }
}

TEST_F(MqttDoor, PublishesTheHeadAfterEachDecisionThatMovedIt) {
  MqttListenerForTest listener(broker.port());
  std::atomic<std::uint64_t> sequence{1};
  const auto door = make_mqtt_door(options(), [&] { return AuditHead{sequence.load(), "c"}; });
  ASSERT_TRUE(connects(*door));
  for (sequence = 2; sequence < 5; ++sequence) {
    ASSERT_TRUE(door->tell(event_of("denied")).ok());
    EXPECT_TRUE(
        listener.hears("kface/north/audit_head",
                       "{\"sequence\":" + std::to_string(sequence.load()) + ",\"chain\":\"c\"}"));
  }
}

TEST_F(MqttDoor, SaysGoodbyeAndClosesAtTheEnd) {
  MqttListenerForTest listener(broker.port());
  {
    const auto door = make_mqtt_door(options(), {});
    ASSERT_TRUE(connects(*door));
    ASSERT_TRUE(door->tell(event_of("granted")).ok());
    EXPECT_EQ(door->state(), "open");
    listener.forget();
  }
  EXPECT_TRUE(listener.hears("kface/north/door", "closed"));
  EXPECT_TRUE(listener.hears("kface/north/state", "offline"));
}

TEST_F(MqttDoor, IsReportedOfflineByTheBrokerWhenItsProcessDies) {
  const pid_t child = ::fork();  // before this process has a second thread
  if (child == 0) {
    const auto door = make_mqtt_door(options(), {});
    ::pause();
    ::_exit(1);
  }
  ASSERT_GT(child, 0);
  MqttListenerForTest listener(broker.port());
  EXPECT_TRUE(listener.hears("kface/north/state", "online"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(listener.hears("kface/north/state", "offline"));
}

TEST_F(MqttDoor, SaysThatTheBrokerIsGoneAndRecoversWhenItIsBack) {
  const auto door = make_mqtt_door(options(), {});
  ASSERT_TRUE(connects(*door));
  broker.stop(SIGKILL);
  EXPECT_TRUE(eventually([&] { return door->state().starts_with("unreachable: "); }));
  const Status told = door->tell(event_of("granted"));
  EXPECT_EQ(told.code(), ErrorCode::kIo);
  EXPECT_NE(told.message().find("127.0.0.1"), std::string::npos) << told.message();

  ASSERT_TRUE(broker.start());
  MqttListenerForTest listener(broker.port());
  EXPECT_TRUE(listener.hears("kface/north/state", "online"));
  EXPECT_TRUE(eventually([&] { return door->tell(event_of("denied")).ok(); }));
  for (const auto& heard : listener.heard()) {
    EXPECT_NE(heard.payload, "open") << "an opening came after its time";
  }
}

TEST_F(MqttDoor, NeverDeliversAnOpenLate) {
  MqttDoorOptions hasty = options(Ms(10));
  hasty.limit = Ms(100);
  const auto door = make_mqtt_door(hasty, {});
  ASSERT_TRUE(connects(*door));
  broker.freeze();
  const Status told = door->tell(event_of("granted"));
  EXPECT_EQ(told.code(), ErrorCode::kIo);
  EXPECT_TRUE(eventually([&] { return door->state().starts_with("unreachable: "); }));
  // The first "open" may have reached the frozen broker's socket; the ones that follow must never
  // come, and after it the door is said to be closed.
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(door->tell(event_of("granted")).ok());
  }
  broker.thaw();
  MqttListenerForTest listener(broker.port());
  EXPECT_TRUE(listener.hears("kface/north/door", "closed"));
  ASSERT_TRUE(eventually([&] { return door->tell(event_of("denied")).ok(); }));
  std::size_t openings = 0;
  for (const auto& heard : listener.heard()) {
    openings += heard.payload == "open" ? 1 : 0;
  }
  EXPECT_LE(openings, 1U);
}

TEST_F(MqttDoor, ClosesWithinItsHoldTimeOnceTheBrokerIsBack) {
  const auto door = make_mqtt_door(options(Ms(10)), {});
  ASSERT_TRUE(connects(*door));
  broker.stop(SIGKILL);
  EXPECT_FALSE(door->tell(event_of("granted")).ok());
  ASSERT_TRUE(broker.start());
  MqttListenerForTest listener(broker.port());
  EXPECT_TRUE(listener.hears("kface/north/door", "closed"));
  EXPECT_TRUE(connects(*door)) << door->state();
}

TEST_F(MqttDoor, WaitsForABrokerThatIsNotThereYet) {
  broker.stop(SIGTERM);
  const auto door = make_mqtt_door(options(), {});
  EXPECT_TRUE(eventually([&] {
    return door->state().find("cannot connect: Connection refused") != std::string::npos;
  })) << door->state();
  ASSERT_TRUE(broker.start());
  EXPECT_TRUE(connects(*door));
}

TEST_F(MqttDoor, NeedsThePasswordThatTheBrokerAsksFor) {
  broker.stop(SIGTERM);
  const std::string passwords = (broker.folder() / "passwords").string();
  if (std::system(("mosquitto_passwd -b -c " + passwords + " gate secret 2>/dev/null").c_str()) !=
      0) {
    GTEST_SKIP() << "mosquitto_passwd is not installed";
  }
  ASSERT_TRUE(broker.start("allow_anonymous false\npassword_file " + passwords + "\n"));
  MqttDoorOptions wrong = options();
  wrong.credentials = {"gate", "guess"};
  const auto refused = make_mqtt_door(wrong, {});
  EXPECT_TRUE(eventually([&] {
    return refused->state().find("the broker refuses") != std::string::npos;
  })) << refused->state();
  EXPECT_FALSE(refused->tell(event_of("granted")).ok());

  MqttDoorOptions right = options();
  right.gate = "south";
  right.credentials = {"gate", "secret"};
  const auto door = make_mqtt_door(right, {});
  EXPECT_TRUE(connects(*door)) << door->state();
}

TEST_F(MqttDoor, TrustsNoBrokerButTheOneThatItsAuthoritySigned) {
  broker.stop(SIGTERM);
  const std::string folder = broker.folder().string() + "/";
  const auto run = [](const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
  };
  const auto make_certificate = [&](const std::string& name) {
    return run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout " +
        folder + name + ".key -out " + folder + name + ".pem");
  };
  if (!make_certificate("broker") || !make_certificate("other")) {
    GTEST_SKIP() << "openssl is not installed";
  }
  ASSERT_TRUE(broker.start("allow_anonymous true\ncertfile " + folder + "broker.pem\nkeyfile " +
                           folder + "broker.key\n"));
  MqttDoorOptions secure = options();
  secure.address.tls = true;
  secure.ca_file = folder + "other.pem";
  {
    const auto door = make_mqtt_door(secure, {});
    EXPECT_TRUE(eventually([&] {
      return door->state().find("A TLS error occurred") != std::string::npos;
    })) << door->state();
  }
  secure.ca_file = folder + "broker.pem";
  const auto door = make_mqtt_door(secure, {});
  EXPECT_TRUE(connects(*door)) << door->state();
  EXPECT_TRUE(door->tell(event_of("granted")).ok());
}

TEST_F(MqttDoor, IsToldByManyThreadsAtOnce) {
  const auto door = make_mqtt_door(options(Ms(5)), [] { return AuditHead{1, "c"}; });
  ASSERT_TRUE(connects(*door));
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  std::atomic<int> failures{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        failures += door->tell(event_of((t + i) % 2 == 0 ? "granted" : "denied")).ok() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace kface
