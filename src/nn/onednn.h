// What the files of the engine share of oneDNN. Seen by those .cpp files alone.
#pragma once

#include <omp.h>

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "nn/arena.h"
#include "nn/engine.h"
#include "nn/fully_connected.h"

namespace kface {

using DataType = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

dnnl::engine& onednn_engine();
dnnl::stream& onednn_stream();  // this thread's

// Sets the number of threads that oneDNN and OpenMP regions of this thread use, for a while.
class ThreadCount {
 public:
  explicit ThreadCount(unsigned threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(static_cast<int>(threads));
  }
  ~ThreadCount() { omp_set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

// Runs work(), which calls oneDNN; its exceptions become a Status that begins with `what`.
template <typename Work>
Status guard_onednn(const std::string& what, const Work& work) {
  try {
    return work();
  } catch (const dnnl::error& error) {
    return Status{ErrorCode::kInvalidArgument, what + ": " + error.what()};
  }
}

struct WeightStore::Impl {
  // A convolution's weights in one form.
  struct Form {
    std::string layer;
    dnnl::memory::desc desc;
    dnnl::memory memory;
  };

  mutable std::mutex mutex;
  std::function<void(const std::string&)> copied;  // may be empty
  std::vector<std::unique_ptr<Form>> forms;
  std::map<std::string, std::map<Way, std::unique_ptr<FullyConnectedWeights>>> linear;
  std::vector<std::string> borrowed;
};

// Weights [groups, out, in, h, w] or [out, in, h, w] of `layer` in the form `wanted`; 8-bit forms
// are multiplied with 1 / scales[output channel] first.
dnnl::memory conv_weights(WeightStore::Impl& store, const Layer& layer,
                          const dnnl::memory::dims& dims, const dnnl::memory::desc& wanted,
                          const std::vector<float>& scales);

// One scale for each output channel: largest magnitude / 127.
std::vector<float> channel_scales(const Layer& layer);

const FullyConnectedWeights& linear_weights(WeightStore::Impl& store, const Layer& layer, Way way);

}  // namespace kface
