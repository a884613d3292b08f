#include "backbone/backbone.h"
#include "backbone/dlib_resnet.h"
#include "backbone/mirrored.h"
#include "backbone/onnx_network.h"

namespace kface {

Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models) {
  if (id.ends_with(kMirroredSuffix)) {
    KF_ASSIGN(auto inner,
              open_backbone(id.substr(0, id.size() - std::size(kMirroredSuffix) + 1), models));
    return mirror_backbone(std::move(inner));
  }
  if (id == kDlibResnetId) {
    return open_dlib_resnet(models);
  }
  if (id.ends_with(kNetworkSuffix)) {
    return open_onnx_network(id, models);
  }
  return Status{
      ErrorCode::kInvalidArgument,
      "no backbone is called '" + id + "'; there is: " + kDlibResnetId + ", and " + kDlibResnetId +
          kMirroredSuffix +
          " (each face and its mirror image averaged); any other network is named by the path "
          "of its description, NAME.toml"};
}

}  // namespace kface
