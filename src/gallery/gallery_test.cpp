#include "gallery/gallery.h"

#include "gallery/gallery_contract_for_test.h"

namespace kface {
namespace {

class FilePlace final : public GalleryPlace {
 public:
  std::string where() const override { return (folder_ / "gallery.db").string(); }

 private:
  TempFolderForTest folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, GalleryContract, testing::Values(MakeGalleryPlace([] {
                           return std::make_unique<FilePlace>();
                         })),
                         [](const auto& /*info*/) { return std::string("File"); });

}  // namespace
}  // namespace kface
