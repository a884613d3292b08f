// dlib's own forward pass of its face recognition network; the output is the pooled feature [256].
// Threads are OpenBLAS's (OPENBLAS_NUM_THREADS).
#include <dlib/revision.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "backbone/dlib_resnet_topology.h"
#include "blas_name.h"
#include "peer.h"

namespace {

using Network = kface::dlib_topology::Network;

kface_bench::Forward prepare(const kface_bench::PeerOptions& options,
                             const std::vector<float>& input) {
  const auto network = std::make_shared<Network>();
  dlib::deserialize(options.network.string()) >> *network;
  const auto picture =
      std::make_shared<dlib::resizable_tensor>(options.batch, 3, options.side, options.side);
  std::copy(input.begin(), input.end(), picture->host());
  return [network, picture] {
    network->subnet().forward(*picture);
    const auto& feature = dlib::layer<2>(*network).get_output();  // 0 loss, 1 last layer, 2 pool
    return std::vector<float>(feature.host(), feature.host() + feature.size());
  };
}

kface_bench::PeerInfo info() {
  const std::string version = std::to_string(DLIB_MAJOR_VERSION) + "." +
                              std::to_string(DLIB_MINOR_VERSION) + "." +
                              std::to_string(DLIB_PATCH_VERSION);
  return {.library = "dlib " + version, .details = "BLAS " + kface_bench::blas_name()};
}

}  // namespace

int main(int argc, char** argv) { return kface_bench::run_peer(argc, argv, info, prepare); }
