#include "backbone/backbone.h"
#include "backbone/dlib_resnet.h"
#include "backbone/mirrored.h"
#include "backbone/onnx_network.h"
#include "backbone/vgg_face.h"

namespace kface {

Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models,
                                                const BackboneOptions& options) {
  if (id.ends_with(kMirroredSuffix)) {
    KF_ASSIGN(auto inner, open_backbone(id.substr(0, id.size() - std::size(kMirroredSuffix) + 1),
                                        models, options));
    return mirror_backbone(std::move(inner));
  }
  if (id == kDlibResnetId) {
    return open_dlib_resnet(models, options);
  }
  if (is_vgg_face_id(id)) {
    return open_vgg_face(id, models, options);
  }
  if (id.ends_with(kNetworkSuffix)) {
    return open_onnx_network(id, models, options);
  }
  std::string known = kDlibResnetId;
  for (const auto& name : vgg_face_ids()) {
    known += ", " + name;
  }
  return Status{
      ErrorCode::kInvalidArgument,
      "no backbone is called '" + id + "'; there are: " + known + ", and each with " +
          kMirroredSuffix +
          " (a face and its mirror image averaged); any other network is named by the path "
          "of its description, NAME.toml"};
}

}  // namespace kface
