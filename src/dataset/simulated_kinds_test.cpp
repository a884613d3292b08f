#include "dataset/simulated_kinds.h"

#include <gtest/gtest.h>

#include <set>

namespace kface {
namespace {

std::vector<SimulatedVariant> parsed(const std::string& list) {
  const auto variants = parse_simulated_kinds(list);
  EXPECT_TRUE(variants.ok()) << variants.error().message();
  return variants.ok() ? variants.value() : std::vector<SimulatedVariant>{};
}

constexpr char kAllKinds[] = "lux,direction,glasses,horn-rimmed,sunglasses,cap,mask,blur,noise";

std::vector<std::string> names_of(const std::vector<SimulatedVariant>& variants) {
  std::vector<std::string> names;
  names.reserve(variants.size());
  for (const auto& variant : variants) {
    names.push_back(variant.name);
  }
  return names;
}

TEST(SimulatedKinds, AreTheDocumentedOnes) {
  EXPECT_EQ(names_of(parsed(kAllKinds)), (std::vector<std::string>{"lux 400",
                                                                   "lux 200",
                                                                   "lux 150",
                                                                   "lux 100",
                                                                   "lux 40",
                                                                   "direction up30",
                                                                   "direction down15",
                                                                   "direction right90",
                                                                   "direction right45",
                                                                   "direction left45",
                                                                   "direction left90",
                                                                   "glasses",
                                                                   "horn-rimmed",
                                                                   "sunglasses",
                                                                   "cap",
                                                                   "mask",
                                                                   "blur 1",
                                                                   "blur 2",
                                                                   "noise 10",
                                                                   "noise 20"}));
  std::string kinds;
  for (const std::string& kind : simulated_kinds()) {
    kinds += (kinds.empty() ? "" : ",") + kind;
  }
  EXPECT_EQ(kinds, kAllKinds);
}

TEST(SimulatedKinds, SpeakOfLightAndAccessoriesAsKFaceDoes) {
  using Attributes = std::map<std::string, std::string>;
  EXPECT_EQ(parsed("lux").back().attributes, (Attributes{{"lux", "40"}}));
  EXPECT_EQ(parsed("lux").back().simulation.lux, 40);
  const auto left = parsed("direction").back();
  EXPECT_EQ(left.attributes, (Attributes{{"light_direction", "left90"},
                                         {"light_vertical_degrees", "0"},
                                         {"light_horizontal_degrees", "-90"}}));
  EXPECT_TRUE(left.simulation.directional);
  EXPECT_EQ(left.simulation.light_azimuth_degrees, -90);
  EXPECT_EQ(parsed("direction").front().simulation.light_elevation_degrees, 30);
  EXPECT_EQ(parsed("horn-rimmed").front().attributes,
            (Attributes{{"accessory", "horn-rimmed-glasses"}}));
}

TEST(SimulatedKinds, TheDocumentedOrderHoldsWhateverTheLists) {
  EXPECT_EQ(names_of(parsed("mask,cap,mask")), (std::vector<std::string>{"cap", "mask"}));
}

TEST(SimulatedKinds, HaveTheirPlaceAndOtherTextsComeAfterThem) {
  EXPECT_EQ(documented_place("lux 400"), 0U);
  EXPECT_LT(documented_place("lux 100"), documented_place("lux 40"));
  EXPECT_LT(documented_place("noise 20"), documented_place("beard"));
}

TEST(SimulatedKinds, RefusesAWordThatIsNoneAndAnEmptyList) {
  const auto unknown = parse_simulated_kinds("lux,beard");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().message(),
            "--kinds: 'beard' is none of: lux, direction, glasses, horn-rimmed, sunglasses, cap, "
            "mask, blur, noise");
  EXPECT_EQ(parse_simulated_kinds("").error().message(), "--kinds: names no kind");
  EXPECT_FALSE(parse_simulated_kinds("lux,,cap").ok());
}

TEST(SimulatedKinds, AreNotDrawnOverWhatTheRowSaysIsThere) {
  ImageRecord record;
  const auto lux = parsed("lux").front();
  const auto lamp = parsed("direction").front();
  const auto cap = parsed("cap").front();
  const auto blur = parsed("blur").front();
  for (const auto& variant : {lux, lamp, cap, blur}) {
    EXPECT_TRUE(can_be_drawn(variant, record)) << variant.name;
  }
  record.attributes = {{"lux", "1000"}, {"light_direction", "all"}, {"accessory", "none"}};
  for (const auto& variant : {lux, lamp, cap, blur}) {
    EXPECT_TRUE(can_be_drawn(variant, record)) << variant.name;
  }
  record.attributes = {{"lux", "200"}, {"light_direction", "left90"}, {"accessory", "glasses"}};
  for (const auto& variant : {lux, lamp, cap}) {
    EXPECT_FALSE(can_be_drawn(variant, record)) << variant.name;
  }
  EXPECT_TRUE(can_be_drawn(blur, record));
}

TEST(ChooseVariants, TakesEachKindOnceBeforeAnyTwice) {
  const auto variants = parsed(kAllKinds);
  const std::size_t kinds = simulated_kinds().size();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto chosen = choose_variants(variants, {}, kinds + 2, Rng(seed));
    ASSERT_EQ(chosen.size(), kinds + 2);
    std::set<std::string> first;
    for (std::size_t i = 0; i < kinds; ++i) {
      first.insert(variants[chosen[i]].kind);
    }
    EXPECT_EQ(first.size(), kinds);
    EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()).size(), chosen.size());
  }
}

TEST(ChooseVariants, GivesAllThatThereAreAndNoMore) {
  const auto variants = parsed(kAllKinds);
  EXPECT_EQ(choose_variants(variants, {}, 1000, Rng(1)).size(), variants.size());
  ImageRecord worn;
  worn.attributes["accessory"] = "glasses";
  EXPECT_EQ(choose_variants(parsed("cap,mask,blur"), worn, 1000, Rng(1)).size(), 2U);
  EXPECT_TRUE(choose_variants(parsed("cap,mask"), worn, 1000, Rng(1)).empty());
}

TEST(ChooseVariants, DependsOnTheGenerator) {
  const auto variants = parsed(kAllKinds);
  EXPECT_EQ(choose_variants(variants, {}, 6, Rng(5)), choose_variants(variants, {}, 6, Rng(5)));
  EXPECT_NE(choose_variants(variants, {}, 6, Rng(5)), choose_variants(variants, {}, 6, Rng(6)));
}

}  // namespace
}  // namespace kface
