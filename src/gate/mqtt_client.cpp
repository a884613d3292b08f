#include "gate/mqtt_client.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"
#include "gate/mqtt_session.h"
#include "gate/quiet_thread.h"

namespace kface {
namespace {

using Clock = std::chrono::steady_clock;
using Ms = std::chrono::milliseconds;

class BackgroundClient final : public MqttClient {
 public:
  BackgroundClient(MqttSettings settings, Messages on_connection, Messages last_words)
      : settings_(std::move(settings)),
        on_connection_(std::move(on_connection)),
        last_words_(std::move(last_words)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        trouble_(settings_.address.host + ": not connected yet"),
        thread_(quiet_thread([this] { run(); })) {}

  ~BackgroundClient() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }

  Status publish(std::vector<MqttMessage> messages, Ms limit) override {
    const auto deadline = Clock::now() + limit;
    const auto job = std::make_shared<Job>();
    job->messages = std::move(messages);
    job->deadline = deadline;
    std::unique_lock lock(mutex_);
    if (!trouble_.empty()) {
      return {ErrorCode::kIo, trouble_};
    }
    jobs_.push_back(job);
    wake();
    if (changed_.wait_until(lock, deadline, [&] { return job->done; })) {
      return job->result;
    }
    job->abandoned = true;  // not sent from now on; if it was, the thread gives the session up
    return {ErrorCode::kIo, settings_.address.host + ": no acknowledgement within " +
                                std::to_string(limit.count()) + " ms"};
  }

  std::string trouble() const override {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  struct Job {
    std::vector<MqttMessage> messages;
    Clock::time_point deadline;
    std::size_t unacknowledged = 0;
    bool done = false;
    bool abandoned = false;
    Status result;
  };
  using JobPtr = std::shared_ptr<Job>;

  void wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.number(), &one, sizeof(one));
  }

  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    Ms delay = settings_.first_retry;
    while (!stopping()) {
      Status ended;
      bool was_connected = false;
      try {
        ended = session(was_connected);
      } catch (const std::exception& error) {
        ended = {ErrorCode::kIo, settings_.address.host + ": " + error.what()};
      }
      lose(ended);
      delay = was_connected ? settings_.first_retry : delay;
      wait_awake(delay);
      delay = std::min(2 * delay, settings_.longest_retry);
    }
  }

  // Everything that waits for this connection fails with it.
  void lose(const Status& why) {
    const std::lock_guard lock(mutex_);
    trouble_ = why.ok() ? settings_.address.host + ": not connected" : why.message();
    for (const JobPtr& job : jobs_) {
      finish(*job, {ErrorCode::kIo, trouble_});
    }
    for (const auto& [id, job] : sent_) {
      finish(*job, {ErrorCode::kIo, trouble_});
    }
    jobs_.clear();
    sent_.clear();
    changed_.notify_all();
  }

  static void finish(Job& job, Status result) {
    job.done = true;
    job.result = std::move(result);
  }

  void wait_awake(Ms delay) {
    const auto end = Clock::now() + delay;
    while (!stopping() && Clock::now() < end) {
      wait_for_wake(wake_, std::chrono::duration_cast<Ms>(end - Clock::now()) + Ms(1));
    }
  }

  // One connection from its beginning to its end.
  Status session(bool& was_connected) {
    KF_ASSIGN(const auto session,
              MqttSession::connect(settings_, wake_, [this] { return stopping(); }));
    session->on_acknowledged = [this](int id) { acknowledge(id); };
    was_connected = true;
    for (const MqttMessage& message : on_connection_()) {
      KF_ASSIGN([[maybe_unused]] const int id, session->publish(message));
    }
    {
      const std::lock_guard lock(mutex_);
      trouble_.clear();
    }
    while (!stopping()) {
      KF_TRY(send_jobs(*session));
      KF_TRY(give_up_late_jobs());
      KF_TRY(session->step(wake_, kStep));
    }
    return say_goodbye(*session);
  }

  // The next one that is still waited for; null: there is none.
  JobPtr next_job() {
    const std::lock_guard lock(mutex_);
    while (!jobs_.empty()) {
      JobPtr job = jobs_.front();
      jobs_.pop_front();
      if (!job->abandoned && Clock::now() < job->deadline) {
        job->unacknowledged = job->messages.size();
        return job;
      }
    }
    return nullptr;
  }

  // Without the lock: the library holds one of its own while it calls acknowledge().
  Status send_jobs(MqttSession& session) {
    for (JobPtr job = next_job(); job != nullptr; job = next_job()) {
      for (const MqttMessage& message : job->messages) {
        sent_.emplace_back(0, job);  // if it cannot be sent, it fails with the connection
        KF_ASSIGN(sent_.back().first, session.publish(message));
      }
    }
    return {};
  }

  // What was sent and not acknowledged stays in the library, which would send it again later; it
  // goes with the connection.
  Status give_up_late_jobs() {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, job] : sent_) {
      if (job->abandoned || Clock::now() >= job->deadline) {
        return {ErrorCode::kIo, settings_.address.host + ": the broker does not acknowledge"};
      }
    }
    return {};
  }

  void acknowledge(int id) {
    const std::lock_guard lock(mutex_);
    for (auto it = sent_.begin(); it != sent_.end(); ++it) {
      if (it->first == id) {
        if (--it->second->unacknowledged == 0) {
          finish(*it->second, {});
          changed_.notify_all();
        }
        sent_.erase(it);
        return;
      }
    }
  }

  Status say_goodbye(MqttSession& session) {
    constexpr Ms kGoodbye{1000};
    constexpr Ms kShortStep{10};
    std::size_t waiting = 0;
    session.on_acknowledged = [&](int) { waiting -= waiting > 0 ? 1 : 0; };
    for (const MqttMessage& message : last_words_()) {
      KF_ASSIGN([[maybe_unused]] const int id, session.publish(message));
      ++waiting;
    }
    const auto end = Clock::now() + kGoodbye;
    while (waiting > 0 && Clock::now() < end) {
      KF_TRY(session.step(wake_, kShortStep));
    }
    session.disconnect();
    return {};
  }

  static constexpr Ms kStep{200};

  const MqttSettings settings_;
  const Messages on_connection_;
  const Messages last_words_;
  const FileDescriptor wake_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stopping_ = false;
  std::string trouble_;
  std::deque<JobPtr> jobs_;  // not sent yet

  // By message id, not acknowledged yet; the list is of the thread alone, the jobs are guarded.
  std::deque<std::pair<int, JobPtr>> sent_;

  std::thread thread_;  // last: it uses what stands before it
};

}  // namespace

std::unique_ptr<MqttClient> MqttClient::start(MqttSettings settings, Messages on_connection,
                                              Messages last_words) {
  return std::make_unique<BackgroundClient>(std::move(settings), std::move(on_connection),
                                            std::move(last_words));
}

}  // namespace kface
