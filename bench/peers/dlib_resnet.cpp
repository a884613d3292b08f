// dlib's own forward pass of its face recognition network; the output is the pooled feature [256].
// Threads are OpenBLAS's (OPENBLAS_NUM_THREADS).
#include <dlib/dnn.h>
#include <dlib/revision.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "blas_name.h"
#include "peer.h"

namespace {

template <template <int, template <typename> class, int, typename> class Block, int N,
          template <typename> class BN, typename Below>
using Residual = dlib::add_prev1<Block<N, BN, 1, dlib::tag1<Below>>>;

template <template <int, template <typename> class, int, typename> class Block, int N,
          template <typename> class BN, typename Below>
using ResidualDown = dlib::add_prev2<
    dlib::avg_pool<2, 2, 2, 2, dlib::skip1<dlib::tag2<Block<N, BN, 2, dlib::tag1<Below>>>>>>;

template <int N, template <typename> class BN, int stride, typename Below>
using Block =
    BN<dlib::con<N, 3, 3, 1, 1, dlib::relu<BN<dlib::con<N, 3, 3, stride, stride, Below>>>>>;

template <int N, typename Below>
using Same = dlib::relu<Residual<Block, N, dlib::affine, Below>>;
template <int N, typename Below>
using Down = dlib::relu<ResidualDown<Block, N, dlib::affine, Below>>;

template <typename Below>
using Level0 = Down<256, Below>;
template <typename Below>
using Level1 = Same<256, Same<256, Down<256, Below>>>;
template <typename Below>
using Level2 = Same<128, Same<128, Down<128, Below>>>;
template <typename Below>
using Level3 = Same<64, Same<64, Same<64, Down<64, Below>>>>;
template <typename Below>
using Level4 = Same<32, Same<32, Same<32, Below>>>;

using Network = dlib::loss_metric<dlib::fc_no_bias<
    128, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<dlib::max_pool<
             3, 3, 2, 2,
             dlib::relu<dlib::affine<
                 dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>>>>>>>>>;

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
