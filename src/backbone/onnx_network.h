// Any ONNX face network as a backbone: ArcFace, MobileFaceNet, SFace, FaceNet.
#pragma once

#include <filesystem>
#include <memory>

#include "backbone/backbone.h"

namespace kface {

inline constexpr char kNetworkSuffix[] = ".toml";

// `id` is the path of a TOML file (backbone/network_description.h); where there is none, it is
// looked for in `models`. With a landmarks template, each chip is brought onto it by the five
// points that dlib's 68 landmarks give; without, it is resized.
//
// The feature is what the network's last linear layer reads, and that layer last_layer(); where the
// network ends in no linear layer, the feature is its output and last_layer() the identity.
//
// Errors: those of read_network_description and parse_onnx; kMismatch if the file has another
//         digest than the description says, or neither engine can run it (with both reasons);
//         kInvalidArgument for a precision that OpenCV DNN does not have.
Result<std::unique_ptr<Backbone>> open_onnx_network(const std::string& id,
                                                    const std::filesystem::path& models,
                                                    const BackboneOptions& options = {});

}  // namespace kface
