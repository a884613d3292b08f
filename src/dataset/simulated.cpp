#include "dataset/simulated.h"

namespace kface {
namespace {

std::string attribute_of(const ImageRecord& record, const char* name) {
  const auto found = record.attributes.find(name);
  return found == record.attributes.end() ? std::string() : found->second;
}

}  // namespace

std::string simulated_as(const ImageRecord& record) {
  const std::string mark = attribute_of(record, kSimulatedAttribute);
  return mark == "no" ? std::string() : mark;
}

std::string simulated_kind(const ImageRecord& record) {
  const std::string mark = simulated_as(record);
  return mark.substr(0, mark.find(' '));
}

bool is_simulated(const ImageRecord& record) {
  return !simulated_as(record).empty() || is_drawn_copy(record);
}

bool is_drawn_copy(const ImageRecord& record) {
  return !attribute_of(record, kSimulatedFromAttribute).empty();
}

bool counts_in_metrics(const ImageRecord& record, const Manifest& manifest) {
  if (is_drawn_copy(record)) {
    return false;
  }
  const auto fact = manifest.facts.find(kSimulatedAttribute);
  return !is_simulated(record) || (fact != manifest.facts.end() && fact->second == "yes");
}

}  // namespace kface
