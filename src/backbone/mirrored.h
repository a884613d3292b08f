// A backbone that sees each chip twice, as it is and as in a mirror, and gives the mean of the two
// features. A face and its mirror image are the same person; what differs is pose and light.
#pragma once

#include <memory>

#include "backbone/backbone.h"

namespace kface {

inline constexpr char kMirroredSuffix[] = "+mirror";

// `inner` under the id "<inner>+mirror", with a digest of its own: its features never meet those of
// `inner` alone. Twice the cost. The last layer is the inner one's; it is linear, so that the mean
// of features gives the mean of embeddings.
//
// Requires: inner is not null.
std::unique_ptr<Backbone> mirror_backbone(std::unique_ptr<Backbone> inner);

}  // namespace kface
