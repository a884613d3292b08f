#include "gate/mqtt_messages.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

const MqttTopics topics("north-1");

TEST(MqttMessages, NameTheirGate) {
  EXPECT_EQ(topics.state, "kface/north-1/state");
  EXPECT_EQ(topics.door, "kface/north-1/door");
  EXPECT_EQ(topics.decision, "kface/north-1/decision");
  EXPECT_EQ(topics.audit_head, "kface/north-1/audit_head");
}

TEST(MqttMessages, TakeNoNameThatATopicCannotHold) {
  EXPECT_TRUE(is_mqtt_name("North_1-b"));
  EXPECT_TRUE(is_mqtt_name(std::string(64, 'a')));
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("+"), std::string("#"), std::string("a b"),
        std::string("북문"), std::string("a\0b", 3), std::string(65, 'a')}) {
    EXPECT_FALSE(is_mqtt_name(name)) << name;
  }
  EXPECT_THROW(MqttTopics("a/b"), ContractViolation);
}

TEST(MqttMessages, NeverLeaveAnOpenForWhoComesLater) {
  EXPECT_FALSE(door_message(topics, true).retain);
  EXPECT_EQ(door_message(topics, true).payload, "open");
  EXPECT_TRUE(door_message(topics, false).retain);
  EXPECT_EQ(door_message(topics, false).payload, "closed");
}

TEST(MqttMessages, SayWhatWasDecided) {
  const MqttMessage message = decision_message(topics,
                                               {.event = "e-1",
                                                .gate = "north-1",
                                                .person = "p-\xFF",
                                                .verdict = "not sure",
                                                .reason = "ambiguous",
                                                .direction = Direction::kEntry,
                                                .at = 5},
                                               std::chrono::milliseconds(3000));
  EXPECT_FALSE(message.retain);
  EXPECT_EQ(message.payload,
            "{\"event\":\"e-1\",\"gate\":\"north-1\",\"person\":\"p-\xEF\xBF\xBD\",\"verdict\":"
            "\"not sure\",\"reason\":\"ambiguous\",\"direction\":\"entry\",\"at\":5,\"hold_ms\":"
            "3000}");
}

TEST(MqttMessages, LetHomeAssistantFindOneDeviceWithThreeEntities) {
  const auto messages = discovery_messages(topics, "north-1", "homeassistant");
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].topic, "homeassistant/binary_sensor/kface_north-1/door/config");
  EXPECT_EQ(messages[1].topic, "homeassistant/sensor/kface_north-1/verdict/config");
  for (const MqttMessage& message : messages) {
    EXPECT_TRUE(message.retain);
    const auto config = nlohmann::json::parse(message.payload);
    EXPECT_EQ(config["availability_topic"], topics.state);
    EXPECT_EQ(config["device"]["identifiers"][0], "kface_north-1");
    EXPECT_FALSE(config.contains("command_topic")) << "nobody opens from there";
  }
}

TEST(MqttUrl, HasSchemeHostAndPort) {
  const auto read = [](const char* url) {
    const auto address = parse_mqtt_url(url);
    return address.ok() ? address.value().host + " " + std::to_string(address.value().port) +
                              (address.value().tls ? " tls" : "")
                        : address.error().message();
  };
  EXPECT_EQ(read("mqtt://broker"), "broker 1883");
  EXPECT_EQ(read("tcp://10.0.0.1:1884"), "10.0.0.1 1884");
  EXPECT_EQ(read("mqtts://broker.example"), "broker.example 8883 tls");
  EXPECT_EQ(read("ssl://[::1]:8884"), "::1 8884 tls");
}

TEST(MqttUrl, RefusesAnythingElse) {
  for (const char* url : {"", "broker", "http://broker", "mqtt://", "mqtt://:1883", "mqtt://a:",
                          "mqtt://a:0", "mqtt://a:65536", "mqtt://a:1x", "mqtt://user:password@a",
                          "mqtt://a/b", "mqtt://[::1", "mqtt://[]:1", "mqtt://a b", "MQTT://a"}) {
    const auto address = parse_mqtt_url(url);
    ASSERT_FALSE(address.ok()) << url;
    EXPECT_EQ(address.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(address.error().message().find("expected mqtt://HOST"), std::string::npos);
  }
}

TEST(MqttCredentialsFile, HoldsUserAndPasswordForItsOwnerAlone) {
  const fs::path path =
      fs::temp_directory_path() / ("kface-mqtt-credentials-" + std::to_string(::getpid()));
  const auto read = [&](const std::string& text, mode_t mode) {
    EXPECT_TRUE(write_file_atomic(path, text).ok());
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return read_mqtt_credentials(path.string());
  };
  const auto good = read("gate\np:a ss\n", 0600);
  ASSERT_TRUE(good.ok()) << good.error().message();
  EXPECT_EQ(good.value().user, "gate");
  EXPECT_EQ(good.value().password, "p:a ss");
  EXPECT_EQ(read("gate\nsecret", 0400).value().password, "secret");

  EXPECT_EQ(read("gate\nsecret\n", 0644).error().code(), ErrorCode::kIo);
  EXPECT_NE(read("gate\nsecret\n", 0640).error().message().find("chmod 600"), std::string::npos);
  for (const char* text : {"", "gate", "gate\n", "\nsecret\n", "gate\n\n", "a\nb\nc\n"}) {
    EXPECT_EQ(read(text, 0600).error().code(), ErrorCode::kCorruption) << text;
  }
  fs::remove(path);
  EXPECT_EQ(read_mqtt_credentials(path.string()).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
