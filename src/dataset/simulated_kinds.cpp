#include "dataset/simulated_kinds.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "dataset/aihub_conditions.h"
#include "dataset/text.h"

namespace kface {
namespace {

constexpr int kPhotoLux = 1000;  // what a photo that says nothing is taken as

std::string attribute_of(const std::map<std::string, std::string>& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

void add_lux(std::vector<SimulatedVariant>& variants) {
  for (const AihubCondition& light : aihub_conditions(kLight)) {
    const std::string lux = attribute_of(light.attributes, "lux");
    const int level = parse_int(lux).value_or(0);
    if (attribute_of(light.attributes, "light_direction") != "all" || level == 0 ||
        level == kPhotoLux) {
      continue;  // in the dark (L7) there is nothing to be seen
    }
    SimulatedVariant variant{.kind = "lux", .name = "lux " + lux, .attributes = {{"lux", lux}}};
    variant.simulation.lux = level;
    variants.push_back(std::move(variant));
  }
}

void add_directions(std::vector<SimulatedVariant>& variants) {
  std::set<std::string> seen = {"all", "front"};
  for (const AihubCondition& light : aihub_conditions(kLight)) {
    const std::string direction = attribute_of(light.attributes, "light_direction");
    if (!seen.insert(direction).second) {
      continue;
    }
    SimulatedVariant variant{.kind = "direction", .name = "direction " + direction};
    for (const char* name :
         {"light_direction", "light_vertical_degrees", "light_horizontal_degrees"}) {
      variant.attributes[name] = light.attributes.at(name);
    }
    variant.simulation.directional = true;
    variant.simulation.light_azimuth_degrees =
        parse_double(light.attributes.at("light_horizontal_degrees")).value_or(0);
    variant.simulation.light_elevation_degrees =
        parse_double(light.attributes.at("light_vertical_degrees")).value_or(0);
    variant.needs_landmarks = true;
    variants.push_back(std::move(variant));
  }
}

void add_accessories(std::vector<SimulatedVariant>& variants) {
  struct Worn {
    const char* kind;
    const char* accessory;  // as K-FACE has it; it has no masks
    Accessory drawing;
  };
  for (const Worn& worn : {Worn{"glasses", "glasses", Accessory::kGlasses},
                           {"horn-rimmed", "horn-rimmed-glasses", Accessory::kHornRimmed},
                           {"sunglasses", "sunglasses", Accessory::kSunglasses},
                           {"cap", "cap", Accessory::kCap},
                           {"mask", "mask", Accessory::kMask}}) {
    SimulatedVariant variant{
        .kind = worn.kind, .name = worn.kind, .attributes = {{"accessory", worn.accessory}}};
    variant.simulation.accessory = worn.drawing;
    variant.needs_landmarks = true;
    variants.push_back(std::move(variant));
  }
}

void add_blur_and_noise(std::vector<SimulatedVariant>& variants) {
  for (const int sigma : {1, 2}) {
    SimulatedVariant variant{.kind = "blur", .name = "blur " + std::to_string(sigma)};
    variant.simulation.blur_sigma_px = sigma;
    variants.push_back(std::move(variant));
  }
  for (const int sigma : {10, 20}) {
    SimulatedVariant variant{.kind = "noise", .name = "noise " + std::to_string(sigma)};
    variant.simulation.noise_sigma = sigma;
    variants.push_back(std::move(variant));
  }
}

const std::vector<SimulatedVariant>& all_variants() {
  static const std::vector<SimulatedVariant> all = [] {
    std::vector<SimulatedVariant> variants;
    add_lux(variants);
    add_directions(variants);
    add_accessories(variants);
    add_blur_and_noise(variants);
    return variants;
  }();
  return all;
}

}  // namespace

const std::vector<std::string>& simulated_kinds() {
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> names;
    for (const SimulatedVariant& variant : all_variants()) {
      if (names.empty() || names.back() != variant.kind) {
        names.push_back(variant.kind);
      }
    }
    return names;
  }();
  return kinds;
}

Result<std::vector<SimulatedVariant>> parse_simulated_kinds(const std::string& list) {
  const auto& known = simulated_kinds();
  std::set<std::string> wanted;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      std::string names;
      for (const std::string& kind : known) {
        names += (names.empty() ? "" : ", ") + kind;
      }
      return Status{ErrorCode::kInvalidArgument,
                    "--kinds: '" + one_line(word) + "' is none of: " + names};
    }
    wanted.insert(word);
  }
  if (wanted.empty()) {
    return Status{ErrorCode::kInvalidArgument, "--kinds: names no kind"};
  }
  std::vector<SimulatedVariant> variants;
  std::copy_if(all_variants().begin(), all_variants().end(), std::back_inserter(variants),
               [&](const SimulatedVariant& variant) { return wanted.contains(variant.kind); });
  return variants;
}

std::size_t documented_place(const std::string& name) {
  const auto& all = all_variants();
  const auto found = std::find_if(all.begin(), all.end(), [&](const SimulatedVariant& variant) {
    return variant.name == name;
  });
  return static_cast<std::size_t>(found - all.begin());
}

bool can_be_drawn(const SimulatedVariant& variant, const ImageRecord& record) {
  const auto is_one_of = [&](const char* name, std::initializer_list<const char*> values) {
    const std::string value = attribute_of(record.attributes, name);
    return value.empty() || std::find(values.begin(), values.end(), value) != values.end();
  };
  if (variant.attributes.contains("lux")) {
    return is_one_of("lux", {"1000"});
  }
  if (variant.attributes.contains("light_direction")) {
    return is_one_of("light_direction", {"all", "front"});
  }
  return !variant.attributes.contains("accessory") || is_one_of("accessory", {"none"});
}

std::vector<std::size_t> choose_variants(const std::vector<SimulatedVariant>& variants,
                                         const ImageRecord& record, std::size_t count, Rng rng) {
  std::vector<std::vector<std::size_t>> by_kind;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (!can_be_drawn(variants[i], record)) {
      continue;
    }
    if (by_kind.empty() || variants[by_kind.back().front()].kind != variants[i].kind) {
      by_kind.emplace_back();
    }
    by_kind.back().push_back(i);
  }
  for (auto& kind : by_kind) {
    rng.shuffle(kind);
  }
  rng.shuffle(by_kind);
  std::vector<std::size_t> chosen;
  for (std::size_t round = 0; chosen.size() < count; ++round) {
    const std::size_t before = chosen.size();
    for (const auto& kind : by_kind) {
      if (round < kind.size() && chosen.size() < count) {
        chosen.push_back(kind[round]);
      }
    }
    if (chosen.size() == before) {
      break;
    }
  }
  return chosen;
}

}  // namespace kface
