// The metadata of weights that kface wrote: docs/formats/vgg-face.md.
#pragma once

#include <map>
#include <string>

#include "kface/status.h"
#include "weights/readers.h"

namespace kface {

using Metadata = std::map<std::string, std::string>;

// What the metadata say of the weights themselves, into `found` (channels, mean_bgr, metadata).
// Errors: kCorruption (another kface format, a value that makes no sense), kVersion.
Status read_own_metadata(const Metadata& metadata, const std::string& file, FoundWeights& found);

// The metadata of weights read from a file of another program.
// `channels` is the order that they were taken to be in.
Metadata metadata_of_import(const SourceFile& file, WeightFormat format, ChannelOrder channels,
                            const FoundWeights& found);

}  // namespace kface
