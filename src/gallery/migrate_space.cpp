#include "gallery/migrate_space.h"

#include <algorithm>
#include <set>

#include "gallery/inventory.h"

namespace kface {
namespace {

using Photo = std::vector<std::uint8_t>;

class Migrator {
 public:
  Migrator(Gallery& gallery, const std::string& space, const EmbedPhoto& embed, bool remove_others,
           UnixMs now)
      : gallery_(gallery), space_(space), embed_(embed), remove_others_(remove_others), now_(now) {}

  Status migrate(const Person& person) {
    const auto faces = gallery_.templates_of(person.id);
    if (faces.error().code() == ErrorCode::kNotFound) {
      return {};  // forgotten meanwhile
    }
    if (!faces.ok()) {
      return faces.error();
    }
    ++report_.num_people;
    std::string reason = faces.value().empty() ? "was never enrolled" : "no photo was kept";
    KF_ASSIGN(std::size_t num_here, make_templates(person, faces.value(), reason));
    num_here += static_cast<std::size_t>(
        std::count_if(faces.value().begin(), faces.value().end(), is_here()));
    if (num_here == 0) {
      report_.must_come_again.push_back({person.id, person.name, reason});
      return {};
    }
    ++report_.num_ready;
    return remove_others_ && embed_ ? remove_others(faces.value()) : Status{};
  }

  SpaceMigration take() { return std::move(report_); }

 private:
  std::function<bool(const FaceTemplate&)> is_here() const {
    return [this](const FaceTemplate& face) { return face.space == space_; };
  }

  // How many were made, or could be.
  Result<std::size_t> make_templates(const Person& person, const std::vector<FaceTemplate>& faces,
                                     std::string& reason) {
    std::set<Photo> known;
    std::vector<Photo> others;
    for (const FaceTemplate& face : faces) {
      if (face.has_photo) {
        KF_ASSIGN(Photo photo, gallery_.template_photo(face.id));
        face.space == space_ ? void(known.insert(std::move(photo)))
                             : others.push_back(std::move(photo));
      }
    }
    std::size_t made = 0;
    for (Photo& photo : others) {
      if (!known.insert(photo).second) {
        continue;
      }
      const Status status = embed_ ? make_template(person, std::move(photo)) : Status{};
      if (status.code() == ErrorCode::kInvalidArgument) {
        reason = status.message();
        continue;
      }
      KF_TRY(status);
      ++made;
    }
    report_.num_embedded += embed_ ? made : 0;
    return made;
  }

  // Errors: kInvalidArgument: of this photo; kInterrupted; those of Gallery.
  Status make_template(const Person& person, Photo photo) {
    auto embedded = embed_(photo);
    if (!embedded.ok()) {
      return embedded.error().code() == ErrorCode::kInterrupted
                 ? embedded.error()
                 : Status{ErrorCode::kInvalidArgument,
                          "the kept photo: " + embedded.error().message()};
    }
    NewTemplate face;
    face.space = space_;
    face.embedding = std::move(embedded.value().embedding);
    face.quality = embedded.value().quality;
    face.photo = std::move(photo);
    return gallery_.add_template(person.id, face, now_).error();
  }

  Status remove_others(const std::vector<FaceTemplate>& faces) {
    for (const FaceTemplate& face : faces) {
      if (face.space != space_) {
        KF_TRY(gallery_.remove_template(face.id));
        ++report_.num_removed;
      }
    }
    return {};
  }

  Gallery& gallery_;
  const std::string& space_;
  const EmbedPhoto& embed_;
  const bool remove_others_;
  const UnixMs now_;
  SpaceMigration report_;
};

}  // namespace

Result<SpaceMigration> migrate_space(Gallery& gallery, const std::string& space,
                                     const EmbedPhoto& embed, bool remove_others, UnixMs now) {
  Migrator migrator(gallery, space, embed, remove_others, now);
  KF_TRY(for_each_person(gallery, [&](const Person& person) { return migrator.migrate(person); }));
  return migrator.take();
}

}  // namespace kface
