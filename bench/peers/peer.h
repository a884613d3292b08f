// What the peers written in C++ share: options, files of tensors, and the conversation with
// bench/run.py (bench/README.md).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace kface_bench {

struct PeerOptions {
  std::filesystem::path network;
  std::filesystem::path input;   // raw little-endian float32 [batch, 3, side, side]
  std::filesystem::path output;  // raw little-endian float32 [batch, d], written once
  int batch = 1;
  int side = 0;  // of the pictures, from the input's size
  int threads = 1;
};

struct PeerInfo {
  std::string library;  // with its version
  std::string details;  // what else decides about its speed: the BLAS, the backend
};

// One pass over the input, all of the output.
using Forward = std::function<std::vector<float>()>;

// Given the input [batch, 3, side, side], makes a network ready.
using Prepare = std::function<Forward(const PeerOptions& options, const std::vector<float>& input)>;

// A peer's whole main: reads options and input, prepares, writes the output, says that it is ready
// and then runs as often as standard input asks, printing milliseconds. Returns the exit code;
// what went wrong is on standard error.
int run_peer(int count, const char* const* arguments, const std::function<PeerInfo()>& info,
             const Prepare& prepare);

}  // namespace kface_bench
