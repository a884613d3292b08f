// The topology that dlib's face recognition file has, in dlib's types: four levels of residual
// blocks, each level but the first halving the picture, after a 7x7 convolution and a max pool.
// Costs half a minute to compile; included by the file's reader and by the test that compares our
// engine with dlib's own forward pass.
#pragma once

#include <dlib/dnn.h>

namespace kface::dlib_topology {

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

inline constexpr int kChipSize = 150;
inline constexpr int kEmbeddingDim = 128;

using Network = dlib::loss_metric<dlib::fc_no_bias<
    kEmbeddingDim, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<dlib::max_pool<
                       3, 3, 2, 2,
                       dlib::relu<dlib::affine<dlib::con<
                           32, 7, 7, 2, 2, dlib::input_rgb_image_sized<kChipSize>>>>>>>>>>>>>;

}  // namespace kface::dlib_topology
