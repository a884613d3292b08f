// Brings a file that a user has into the models folder, in the form in which kface reads it.
#pragma once

#include <filesystem>
#include <string>

#include "base/parallel.h"
#include "kface/status.h"
#include "weights/weight_file.h"

namespace kface {

struct ImportModelOptions {
  ChannelOrder channels = ChannelOrder::kOfFormat;  // of VGG-Face's weights
  std::string name = {};  // in the folder, without ".safetensors"; empty: by content
};

struct ImportedModel {
  std::filesystem::path path;
  std::string what = {};
  std::string format = {};    // of the source
  std::string channels = {};  // of the source, as they were taken: "bgr", "rgb"; dlib: empty
  std::string source_sha256 = {};
  std::string digest = {};  // content digest of what was written; dlib: the SHA-256
  std::string licence = {};
  bool verified = false;  // by a digest that kface knows
};

// dlib's files are recognised by their SHA-256 and copied under their own name; everything else is
// read as VGG-Face's weights and written as NAME.safetensors. Replaces what is there, whole or not
// at all.
//
// Errors: those of read_vgg_face(); kInvalidArgument (a name that is no plain file name, or any
//         name for one of dlib's files); kCorruption (called .dat, but not one of dlib's files);
//         kIo.
// Cost:   memory for the weights once, and for the largest tensor once more.
Result<ImportedModel> import_model(const std::filesystem::path& file,
                                   const std::filesystem::path& folder,
                                   const ImportModelOptions& options, const JobContext& context);

}  // namespace kface
