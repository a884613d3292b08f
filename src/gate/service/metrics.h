// Counters of the service, written as Prometheus reads them (text format 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace kface::service {

// Upper bounds of the latency histogram, in seconds.
inline constexpr std::array<double, 10> kLatencyBounds = {0.005, 0.01, 0.025, 0.05, 0.1,
                                                          0.25,  0.5,  1,     2.5,  5};

// One metric with its samples.
class MetricText {
 public:
  // `type`: counter, gauge.
  MetricText& metric(const std::string& name, const std::string& type, const std::string& help);
  // Labels' values are escaped.
  MetricText& sample(double value,
                     const std::vector<std::pair<std::string, std::string>>& labels = {},
                     const std::string& suffix = {});
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string name_;
};

// Thread-safe.
class Metrics {
 public:
  // `route` is a template ("/v1/people/{id}"), never a path that somebody wrote.
  void answered(const std::string& method, const std::string& route, int status, double seconds);
  void decided(const std::string& verdict, const std::string& reason);
  void write(MetricText& text) const;

  std::atomic<std::int64_t> in_flight{0};
  std::atomic<std::uint64_t> num_shed{0};

 private:
  struct Latency {
    std::array<std::uint64_t, kLatencyBounds.size() + 1> counts{};  // last: beyond all bounds
    double sum = 0;
  };
  using Key = std::pair<std::string, std::string>;
  mutable std::mutex mutex_;
  std::map<std::pair<Key, int>, std::uint64_t> answers_;  // guarded by mutex_
  std::map<Key, Latency> latencies_;                      // guarded by mutex_
  std::map<Key, std::uint64_t> decisions_;                // guarded by mutex_
};

}  // namespace kface::service
