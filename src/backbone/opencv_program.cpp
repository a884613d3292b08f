#include <algorithm>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "backbone/network_program.h"

namespace kface {
namespace {

constexpr int kColors = 3;

// OpenCV reports what it throws on stderr, too.
class QuietOpenCv {
 public:
  QuietOpenCv() : before_(cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT)) {}
  ~QuietOpenCv() { cv::utils::logging::setLogLevel(before_); }
  QuietOpenCv(const QuietOpenCv&) = delete;
  QuietOpenCv& operator=(const QuietOpenCv&) = delete;

 private:
  cv::utils::logging::LogLevel before_;
};

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

class OpenCvRunner : public NetworkRunner {
 public:
  OpenCvRunner(const std::vector<std::uint8_t>& onnx, const std::string& name, int height,
               int width)
      : onnx_(onnx), name_(name), height_(height), width_(width) {}

  // Runs, and gives OpenCV's own picture of the output.
  Result<cv::Mat> forward(std::span<const float> input) {
    try {
      if (net_.empty()) {
        const QuietOpenCv quiet;
        net_ = cv::dnn::readNetFromONNX(onnx_);
        net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
      }
      const int sizes[] = {1, kColors, height_, width_};
      net_.setInput(cv::Mat(4, sizes, CV_32F, const_cast<float*>(input.data())));
      const cv::Mat output = net_.forward();
      if (output.empty() || output.type() != CV_32F) {
        return Status{ErrorCode::kMismatch, name_ + ": OpenCV DNN gives no numbers for it"};
      }
      return output;
    } catch (const std::exception& error) {  // its own, and out of memory
      return Status{ErrorCode::kMismatch,
                    name_ + ": OpenCV DNN cannot run it: " + one_line(error.what())};
    }
  }

  Status run(std::span<const float> input, std::span<float> output) override {
    KF_ASSIGN(const cv::Mat result, forward(input));
    if (result.total() != output.size()) {
      return {ErrorCode::kMismatch, name_ + ": OpenCV DNN gives " + std::to_string(result.total()) +
                                        " values, expected " + std::to_string(output.size())};
    }
    const cv::Mat whole = result.isContinuous() ? result : result.clone();
    std::copy_n(whole.ptr<float>(), output.size(), output.begin());
    return {};
  }

 private:
  const std::vector<std::uint8_t>& onnx_;
  const std::string& name_;
  int height_;
  int width_;
  cv::dnn::Net net_;
};

class OpenCvProgram : public NetworkProgram {
 public:
  OpenCvProgram(std::vector<std::uint8_t> onnx, std::string name, std::size_t height,
                std::size_t width)
      : onnx_(std::move(onnx)),
        name_(std::move(name)),
        height_(static_cast<int>(height)),
        width_(static_cast<int>(width)) {}

  // A first run tells how many values there are, and whether it runs at all.
  Status try_once() {
    OpenCvRunner runner(onnx_, name_, height_, width_);
    const std::vector<float> black(static_cast<std::size_t>(kColors * height_ * width_));
    KF_ASSIGN(const cv::Mat output, runner.forward(black));
    output_size_ = output.total();
    return {};
  }

  std::size_t output_size() const override { return output_size_; }
  std::unique_ptr<NetworkRunner> make_runner() const override {
    return std::make_unique<OpenCvRunner>(onnx_, name_, height_, width_);
  }

 private:
  std::vector<std::uint8_t> onnx_;
  std::string name_;
  int height_;
  int width_;
  std::size_t output_size_ = 0;
};

}  // namespace

Result<std::unique_ptr<NetworkProgram>> opencv_program(std::vector<std::uint8_t> onnx,
                                                       const std::string& name, std::size_t height,
                                                       std::size_t width) {
  auto program = std::make_unique<OpenCvProgram>(std::move(onnx), name, height, width);
  KF_TRY(program->try_once());
  return std::unique_ptr<NetworkProgram>(std::move(program));
}

}  // namespace kface
