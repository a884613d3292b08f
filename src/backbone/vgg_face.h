// VGG-Face (Parkhi, Vedaldi and Zisserman 2015): thirteen convolutions, fc6, fc7, fc8, on 224x224
// pixels. Feature: fc7 after its ReLU, 4096 values; last layer: fc8, 2622 people, which is what the
// paper trains. Of a file that ends at conv5_3 the feature is conv5_3 after its ReLU and pool5,
// averaged over the picture (512 values), and the last layer passes it on as it is.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backbone/backbone.h"
#include "backbone/preprocess.h"
#include "base/mapped_safetensors.h"
#include "nn/network.h"
#include "weights/vgg_layout.h"

namespace kface {

inline constexpr char kVggFaceId[] = "vgg-face";
inline constexpr char kVggFaceNotopId[] = "vgg-face-notop";
inline constexpr char kVggFaceFile[] = "vgg-face.safetensors";
inline constexpr char kVggFaceNotopFile[] = "vgg-face-notop.safetensors";

// Ids that open_vgg_face() knows: each of the two alone (BGR 0..255 minus the training mean: the
// right input), and with
//   -paper     BGR 0..255, nothing subtracted, as the paper fed it
//   -deepface  letterboxed, BGR / 255, nothing subtracted, as deepface feeds it
std::vector<std::string> vgg_face_ids();
bool is_vgg_face_id(std::string_view id);

// The network up to the feature; weights stay in `tensors`. With `with_top`, up to fc7.
// Requires: `layout` is the tensors'.
// Errors: kCorruption, naming the tensor: missing, superfluous, or of another shape.
Result<Network> vgg_face_network(const VggLayout& layout,
                                 const std::shared_ptr<const MappedTensors>& tensors,
                                 bool with_top);

// From `models`/vgg-face.safetensors or vgg-face-notop.safetensors, as 'kface models import' writes
// them (docs/formats/vgg-face.md).
// Errors: kInvalidArgument (unknown id), kNotFound (says how to get it), kCorruption, kVersion.
Result<std::unique_ptr<Backbone>> open_vgg_face(const std::string& id,
                                                const std::filesystem::path& models,
                                                const BackboneOptions& options);

// The same for a network of another width, for tests.
Result<std::unique_ptr<Backbone>> open_vgg_face_as(const VggLayout& layout, const std::string& id,
                                                   const std::filesystem::path& models,
                                                   const BackboneOptions& options);

}  // namespace kface
