#include "plan.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/rng.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr std::size_t kImagesOfMany = 24;
constexpr std::size_t kImagesOfOne = 12;
constexpr int kDarkLight = 7;  // 0 lux

constexpr std::array<Accessory, 6> kSessions = {
    Accessory::kNone,       Accessory::kGlasses, Accessory::kHornRimmed,
    Accessory::kSunglasses, Accessory::kCap,     Accessory::kCapAndHornRimmed};

struct Light {
  int lux;
  bool directional;
  int azimuth, elevation;  // degrees
};

// Of the data set's image/Database_info.png.
constexpr std::array<Light, 30> kLights = {{
    {1000, false, 0, 0}, {400, false, 0, 0},  {200, false, 0, 0},  {150, false, 0, 0},
    {100, false, 0, 0},  {40, false, 0, 0},   {0, false, 0, 0},    {400, true, 0, 30},
    {200, true, 0, 30},  {100, true, 0, 30},  {40, true, 0, 30},   {400, true, 0, -15},
    {200, true, 0, -15}, {100, true, 0, -15}, {40, true, 0, -15},  {400, true, 90, 0},
    {200, true, 90, 0},  {100, true, 90, 0},  {400, true, 45, 0},  {200, true, 45, 0},
    {100, true, 45, 0},  {400, true, 0, 0},   {200, true, 0, 0},   {100, true, 0, 0},
    {400, true, -45, 0}, {200, true, -45, 0}, {100, true, -45, 0}, {400, true, -90, 0},
    {200, true, -90, 0}, {100, true, -90, 0},
}};

// Half of the pictures wear nothing, as in daily use.
int draw_session(Rng& rng) {
  const auto half = static_cast<int>(rng.below(2));
  return half == 0 ? 1 : static_cast<int>(2 + rng.below(kSessions.size() - 1));
}

// Any light but the dark one, in which nobody is found: that stands in the plan once.
int draw_light(Rng& rng) {
  const auto light = static_cast<int>(1 + rng.below(kLights.size() - 1));
  return light < kDarkLight ? light : light + 1;
}

std::string two_digits(std::size_t number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

Simulation simulation_of(int session, int light) {
  KF_REQUIRE(session >= 1 && session <= static_cast<int>(kSessions.size()), session);
  KF_REQUIRE(light >= 1 && light <= static_cast<int>(kLights.size()), light);
  const Light& lamp = kLights[static_cast<std::size_t>(light) - 1];
  Simulation simulation;
  simulation.accessory = kSessions[static_cast<std::size_t>(session) - 1];
  simulation.directional = lamp.directional;
  simulation.light_azimuth_degrees = lamp.azimuth;
  simulation.light_elevation_degrees = lamp.elevation;
  simulation.lux = lamp.lux;
  return simulation;
}

std::string planned_path(const std::string& identity, const PlannedImage& image) {
  return "High_Resolution/ID" + identity + "/S00" + std::to_string(image.session) + "/L" +
         std::to_string(image.light) + "/E01/C7.jpg";
}

std::string demo_identity(std::size_t person) {
  constexpr std::size_t kDevices = 4;
  constexpr std::size_t kOrders = 9;
  constexpr std::size_t kDays = 28;
  KF_REQUIRE(person < kDevices * kOrders * kDays, person);
  const std::size_t day = 1 + person / (kDevices * kOrders);
  const std::size_t device = 1 + person % kDevices;
  const std::size_t order = 1 + person / kDevices % kOrders;
  return "2001" + two_digits(day) + std::to_string(device) + std::to_string(order);
}

std::vector<PlannedImage> plan_person(std::size_t person, std::size_t num_photos,
                                      std::uint64_t seed) {
  KF_REQUIRE(num_photos > 0);
  Rng rng = Rng(seed).fork(person);
  const std::size_t count = num_photos > 1 ? kImagesOfMany : kImagesOfOne;
  std::set<std::pair<int, int>> conditions = {{1, 1}};
  if (num_photos > 1) {
    conditions.emplace(1, kDarkLight);
  }
  while (conditions.size() < count) {
    const int session = draw_session(rng);
    conditions.emplace(session, draw_light(rng));
  }
  std::vector<std::size_t> order(num_photos);
  for (std::size_t photo = 0; photo < num_photos; ++photo) {
    order[photo] = photo;
  }
  rng.shuffle(order);

  std::vector<PlannedImage> plan;
  plan.reserve(count);
  for (const auto& [session, light] : conditions) {
    plan.push_back({session, light, order[plan.size() % num_photos], rng.next()});
  }
  return plan;
}

}  // namespace kface
