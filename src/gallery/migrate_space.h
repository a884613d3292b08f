// From one model to another: kept photos are embedded anew; who has none must come again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gallery/gallery.h"

namespace kface {

struct EmbeddedPhoto {
  std::vector<float> embedding;
  Quality quality;
};
// An error kInterrupted stops the migration; another one is that of this photo.
using EmbedPhoto = std::function<Result<EmbeddedPhoto>(std::span<const std::uint8_t> photo)>;

struct ComesAgain {
  std::string person;  // Person::id
  std::string name;
  std::string reason;
};

struct SpaceMigration {
  std::size_t num_people = 0;
  std::size_t num_ready = 0;     // people who have a template of the model now
  std::size_t num_embedded = 0;  // templates made
  std::size_t num_removed = 0;   // templates of other models
  std::vector<ComesAgain> must_come_again;
};

// For every photo of everybody that is not among those of `space` yet: embeds it and adds the
// template, with the photo. Starting again goes on. Templates of other models stay, so that gates
// that use those decide meanwhile; with `remove_others` they go, once the person has one of
// `space`. Without `embed` nothing is changed: it lists who would have to come again.
//
// Errors: those of Gallery; kInterrupted.
Result<SpaceMigration> migrate_space(Gallery& gallery, const std::string& space,
                                     const EmbedPhoto& embed, bool remove_others, UnixMs now);

}  // namespace kface
