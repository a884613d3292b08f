// OpenCV's DNN module, from an ONNX file.
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "peer.h"

namespace {

kface_bench::Forward prepare(const kface_bench::PeerOptions& options,
                             const std::vector<float>& input) {
  cv::setNumThreads(options.threads);
  cv::dnn::Net net = cv::dnn::readNetFromONNX(options.network.string());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  const int shape[] = {options.batch, 3, options.side, options.side};
  const cv::Mat blob = cv::Mat(4, shape, CV_32F, const_cast<float*>(input.data())).clone();
  return [net, blob]() mutable {
    net.setInput(blob);
    const cv::Mat output = net.forward();
    if (!output.isContinuous() || output.type() != CV_32F) {
      throw std::runtime_error("the output is not an array of floats");
    }
    return std::vector<float>(output.ptr<float>(), output.ptr<float>() + output.total());
  };
}

kface_bench::PeerInfo info() {
  return {.library = "OpenCV DNN " + cv::getVersionString(),
          .details = "backend OpenCV, " + std::to_string(cv::getNumThreads()) + " threads"};
}

}  // namespace

int main(int argc, char** argv) { return kface_bench::run_peer(argc, argv, info, prepare); }
