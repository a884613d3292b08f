#include "backbone/dlib_resnet_file.h"

#include <algorithm>
#include <sstream>

#include "backbone/dlib_resnet_topology.h"
#include "base/digest.h"
#include "base/files.h"

namespace kface {
namespace {

std::vector<float> copy(const float* from, std::size_t count) { return {from, from + count}; }

// Sees the layers from the last to the first.
struct Collector {
  std::vector<DlibResnetWeights::Conv>& convs;

  template <long channels, long rows, long columns, int stride_y, int stride_x, int pad_y,
            int pad_x>
  void operator()(
      const dlib::con_<channels, rows, columns, stride_y, stride_x, pad_y, pad_x>& layer) const {
    // The affine layer above has made the entry.
    const dlib::tensor& all = layer.get_layer_params();
    const auto count = static_cast<std::size_t>(channels);
    if (convs.empty() || all.size() <= count) {
      throw std::runtime_error("a convolution lacks its weights");
    }
    const std::size_t weights = all.size() - count;
    convs.back().weight = copy(all.host(), weights);
    convs.back().bias = copy(all.host() + weights, count);
  }

  void operator()(const dlib::affine_& layer) const {
    const auto gamma = layer.get_gamma();
    const auto beta = layer.get_beta();
    const dlib::tensor& scale = gamma.get();
    const dlib::tensor& shift = beta.get();
    convs.emplace_back();
    convs.back().scale = copy(scale.host(), scale.size());
    convs.back().shift = copy(shift.host(), shift.size());
  }
};

}  // namespace

Result<DlibResnetWeights> read_dlib_resnet(const std::filesystem::path& file) {
  auto bytes = read_file(file);
  if (!bytes.ok()) {
    return Status{bytes.error().code(), bytes.error().message() +
                                            "; expected dlib's face recognition network there: "
                                            "run 'make setup', or name its folder with --models"};
  }
  try {
    const std::vector<std::uint8_t>& data = bytes.value();
    std::istringstream stream(std::string(data.begin(), data.end()));
    dlib_topology::Network network;
    dlib::deserialize(network, stream);
    DlibResnetWeights weights;
    dlib::visit_computational_layers(network, Collector{weights.convs});
    std::reverse(weights.convs.begin(), weights.convs.end());
    const dlib::tensor& last = dlib::layer<1>(network).layer_details().get_layer_params();
    weights.last_layer = copy(last.host(), last.size());
    weights.file_digest = sha256_hex(std::span(data));
    return weights;
  } catch (const std::exception& error) {
    return Status{ErrorCode::kCorruption, file.string() +
                                              ": not dlib's face recognition network (" +
                                              error.what() + "); run 'make setup' to get it again"};
  }
}

}  // namespace kface
