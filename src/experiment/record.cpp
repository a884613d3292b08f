#include "experiment/record.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

namespace kface {
namespace {

constexpr int kRecordVersion = 1;
constexpr std::size_t kMaxExamples = 5;

// "no face found (tried ...)" and "truncated: ..." are one reason each: details differ by image.
std::string kind_of_reason(const std::string& reason) {
  return reason.substr(0, reason.find_first_of("(:"));
}

Json rejected_of(const Manifest& manifest) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& image : manifest.images) {
    if (!image.accepted()) {
      std::string kind = kind_of_reason(image.reason);
      kind.erase(kind.find_last_not_of(' ') + 1);
      by_reason[kind].push_back(image.source);
    }
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> sorted(by_reason.begin(),
                                                                       by_reason.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  Json list = Json::array();
  for (auto& [reason, sources] : sorted) {
    const std::size_t count = sources.size();
    sources.resize(std::min(count, kMaxExamples));
    list.push_back({{"reason", reason}, {"count", count}, {"examples", sources}});
  }
  return list;
}

Json attributes_of(const Manifest& manifest) {
  std::map<std::string, std::map<std::string, std::size_t>> counts;
  for (const auto& image : manifest.images) {
    if (image.accepted()) {
      for (const auto& [name, value] : image.attributes) {
        ++counts[name][value];
      }
    }
  }
  return counts;
}

Json dataset_of(const Manifest& manifest) {
  std::size_t accepted = 0;
  bool simulated = false;
  std::set<std::string> people;
  for (const auto& image : manifest.images) {
    if (image.accepted()) {
      ++accepted;
      people.insert(image.identity);
      const auto mark = image.attributes.find("simulated");
      simulated = simulated || (mark != image.attributes.end() && mark->second == "yes");
    }
  }
  const auto kind = manifest.facts.find("kind");
  return {{"kind", kind == manifest.facts.end() ? "" : kind->second},
          {"digest", manifest.digest()},
          {"num_images", accepted},
          {"num_identities", people.size()},
          {"num_rejected", manifest.images.size() - accepted},
          {"rejected", rejected_of(manifest)},
          {"attributes", attributes_of(manifest)},
          {"simulated", simulated},
          {"facts", manifest.facts}};
}

}  // namespace

Json start_record(const std::string& kind, const Program& program, const Json& options,
                  const Manifest& manifest, const BackboneInfo& backbone) {
  return {
      {"format", "kface-run"},
      {"version", kRecordVersion},
      {"kind", kind},
      {"program", {{"name", "kface"}, {"version", program.version}}},
      {"machine", {{"cpu", program.cpu}}},
      {"options", options},
      {"dataset", dataset_of(manifest)},
      {"backbone",
       {{"id", backbone.id}, {"digest", backbone.digest}, {"feature_dim", backbone.feature_dim}}}};
}

double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return std::strtod(text, nullptr);
}

std::string record_text(const Json& record) {
  return record.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kface
