// The description of the network in a Keras file that holds more than weights.
#pragma once

#include <string>

#include "kface/status.h"
#include "weights/vgg_layout.h"

namespace kface {

// `config`: the attribute model_config, JSON. Errors: kCorruption: another network than VGG-Face.
Status check_keras_config(const std::string& config, const VggLayout& layout,
                          const std::string& file);

}  // namespace kface
