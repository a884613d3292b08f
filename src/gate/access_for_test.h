// What decides, on a real gallery and log, with dlib's frozen network; no face needs to be read.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "gate/access.h"
#include "gate/gallery_for_test.h"

namespace kface::test {

class GateAccess : public GateGallery {
 protected:
  static std::filesystem::path models() {
    const char* folder = std::getenv("KFACE_MODELS");
    return folder == nullptr ? "third_party/models" : folder;
  }

  void SetUp() override {
    if (!std::filesystem::exists(models() / "dlib_face_recognition_resnet_model_v1.dat")) {
      GTEST_SKIP() << "no models in " << models() << "; run `make setup`, or set KFACE_MODELS";
    }
    opened_ = open_model(kFrozenModel, "dlib-resnet", models()).value();
    audit_ = AuditLog::open(folder_ / "audit.log", keys_.derive("audit")).value();
  }

  AccessControl::Parts parts() {
    AccessControl::Parts parts;
    parts.opened = &opened_;
    parts.models = models();
    parts.gallery = gallery_.get();
    parts.audit = audit_.get();
    parts.now = [] { return kNow; };
    return parts;
  }

  // The threshold of 0.6 that was never measured is allowed: nothing else would be tried.
  static GatePolicy lenient() {
    GatePolicy policy;
    policy.allow_unmeasured = true;
    return policy;
  }

  // An embedding of the frozen network's length, far from any with another `place`.
  static std::vector<float> embedding_at(std::size_t place) {
    std::vector<float> embedding(128);
    embedding.at(place) = 1.4F;
    return embedding;
  }

  std::vector<AuditRecord> records() {
    return search_audit(folder_ / "audit.log", {}, 1000).value();
  }

  OpenedModel opened_;
  std::unique_ptr<AuditLog> audit_;
};

}  // namespace kface::test
