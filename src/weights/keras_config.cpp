#include "weights/keras_config.h"

#include <map>
#include <nlohmann/json.hpp>

namespace kface {
namespace {

using Json = nlohmann::json;

const std::map<std::string, Operation>& known_classes() {
  static const std::map<std::string, Operation> classes = {
      {"Conv2D", Operation::kConvolution},
      {"Convolution2D", Operation::kConvolution},
      {"Dense", Operation::kLinear},
      {"MaxPooling2D", Operation::kMaxPool},
      {"ReLU", Operation::kRelu},
      {"Activation", Operation::kNothing},
      {"InputLayer", Operation::kNothing},
      {"ZeroPadding2D", Operation::kNothing},
      {"Dropout", Operation::kNothing},
      {"Flatten", Operation::kNothing},
      {"GlobalAveragePooling2D", Operation::kNothing},
      {"GlobalMaxPooling2D", Operation::kNothing}};
  return classes;
}

// Text at `key`, or "" when it is not there or something else.
std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

class ConfigCheck {
 public:
  ConfigCheck(const VggLayout& layout, const std::string& file)
      : layout_(layout), file_(file), architecture_(layout, file) {}

  Status run(const Json& layers) {
    for (const Json& layer : layers) {
      if (!layer.is_object() || !layer.contains("config") || !layer["config"].is_object()) {
        return error("its model_config has a layer without a config");
      }
      KF_TRY(next(text_at(layer, "class_name"), layer["config"]));
    }
    return architecture_.finish();
  }

 private:
  Status error(const std::string& what) const {
    return {ErrorCode::kCorruption, file_ + ": " + what};
  }

  Status next(const std::string& kind, const Json& config) {
    const std::string name = text_at(config, "name");
    const auto known = known_classes().find(kind);
    if (known == known_classes().end()) {
      return error("is another network: layer '" + name + "' is a " + kind +
                   ", which VGG-Face does not have");
    }
    Operation operation = known->second;
    if (operation == Operation::kConvolution) {
      KF_TRY(check_strides(config, name));
      if (convolutions_++ >= layout_.convolutions()) {
        operation = Operation::kLinear;  // fc6 to fc8 may be written as convolutions
      }
    }
    KF_TRY(architecture_.next(operation, name));
    return next_activation(text_at(config, "activation"), name);
  }

  Status check_strides(const Json& config, const std::string& name) const {
    for (const char* key : {"strides", "subsample", "dilation_rate"}) {
      if (config.contains(key) && config[key] != Json::array({1, 1})) {
        return error("is another network: layer '" + name + "' has " + key + " " +
                     config[key].dump() + ", VGG-Face has [1,1]");
      }
    }
    return {};
  }

  // Either a layer of its own or a property of the one before it.
  Status next_activation(const std::string& activation, const std::string& name) {
    if (activation == "relu") {
      return architecture_.next(Operation::kRelu, name);
    }
    if (activation.empty() || activation == "linear" || activation == "softmax") {
      return {};
    }
    return error("is another network: layer '" + name + "' has activation '" + activation +
                 "', VGG-Face has relu");
  }

  const VggLayout& layout_;
  std::string file_;
  ArchitectureCheck architecture_;
  std::size_t convolutions_ = 0;
};

}  // namespace

Status check_keras_config(const std::string& config, const VggLayout& layout,
                          const std::string& file) {
  const Json model = Json::parse(config, nullptr, /*allow_exceptions=*/false);
  Status damaged{ErrorCode::kCorruption, file + ": its model_config is not a list of layers"};
  if (!model.is_object() || !model.contains("config")) {
    return damaged;
  }
  // Keras 1's Sequential keeps the list itself there, all others an object that has it.
  const Json& inner = model["config"];
  const Json& layers = inner.is_object() && inner.contains("layers") ? inner["layers"] : inner;
  return layers.is_array() ? ConfigCheck(layout, file).run(layers) : damaged;
}

}  // namespace kface
