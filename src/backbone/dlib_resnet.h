// dlib's face recognition ResNet (Davis King, dlib_face_recognition_resnet_model_v1, CC0):
// 150x150 RGB chip, 29 convolutions, 256 averaged values, one linear layer to 128.
#pragma once

#include <filesystem>
#include <memory>

#include "backbone/backbone.h"

namespace kface {

inline constexpr char kDlibResnetId[] = "dlib-resnet";
inline constexpr char kDlibResnetFile[] = "dlib_face_recognition_resnet_model_v1.dat";

// Errors: kNotFound, kCorruption; the file is named.
Result<std::unique_ptr<Backbone>> open_dlib_resnet(const std::filesystem::path& models);

}  // namespace kface
