// LibTorch, eager, VGG-Face written with its functions; weights from the safetensors file.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <array>
#include <map>
#include <memory>
#include <stdexcept>

#include "base/safetensors.h"
#include "blas_name.h"
#include "peer.h"

namespace {

using Tensors = std::map<std::string, at::Tensor>;

// The tensors lie in `file`, which must outlive them.
Tensors as_torch(kface::TensorFile& file) {
  Tensors tensors;
  for (auto& [name, tensor] : file.tensors) {
    const std::vector<int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    tensors[name] = at::from_blob(tensor.data.data(), shape, at::kFloat);
  }
  return tensors;
}

at::Tensor vgg_face(const Tensors& weights, at::Tensor x) {
  constexpr std::array<int, 5> kConvsOfBlock = {2, 2, 3, 3, 3};
  for (std::size_t block = 0; block < kConvsOfBlock.size(); ++block) {
    for (int conv = 1; conv <= kConvsOfBlock[block]; ++conv) {
      const std::string name = "conv" + std::to_string(block + 1) + "_" + std::to_string(conv);
      x = at::conv2d(x, weights.at(name + ".weight"), weights.at(name + ".bias"), 1, 1);
      x.relu_();
    }
    x = at::max_pool2d(x, 2, 2);
  }
  x = x.flatten(1);
  for (const char* name : {"fc6", "fc7"}) {
    x = at::linear(x, weights.at(std::string(name) + ".weight"),
                   weights.at(std::string(name) + ".bias"));
    x.relu_();
  }
  return x;
}

kface_bench::Forward prepare(const kface_bench::PeerOptions& options,
                             const std::vector<float>& input) {
  at::set_num_threads(options.threads);
  auto file = kface::read_safetensors(options.network);
  if (!file.ok()) {
    throw std::runtime_error(file.error().message());
  }
  const auto owner = std::make_shared<kface::TensorFile>(std::move(file).value());
  const at::Tensor picture = at::tensor(at::ArrayRef<float>(input), at::kFloat)
                                 .reshape({options.batch, 3, options.side, options.side});
  return [owner, weights = as_torch(*owner), picture] {
    const c10::InferenceMode inference;
    const at::Tensor feature = vgg_face(weights, picture).contiguous();
    return std::vector<float>(feature.data_ptr<float>(),
                              feature.data_ptr<float>() + feature.numel());
  };
}

kface_bench::PeerInfo info() {
  return {.library = std::string("LibTorch ") + TORCH_VERSION,
          .details = std::string("eager, ") + (at::hasMKLDNN() ? "with" : "without") + " oneDNN, " +
                     std::to_string(at::get_num_threads()) + " threads; BLAS " +
                     kface_bench::blas_name()};
}

}  // namespace

int main(int argc, char** argv) { return kface_bench::run_peer(argc, argv, info, prepare); }
