#include "backbone/backbone.h"
#include "backbone/dlib_resnet.h"

namespace kface {

Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models) {
  if (id == kDlibResnetId) {
    return open_dlib_resnet(models);
  }
  return Status{ErrorCode::kInvalidArgument,
                "no backbone is called '" + id + "'; there is: " + kDlibResnetId};
}

}  // namespace kface
