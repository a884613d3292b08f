#include "gate/mqtt_door.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "gate/hold_timer.h"
#include "gate/mqtt_messages.h"

namespace kface {
namespace {

using Clock = std::chrono::steady_clock;
using Ms = std::chrono::milliseconds;

class MqttDoor final : public Door {
 public:
  MqttDoor(MqttDoorOptions options, std::function<AuditHead()> audit_head)
      : options_(std::move(options)),
        audit_head_(std::move(audit_head)),
        topics_(options_.gate),
        client_(MqttClient::start(
            settings(), [this] { return first_words(); },
            [this] { return std::vector{state_message(topics_, false)}; })),
        timer_(options_.hold, [this] { return publish({door_message(topics_, false)}); }) {}

  Status tell(const DoorEvent& event) override {
    const auto end = Clock::now() + options_.limit;
    const auto left = [&] { return std::chrono::duration_cast<Ms>(end - Clock::now()); };
    Status told;
    if (event.verdict == "granted") {
      told = timer_.open(options_.limit, [&](Ms limit) {
        return client_->publish({door_message(topics_, true)}, limit);
      });
    }
    std::vector<MqttMessage> messages = {decision_message(topics_, event, options_.hold)};
    add_new_head(messages, false);
    const Status reported = client_->publish(std::move(messages), std::max(left(), Ms(0)));
    return told.ok() ? reported : told;
  }

  std::string state() const override {
    const std::string trouble = client_->trouble();
    return trouble.empty() ? door_state(timer_) : "unreachable: " + trouble;
  }

 private:
  MqttSettings settings() const {
    return {.address = options_.address,
            .client_id = "kface-" + options_.gate,
            .credentials = options_.credentials,
            .ca_file = options_.ca_file,
            .will = state_message(topics_, false),
            .first_retry = options_.first_retry};
  }

  // Of a connection. The door is said to be closed even if its hold time runs: whoever heard
  // "open" over the lost connection must not wait for a "closed" that went astray.
  std::vector<MqttMessage> first_words() {
    std::vector<MqttMessage> messages = {state_message(topics_, true),
                                         door_message(topics_, false)};
    if (!options_.discovery_prefix.empty()) {
      for (MqttMessage& message :
           discovery_messages(topics_, options_.gate, options_.discovery_prefix)) {
        messages.push_back(std::move(message));
      }
    }
    add_new_head(messages, true);
    return messages;
  }

  void add_new_head(std::vector<MqttMessage>& messages, bool even_if_old) {
    if (!audit_head_) {
      return;
    }
    const AuditHead head = audit_head_();
    const std::lock_guard lock(mutex_);
    if (even_if_old || head.sequence != last_head_) {
      messages.push_back(audit_head_message(topics_, head));
      last_head_ = head.sequence;
    }
  }

  Status publish(std::vector<MqttMessage> messages) {
    return client_->publish(std::move(messages), options_.limit);
  }

  const MqttDoorOptions options_;
  const std::function<AuditHead()> audit_head_;
  const MqttTopics topics_;
  std::mutex mutex_;
  std::uint64_t last_head_ = 0;  // published; guarded by mutex_
  std::unique_ptr<MqttClient> client_;
  HoldTimer timer_;  // last: it closes through the client, also at the end
};

}  // namespace

std::unique_ptr<Door> make_mqtt_door(MqttDoorOptions options,
                                     std::function<AuditHead()> audit_head) {
  return std::make_unique<MqttDoor>(std::move(options), std::move(audit_head));
}

}  // namespace kface
