#include "gallery/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <tuple>

#include "kface/status.h"

namespace kface {
namespace {

FaceTemplate face_of(const std::string& person, const std::string& id,
                     std::vector<float> embedding) {
  FaceTemplate face;
  face.person = person;
  face.id = id;
  face.embedding = std::move(embedding);
  return face;
}

TEST(GalleryIndex, FindsTheNearestTemplateOfEachPerson) {
  const std::vector<FaceTemplate> faces = {
      face_of("p-b", "t-3", {0, 3}), face_of("p-a", "t-2", {0, 9}), face_of("p-a", "t-1", {4, 3})};
  const GalleryIndex index(faces);
  EXPECT_EQ(index.num_people(), 2u);
  EXPECT_EQ(index.num_templates(), 3u);
  EXPECT_EQ(index.dimension(), 2u);
  const std::vector<float> probe = {0, 0};
  const auto matches = index.nearest(probe, 9);
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].person, "p-b");
  EXPECT_EQ(matches[0].template_id, "t-3");
  EXPECT_EQ(matches[0].distance, 3);
  EXPECT_EQ(matches[1].person, "p-a");
  EXPECT_EQ(matches[1].template_id, "t-1");
  EXPECT_EQ(matches[1].distance, 5);
  EXPECT_EQ(index.nearest(probe, 1).size(), 1u);
}

TEST(GalleryIndex, BreaksTiesByTheIdOfThePersonThenOfTheTemplate) {
  const std::vector<FaceTemplate> faces = {face_of("p-b", "t-1", {1}), face_of("p-a", "t-9", {1}),
                                           face_of("p-a", "t-2", {1})};
  const auto matches = GalleryIndex(faces).nearest(std::vector<float>{0}, 2);
  EXPECT_EQ(matches[0].person, "p-a");
  EXPECT_EQ(matches[0].template_id, "t-2");
  EXPECT_EQ(matches[1].person, "p-b");
}

TEST(GalleryIndex, LooksAtOnePersonAlone) {
  const std::vector<FaceTemplate> faces = {face_of("p-a", "t-1", {1}), face_of("p-b", "t-2", {7}),
                                           face_of("p-b", "t-3", {5}), face_of("p-c", "t-4", {2})};
  const GalleryIndex index(faces);
  const auto match = index.nearest_of("p-b", std::vector<float>{0});
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->template_id, "t-3");
  EXPECT_EQ(match->distance, 5);
  EXPECT_FALSE(index.nearest_of("p-x", std::vector<float>{0}).has_value());
}

TEST(GalleryIndex, IsEmptyWithoutTemplates) {
  EXPECT_TRUE(GalleryIndex().nearest(std::vector<float>{0}, 1).empty());
  EXPECT_TRUE(GalleryIndex(std::span<const FaceTemplate>()).nearest({}, 1).empty());
  EXPECT_FALSE(GalleryIndex().nearest_of("p-a", {}).has_value());
}

TEST(GalleryIndex, RefusesWhatCannotBeCompared) {
  const float nan = std::nanf("");
  const std::vector<FaceTemplate> lengths = {face_of("p-a", "t-1", {1}),
                                             face_of("p-b", "t-2", {1, 2})};
  const std::vector<FaceTemplate> no_number = {face_of("p-a", "t-1", {nan})};
  const std::vector<FaceTemplate> nothing = {face_of("p-a", "t-1", {})};
  EXPECT_THROW(GalleryIndex{lengths}, ContractViolation);
  EXPECT_THROW(GalleryIndex{no_number}, ContractViolation);
  EXPECT_THROW(GalleryIndex{nothing}, ContractViolation);
  const std::vector<FaceTemplate> one = {face_of("p-a", "t-1", {1})};
  const GalleryIndex index(one);
  EXPECT_THROW(index.nearest(std::vector<float>{1, 2}, 1), ContractViolation);
  EXPECT_THROW(index.nearest(std::vector<float>{nan}, 1), ContractViolation);
  EXPECT_THROW(index.nearest(std::vector<float>{1}, 0), ContractViolation);
}

// The definition: every template, in double precision, the best of each person, sorted.
std::vector<PersonMatch> nearest_plainly(const std::vector<FaceTemplate>& faces,
                                         const std::vector<float>& probe, std::size_t k) {
  std::map<std::string, PersonMatch> best;
  for (const FaceTemplate& face : faces) {
    double squares = 0;
    for (std::size_t i = 0; i < probe.size(); ++i) {
      const double difference = static_cast<double>(probe[i]) - face.embedding[i];
      squares += difference * difference;
    }
    const auto distance = static_cast<float>(std::sqrt(squares));
    const auto [at, is_new] = best.try_emplace(face.person, PersonMatch{face.person, face.id, 0});
    if (is_new ||
        std::tie(distance, face.id) < std::tie(at->second.distance, at->second.template_id)) {
      at->second = {face.person, face.id, distance};
    }
  }
  std::vector<PersonMatch> matches;
  for (const auto& [person, match] : best) {
    matches.push_back(match);
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  matches.resize(std::min(k, matches.size()));
  return matches;
}

TEST(GalleryIndex, AgreesWithTheDefinitionOnRandomGalleries) {
  std::mt19937 random(7);
  // Small whole numbers: distances are exact, and ties are frequent.
  std::uniform_int_distribution<int> value(-2, 2);
  for (const std::size_t m : {1u, 2u, 15u, 16u, 17u, 128u}) {
    const auto draw = [&] {
      std::vector<float> embedding(m);
      std::generate(embedding.begin(), embedding.end(),
                    [&] { return static_cast<float>(value(random)); });
      return embedding;
    };
    std::vector<FaceTemplate> faces;
    for (int i = 0; i < 200; ++i) {
      faces.push_back(
          face_of("p-" + std::to_string(random() % 60), "t-" + std::to_string(i), draw()));
    }
    const GalleryIndex index(faces);
    for (int round = 0; round < 20; ++round) {
      const auto probe = draw();
      const auto expected = nearest_plainly(faces, probe, 10);
      const auto found = index.nearest(probe, 10);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].person, expected[i].person);
        EXPECT_EQ(found[i].template_id, expected[i].template_id);
        EXPECT_EQ(found[i].distance, expected[i].distance);
      }
      EXPECT_EQ(index.nearest_of(expected[3].person, probe)->distance, expected[3].distance);
    }
  }
}

}  // namespace
}  // namespace kface
