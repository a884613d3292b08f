// The parts that every run record has; docs/formats/run-record.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "backbone/feature_set.h"
#include "base/options.h"
#include "kface/manifest.h"

namespace kface {

using Json = nlohmann::ordered_json;

// Who runs: handed in by the tool, since the library reads no environment.
struct Program {
  std::string version;
  std::string cpu;  // model name of the processor
};

// Visitor of visit_*_options() that records each field as key -> value.
class OptionRecorder {
 public:
  explicit OptionRecorder(Json& options) : options_(options) {}
  template <typename T, typename Domain>
  void operator()(const std::string& key, const T& value, const Domain& /*domain*/,
                  const std::string& /*description*/) {
    options_[key] = value;
  }

 private:
  Json& options_;
};

// format, version, kind, program, machine, options, dataset, backbone.
Json start_record(const std::string& kind, const Program& program, const Json& options,
                  const Manifest& manifest, const BackboneInfo& backbone);

// value to 6 significant digits: enough for drawing, and short.
double rounded(double value);

// The record as the bytes of results.json. Text that is not UTF-8 is replaced, never an error.
std::string record_text(const Json& record);

}  // namespace kface
