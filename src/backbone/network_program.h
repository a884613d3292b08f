// What runs a network: our own engine, or OpenCV's for those that it does not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/status.h"
#include "nn/network.h"

namespace kface {

// One thread's worker. Not thread-safe.
class NetworkRunner {
 public:
  virtual ~NetworkRunner() = default;
  NetworkRunner(const NetworkRunner&) = delete;
  NetworkRunner& operator=(const NetworkRunner&) = delete;

  // Requires: one picture, [3, height, width]; as many values as the program gives.
  virtual Status run(std::span<const float> input, std::span<float> output) = 0;

 protected:
  NetworkRunner() = default;
};

// Thread-safe.
class NetworkProgram {
 public:
  virtual ~NetworkProgram() = default;
  NetworkProgram(const NetworkProgram&) = delete;
  NetworkProgram& operator=(const NetworkProgram&) = delete;

  virtual std::size_t output_size() const = 0;
  virtual std::unique_ptr<NetworkRunner> make_runner() const = 0;

 protected:
  NetworkProgram() = default;
};

// On our own engine. Errors: kMismatch with its reason.
Result<std::unique_ptr<NetworkProgram>> engine_program(Network network);

// In OpenCV DNN: an ONNX file's bytes with one output. `name` is what errors call it.
// Errors: kMismatch with OpenCV's reason, at once or from the runner. OpenCV's own messages on
//         stderr are kept back.
Result<std::unique_ptr<NetworkProgram>> opencv_program(std::vector<std::uint8_t> onnx,
                                                       const std::string& name, std::size_t height,
                                                       std::size_t width);

}  // namespace kface
