#include "backbone/opencv_backbone.h"

#include <algorithm>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <utility>

#include "backbone/last_linear.h"

namespace kface {
namespace {

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

// What all extractors of one backbone share.
struct Shared {
  BackboneInfo info;
  std::vector<std::uint8_t> onnx;
  Shape input;
  ChipReader read_chip;
};

class OpenCvExtractor : public FeatureExtractor {
 public:
  explicit OpenCvExtractor(std::shared_ptr<const Shared> shared)
      : shared_(std::move(shared)), input_(shared_->input.size()) {}

  // One picture's values, of whatever number.
  Result<std::vector<float>> forward() {
    try {
      if (net_.empty()) {
        const QuietOpenCv quiet;
        net_ = cv::dnn::readNetFromONNX(shared_->onnx);
        net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
      }
      const Shape& shape = shared_->input;
      const int sizes[] = {1, static_cast<int>(shape.channels), static_cast<int>(shape.height),
                           static_cast<int>(shape.width)};
      net_.setInput(cv::Mat(4, sizes, CV_32F, input_.data()));
      cv::Mat output = net_.forward();
      if (output.empty() || output.type() != CV_32F) {
        return unable("it gives no float numbers");
      }
      output = output.isContinuous() ? output : output.clone();
      const auto* first = output.ptr<float>();
      return std::vector<float>(first, first + output.total());
    } catch (const std::exception& error) {  // its own, and out of memory
      return unable(one_line(error.what()));
    }
  }

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    const std::size_t d = shared_->info.feature_dim;
    KF_REQUIRE(!chips.empty() && features.size() == chips.size() * d, chips.size(),
               features.size());
    for (std::size_t i = 0; i < chips.size(); ++i) {
      KF_TRY(shared_->read_chip(chips[i], input_));
      KF_ASSIGN(const std::vector<float> values, forward());
      if (values.size() != d) {
        return unable("it gives " + std::to_string(values.size()) + " values, and gave " +
                      std::to_string(d) + " before");
      }
      std::copy(values.begin(), values.end(),
                features.begin() + static_cast<std::ptrdiff_t>(i * d));
    }
    return {};
  }

 private:
  Status unable(const std::string& why) const {
    return {ErrorCode::kMismatch, shared_->info.id + ": OpenCV DNN cannot run it: " + why};
  }

  std::shared_ptr<const Shared> shared_;
  std::vector<float> input_;
  cv::dnn::Net net_;  // read at the first picture
};

class OpenCvBackbone : public Backbone {
 public:
  OpenCvBackbone(std::shared_ptr<const Shared> shared, Head last_layer)
      : shared_(std::move(shared)), last_layer_(std::move(last_layer)) {}

  const BackboneInfo& info() const override { return shared_->info; }
  const Head& last_layer() const override { return last_layer_; }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& /*options*/) const override {
    return std::unique_ptr<FeatureExtractor>(std::make_unique<OpenCvExtractor>(shared_));
  }

 private:
  std::shared_ptr<const Shared> shared_;
  Head last_layer_;
};

}  // namespace

Result<std::unique_ptr<Backbone>> opencv_backbone(BackboneInfo info, std::vector<std::uint8_t> onnx,
                                                  const Shape& input, ChipReader read_chip,
                                                  bool normalize) {
  auto shared = std::make_shared<Shared>(
      Shared{std::move(info), std::move(onnx), input, std::move(read_chip)});
  KF_ASSIGN(const auto black, OpenCvExtractor(shared).forward());
  shared->info.feature_dim = black.size();
  KF_ASSIGN(Head last_layer, identity_head(shared->info.id, black.size()));
  last_layer.l2_normalize = normalize;
  return std::unique_ptr<Backbone>(
      std::make_unique<OpenCvBackbone>(std::move(shared), std::move(last_layer)));
}

}  // namespace kface
