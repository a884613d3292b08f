// Weights of VGG-Face in the models folder, looked at in place (docs/formats/vgg-face.md).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/mapped_safetensors.h"
#include "kface/status.h"
#include "weights/vgg_layout.h"

namespace kface {

inline constexpr char kVggFaceFormat[] = "kface-vgg-face";

// What a safetensors file says in its metadata as "format", which may be nothing; none if it is no
// readable safetensors file. Cost: reads the header alone.
std::optional<std::string> safetensors_format(const std::filesystem::path& path);

// Has the file the format's version, and exactly the layout's tensors, with or without fc6, fc7,
// fc8? `name` is what errors call it.
//
// Errors: kCorruption, which names the tensor and what was expected; kVersion.
Status check_stored_weights(const MappedTensors& weights, const VggLayout& layout,
                            const std::string& name);

}  // namespace kface
