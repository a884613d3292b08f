// Keras .h5: weights alone, or a whole model, of Keras 1 and 2.
//
// The attribute layer_names lists the layers in order, weight_names of each one its datasets:
// kernel [height, width, in, out] or [in, out], then bias. Layers named conv1_1 ... fc8 are taken
// by name (keras-vggface), automatic names (conv2d_1, ...) by order (deepface).
#include <algorithm>
#include <utility>

#include "weights/hdf5_dataset.h"
#include "weights/keras_config.h"
#include "weights/readers.h"
#include "weights/rearrange.h"

namespace kface {
namespace {

constexpr const char* kModelGroup = "model_weights";  // of a whole model

struct KerasLayer {
  std::string name;
  std::string kernel;  // paths of the datasets
  std::string bias;
};

// conv2d, conv2d_1, ...; convolution2d and dense likewise.
bool is_automatic(const std::string& name) {
  const std::size_t number = name.find('_');
  const std::string kind = name.substr(0, number);
  const bool numbered = number == std::string::npos ||
                        (number + 1 < name.size() &&
                         name.find_first_not_of("0123456789", number + 1) == std::string::npos);
  return numbered && (kind == "conv2d" || kind == "convolution2d" || kind == "dense");
}

class KerasReader {
 public:
  KerasReader(const Hdf5File& h5, const SourceFile& file, const VggLayout& layout)
      : h5_(h5), layout_(layout), collector_(layout, file.name()), file_(file.name()) {}

  Result<FoundWeights> read() {
    if (h5_.has_attribute("", "model_config")) {
      KF_ASSIGN(const auto config, h5_.texts("", "model_config"));
      KF_TRY(check_keras_config(config.empty() ? "" : config.front(), layout_, file_));
    }
    root_ = h5_.has(kModelGroup) ? kModelGroup : "";
    KF_TRY(check_backend());
    KF_TRY(list_layers());
    KF_ASSIGN(const bool by_name, are_named());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const VggLayer* layer = by_name ? layout_.find(layers_[i].name) : &layout_.layers[i];
      KF_TRY(read_layer(layers_[i], *layer));
    }
    FoundWeights found{.channels = by_name ? ChannelOrder::kBgr : ChannelOrder::kRgb};
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  // Theano turned its kernels by 180 degrees.
  Status check_backend() const {
    if (!h5_.has_attribute(root_, "backend")) {
      return {};
    }
    KF_ASSIGN(const auto backend, h5_.texts(root_, "backend"));
    if (!backend.empty() && backend.front() == "theano") {
      return collector_.error(
          "was written by Keras on Theano, whose kernels are turned; save it with TensorFlow's");
    }
    return {};
  }

  Status list_layers() {
    if (!h5_.has_attribute(root_, "layer_names")) {
      return collector_.error(
          "has no attribute layer_names, so it is not of Keras' save_weights (.weights.h5 of Keras "
          "3 is another format); save it as .h5 with Keras 2, or as safetensors");
    }
    KF_ASSIGN(const auto names, h5_.texts(root_, "layer_names"));
    for (const std::string& name : names) {
      const std::string group = root_.empty() ? name : root_ + "/" + name;
      KF_ASSIGN(const auto weights, h5_.texts(group, "weight_names"));
      if (weights.empty()) {
        continue;
      }
      if (weights.size() != 2) {
        return collector_.error("layer '" + name + "' has " + std::to_string(weights.size()) +
                                " tensors, VGG-Face's have a kernel and a bias");
      }
      layers_.push_back({name, group + "/" + weights[0], group + "/" + weights[1]});
    }
    return {};
  }

  // By name or by order; nothing in between.
  Result<bool> are_named() const {
    const auto has_name = [&](const KerasLayer& layer) {
      return layout_.find(layer.name) != nullptr;
    };
    const bool by_name = std::any_of(layers_.begin(), layers_.end(), has_name);
    for (const KerasLayer& layer : layers_) {
      if (by_name ? !has_name(layer) : !is_automatic(layer.name)) {
        return collector_.error("layer '" + layer.name + "' is superfluous: neither one of " +
                                "VGG-Face's (conv1_1 to fc8) nor named automatically (conv2d_1)");
      }
    }
    if (!by_name && layers_.size() != layout_.convolutions() &&
        layers_.size() != layout_.layers.size()) {
      return collector_.error("has " + std::to_string(layers_.size()) +
                              " layers with weights, VGG-Face has " +
                              std::to_string(layout_.layers.size()) + ", or " +
                              std::to_string(layout_.convolutions()) + " without its top");
    }
    return by_name;
  }

  Status read_layer(const KerasLayer& source, const VggLayer& layer) {
    const std::string weight = layer.name + ".weight";
    KF_ASSIGN(const TensorShape shape, h5_.shape(source.kernel));
    const TensorShape convolution = {layer.side, layer.side, layer.in, layer.out};
    const TensorShape dense = {layer.side * layer.side * layer.in, layer.out};
    if (shape != convolution && !(layer.linear && shape == dense)) {
      return collector_.error("tensor '" + weight + "' (" + source.kernel + ") has shape " +
                              shape_text(shape) + ", VGG-Face's in Keras has " +
                              shape_text(convolution));
    }
    KF_TRY(collector_.expect(weight, layer.weight_shape()));
    {
      KF_ASSIGN(const std::vector<float> values, h5_.read(source.kernel, shape));
      KF_TRY(collector_.add(weight, weight_from_hwio(layer, values)));
    }
    const std::string bias = layer.name + ".bias";
    KF_ASSIGN(const TensorShape bias_shape, h5_.shape(source.bias));
    KF_TRY(collector_.expect(bias, bias_shape));
    KF_ASSIGN(std::vector<float> values, h5_.read(source.bias, bias_shape));
    return collector_.add(bias, {.shape = bias_shape, .data = std::move(values)});
  }

  const Hdf5File& h5_;
  const VggLayout& layout_;
  TensorCollector collector_;
  std::string file_;
  std::string root_;
  std::vector<KerasLayer> layers_;
};

}  // namespace

Result<FoundWeights> read_keras_h5(const SourceFile& file, const VggLayout& layout) {
  const Hdf5Session session;
  KF_ASSIGN(const Hdf5File h5, Hdf5File::open(file));
  return KerasReader(h5, file, layout).read();
}

}  // namespace kface
