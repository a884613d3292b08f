// gate_fixture: what the gate's benchmark needs, made here.
//   gate_fixture video OUT.avi PHOTO...        people who walk up to a camera
//   gate_fixture frame OUT.jpg PHOTO           one frame of such a video
//   gate_fixture fill HOME MODEL NUMBER        so many people with random templates
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include "gallery/gallery.h"
#include "gate/access.h"
#include "walk_video.h"

namespace {

constexpr kface::UnixMs kConsent = 1'764'000'000'000;
constexpr float kLength = 1.4F;  // of embeddings of dlib's network, about

std::vector<float> random_embedding(std::mt19937& random, std::size_t m, bool normalized) {
  std::normal_distribution<float> normal;
  std::vector<float> embedding(m);
  float sum = 0;
  for (float& value : embedding) {
    value = normal(random);
    sum += value * value;
  }
  for (float& value : embedding) {
    value *= (normalized ? 1.0F : kLength) / std::sqrt(sum);
  }
  return embedding;
}

kface::Status fill_gallery(const std::filesystem::path& home, const std::string& name,
                           std::size_t number) {
  const char* models = std::getenv("KFACE_MODELS");
  KF_ASSIGN(
      const auto opened,
      kface::open_model(name, "dlib-resnet", models == nullptr ? "third_party/models" : models));
  KF_ASSIGN(const auto keys, kface::Keyring::read(home / "key"));
  KF_ASSIGN(const auto gallery,
            kface::Gallery::open((home / "gallery.db").string(), keys, kConsent));
  std::mt19937 random(1);
  for (std::size_t i = 0; i < number; ++i) {
    kface::Person person;
    person.name = "Nobody " + std::to_string(i);
    person.consent_at = kConsent;
    kface::NewTemplate face;
    face.space = kface::template_space(opened);
    face.embedding = random_embedding(random, opened.model.head.m, opened.model.head.l2_normalize);
    KF_ASSIGN(const auto added, gallery->add_person(person, std::vector{face}, kConsent));
    static_cast<void>(added);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() >= 3 && words[0] == "video") {
      kface::fixture::write_walk_video({words.begin() + 2, words.end()}, words[1]);
      return 0;
    }
    if (words.size() == 3 && words[0] == "frame") {
      kface::fixture::write_frame(words[2], words[1]);
      return 0;
    }
    if (words.size() == 4 && words[0] == "fill") {
      const kface::Status status = fill_gallery(words[1], words[2], std::stoul(words[3]));
      std::fprintf(stderr, "%s", status.ok() ? "" : (status.message() + "\n").c_str());
      return status.ok() ? 0 : 1;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  std::fprintf(stderr,
               "usage: gate_fixture video OUT.avi PHOTO... | frame OUT.jpg PHOTO "
               "| fill HOME MODEL NUMBER\n");
  return 2;
}
