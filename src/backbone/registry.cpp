#include "backbone/backbone.h"
#include "backbone/dlib_resnet.h"
#include "backbone/onnx_network.h"
#include "backbone/vgg_face.h"
#include "backbone/views.h"

namespace kface {

Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models,
                                                const BackboneOptions& options) {
  for (const Views views : {Views::kMirror, Views::kJitter}) {
    const std::string suffix = views_suffix(views);
    if (id.ends_with(suffix)) {
      KF_ASSIGN(auto inner,
                open_backbone(id.substr(0, id.size() - suffix.size()), models, options));
      return with_views(std::move(inner), views);
    }
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
      "no backbone is called '" + id + "'; there are: " + known +
          ", and each with +mirror (a face and its mirror image averaged) or +jitter (those and "
          "four small shifts); any other network is named by the path of its description, "
          "NAME.toml"};
}

}  // namespace kface
