// dlib's face recognition ResNet (Davis King, dlib_face_recognition_resnet_model_v1, CC0):
// 150x150 RGB chip, 29 convolutions, 256 averaged values, one linear layer to 128.
#pragma once

#include <filesystem>
#include <memory>

#include "backbone/backbone.h"
#include "backbone/dlib_resnet_file.h"
#include "nn/network.h"

namespace kface {

inline constexpr char kDlibResnetId[] = "dlib-resnet";
inline constexpr char kDlibResnetFile[] = "dlib_face_recognition_resnet_model_v1.dat";

// The network up to the 256 averaged values. A convolution and its scale and shift are one layer:
// (w, b) become (scale * w, scale * b + shift).
// Errors: kCorruption: weights of another network.
Result<Network> dlib_resnet_network(const DlibResnetWeights& weights);

// Errors: kNotFound, kCorruption; the file is named.
Result<std::unique_ptr<Backbone>> open_dlib_resnet(const std::filesystem::path& models,
                                                   const BackboneOptions& options);

}  // namespace kface
