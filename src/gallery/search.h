// Whose face is it? The nearest people of a gallery, exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gallery/person.h"

namespace kface {

struct PersonMatch {
  std::string person;       // Person::id
  std::string template_id;  // the nearest of the person's templates
  float distance = 0;       // Euclidean, not squared; smaller = more alike
};

// All templates of one space. Immutable: share it between threads, make a new one after a change.
class GalleryIndex {
 public:
  GalleryIndex() = default;  // nobody

  // As Gallery::templates_in gives them, in any order.
  // Requires: embeddings of one length, 1 or more values, all finite.
  // Cost: a copy of the embeddings, m floats a template.
  explicit GalleryIndex(std::span<const FaceTemplate> templates);

  std::size_t num_people() const { return people_.size(); }
  std::size_t num_templates() const { return ids_.size(); }
  std::size_t dimension() const { return m_; }  // m; 0 of an empty index

  // The k people whose nearest template is nearest to `embedding`, ascending distance, then id; all
  // of them if there are fewer. The second is the runner-up. Distances have the same bits as those
  // of euclidean_distance (eval/all_pairs.h).
  // Requires: k >= 1; embedding: [m] finite, unless the index is empty.
  // Cost: n m multiply-adds of n templates: 10,000 people with 3 of 128 values in about 1 ms.
  std::vector<PersonMatch> nearest(std::span<const float> embedding, std::size_t k) const;

  // The nearest template of this person; nothing if there is none. Requires: as nearest().
  std::optional<PersonMatch> nearest_of(const std::string& person,
                                        std::span<const float> embedding) const;

 private:
  // Rows of a person: [begin, end).
  struct Owner {
    std::string id;
    std::size_t begin;
    std::size_t end;
  };

  void require_embedding(std::span<const float> embedding) const;
  PersonMatch best_of(const Owner& owner, std::span<const float> distances,
                      std::size_t first_row) const;

  std::size_t m_ = 0;
  std::vector<float> rows_;       // [n, m] row-major; ascending person, then template id
  std::vector<std::string> ids_;  // [n] of the templates
  std::vector<Owner> people_;     // ascending id
};

}  // namespace kface
