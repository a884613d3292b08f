// The networks that testdata/write_networks.py wrote, and OpenCV's opinion of them.
#pragma once

#include <filesystem>
#include <numeric>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/rng.h"
#include "onnx/map.h"

namespace kface::test {

inline constexpr std::size_t kSize = 12;  // pixels of their input, each way

inline std::filesystem::path network_file(const std::string& name) {
  return std::filesystem::path(KFACE_ONNX_NETWORKS) / (name + ".onnx");
}

inline std::vector<float> random_input(std::size_t count) {
  std::vector<float> input(count);
  Rng random(7);
  for (float& value : input) {
    value = static_cast<float>(random.uniform() * 4 - 2);
  }
  return input;
}

// What OpenCV's own engine makes of [1, 3, kSize, kSize].
inline std::vector<float> run_opencv(const std::vector<std::uint8_t>& bytes,
                                     std::vector<float> input) {
  cv::dnn::Net net = cv::dnn::readNetFromONNX(bytes);
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  const int sizes[] = {1, 3, static_cast<int>(kSize), static_cast<int>(kSize)};
  net.setInput(cv::Mat(4, sizes, CV_32F, input.data()));
  const cv::Mat output = net.forward();
  const auto* first = output.ptr<float>();
  return {first, first + output.total()};
}

}  // namespace kface::test
