#include "gate/service/metrics.h"

#include <algorithm>
#include <cstdio>

namespace kface::service {
namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.17g", value);
  char shorter[40];
  std::snprintf(shorter, sizeof(shorter), "%g", value);
  double again = 0;
  return std::sscanf(shorter, "%lf", &again) == 1 && again == value ? shorter : text;
}

std::string escaped(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      text += '\\';
    }
    text += c == '\n' ? "\\n" : std::string(1, c);
  }
  return text;
}

}  // namespace

MetricText& MetricText::metric(const std::string& name, const std::string& type,
                               const std::string& help) {
  name_ = name;
  text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
  return *this;
}

MetricText& MetricText::sample(double value,
                               const std::vector<std::pair<std::string, std::string>>& labels,
                               const std::string& suffix) {
  text_ += name_ + suffix;
  if (!labels.empty()) {
    std::string joined;
    for (const auto& [label, content] : labels) {
      joined += (joined.empty() ? "" : ",") + label + "=\"" + escaped(content) + "\"";
    }
    text_ += "{" + joined + "}";
  }
  text_ += " " + number(value) + "\n";
  return *this;
}

void Metrics::answered(const std::string& method, const std::string& route, int status,
                       double seconds) {
  const std::lock_guard lock(mutex_);
  const Key key(method, route);
  ++answers_[{key, status}];
  Latency& latency = latencies_[key];
  const auto bound = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds);
  ++latency.counts[static_cast<std::size_t>(bound - kLatencyBounds.begin())];
  latency.sum += seconds;
}

void Metrics::decided(const std::string& verdict, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  ++decisions_[{verdict, reason}];
}

void Metrics::write(MetricText& text) const {
  const std::lock_guard lock(mutex_);
  text.metric("kface_requests_total", "counter", "Answered requests.");
  for (const auto& [key, count] : answers_) {
    text.sample(static_cast<double>(count), {{"method", key.first.first},
                                             {"route", key.first.second},
                                             {"status", std::to_string(key.second)}});
  }
  text.metric("kface_request_seconds", "histogram",
              "Time from the head of a request to its answer.");
  for (const auto& [key, latency] : latencies_) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < latency.counts.size(); ++i) {
      below += latency.counts[i];
      const std::string bound = i < kLatencyBounds.size() ? number(kLatencyBounds[i]) : "+Inf";
      text.sample(static_cast<double>(below),
                  {{"method", key.first}, {"route", key.second}, {"le", bound}}, "_bucket");
    }
    text.sample(latency.sum, {{"method", key.first}, {"route", key.second}}, "_sum");
    text.sample(static_cast<double>(below), {{"method", key.first}, {"route", key.second}},
                "_count");
  }
  text.metric("kface_decisions_total", "counter", "Decisions asked for over HTTP.");
  for (const auto& [key, count] : decisions_) {
    text.sample(static_cast<double>(count), {{"verdict", key.first}, {"reason", key.second}});
  }
  text.metric("kface_requests_in_flight", "gauge", "Requests being worked on.")
      .sample(static_cast<double>(in_flight.load()));
  text.metric("kface_requests_shed_total", "counter",
              "Requests sent away because too many were in line.")
      .sample(static_cast<double>(num_shed.load()));
}

}  // namespace kface::service
