#include "backbone/onnx_network.h"

#include <sstream>
#include <utility>

#include "align/five_points.h"
#include "backbone/engine_backbone.h"
#include "backbone/last_linear.h"
#include "backbone/network_description.h"
#include "backbone/opencv_backbone.h"
#include "base/digest.h"
#include "base/files.h"
#include "onnx/map.h"

namespace kface {
namespace {

constexpr std::size_t kColors = 3;

Shape input_of(const NetworkDescription& description) {
  return {kColors, static_cast<std::size_t>(description.preprocess.height),
          static_cast<std::size_t>(description.preprocess.width)};
}

// Brings a chip's face onto the template and makes the network's input of it.
Status read_aligned(const NetworkDescription& description, const FivePointFinder& finder,
                    const Image& chip, std::span<float> input) {
  const Preprocess& preprocess = description.preprocess;
  const FivePoints points = finder.find(chip, description.chip_padding);
  const Similarity similarity = fit_similarity(points, *description.landmarks);
  if (!(similarity.scale() > 0)) {
    return {ErrorCode::kCorruption, description.name +
                                        ": a chip's landmarks coincide; it shows no face, or was "
                                        "not cut by 'kface import'"};
  }
  preprocess_chip(preprocess, warp(chip, similarity, preprocess.width, preprocess.height), input);
  return {};
}

Result<ChipReader> make_chip_reader(const NetworkDescription& description,
                                    const std::filesystem::path& models) {
  if (!description.landmarks) {
    return chip_reader(description.preprocess);
  }
  KF_ASSIGN(const auto finder, FivePointFinder::create(models));
  return ChipReader([description, finder](const Image& chip, std::span<float> input) {
    return read_aligned(description, *finder, chip, input);
  });
}

// Everything but the weights that decides what the features are.
std::string describe_features(const NetworkDescription& description, const std::string& value,
                              bool before_linear) {
  std::ostringstream text;
  text.precision(9);
  text << describe(description.preprocess) << "\ntemplate";
  if (description.landmarks) {
    for (const Point& point : *description.landmarks) {
      text << ' ' << point.x << ' ' << point.y;
    }
    text << " by dlib's 68 landmarks on chips of padding " << description.chip_padding;
  } else {
    text << " none";
  }
  text << "\nfeature " << value << (before_linear ? ", before its linear layer" : "");
  return text.str();
}

Result<std::filesystem::path> find_description(const std::string& id,
                                               const std::filesystem::path& models) {
  for (const auto& path : {std::filesystem::path(id), models / id}) {
    if (std::filesystem::is_regular_file(path)) {
      return path;
    }
  }
  return Status{ErrorCode::kNotFound, id + ": no such network description, neither here nor in " +
                                          models.string() +
                                          "; docs/networks.md says how to write one"};
}

// Everything that both engines need.
struct Opening {
  NetworkDescription description;
  std::vector<std::uint8_t> bytes;  // of the ONNX file
  std::string file_digest;
  OnnxModel model;
  std::string value;  // that is the embedding
  ChipReader read_chip;
  std::string id;

  BackboneInfo info(bool before_linear) const {
    return {.id = id,
            .digest = sha256_hex("onnx\n" + file_digest + "\n" +
                                 describe_features(description, value, before_linear)),
            .chip_size = description.chip_size,
            .chip_padding = description.chip_padding,
            .customary_threshold = description.customary_threshold,
            .needs_chip_padding = description.landmarks.has_value(),
            .license = description.license};
  }
};

Status read_network(const std::filesystem::path& path, Opening& opening) {
  KF_ASSIGN(opening.description, read_network_description(path));
  const NetworkDescription& description = opening.description;
  const std::string file = description.file.string();
  KF_ASSIGN(opening.bytes, read_file(description.file));
  opening.file_digest = sha256_hex(std::span<const std::uint8_t>(opening.bytes));
  if (!description.sha256.empty() && description.sha256 != opening.file_digest) {
    return {ErrorCode::kMismatch, file + ": SHA-256 is " + opening.file_digest + ", " +
                                      path.string() + " expects " + description.sha256};
  }
  KF_ASSIGN(opening.model, parse_onnx(opening.bytes, file));
  const Shape input = input_of(description);
  KF_TRY(check_picture_size(opening.model, input.height, input.width));
  KF_ASSIGN(opening.value, find_value(opening.model, description.feature));
  return {};
}

Result<std::unique_ptr<Backbone>> open_on_engine(const Opening& opening,
                                                 const BackboneOptions& options) {
  const Shape input = input_of(opening.description);
  KF_ASSIGN(Network network,
            map_to_network(opening.model, input.height, input.width, opening.value));
  KF_ASSIGN(SplitNetwork split,
            split_last_linear(std::move(network), opening.description.normalize));
  BackboneInfo info = opening.info(split.linear);
  info.feature_dim = split.last.d;
  return std::unique_ptr<Backbone>(std::make_unique<EngineBackbone>(
      EngineBackbone::Parts{.info = std::move(info),
                            .network = std::move(split.network),
                            .read_chip = opening.read_chip,
                            .make_last_layer = [last = std::move(split.last)] { return last; }},
      options));
}

Result<std::unique_ptr<Backbone>> open_in_opencv(const Opening& opening,
                                                 const BackboneOptions& options,
                                                 const std::string& reason) {
  if (options.precision != Precision::kF32) {
    return Status{ErrorCode::kInvalidArgument,
                  "precision " + precision_name(options.precision) +
                      " is for networks that run on our own engine, and " + reason};
  }
  BackboneInfo info = opening.info(false);
  info.engine = "opencv-dnn (" + reason + ")";
  auto opened = opencv_backbone(std::move(info), cut_onnx(opening.bytes, opening.value),
                                input_of(opening.description), opening.read_chip,
                                opening.description.normalize);
  if (!opened.ok()) {
    return Status{opened.error().code(), reason + "; and " + opened.error().message()};
  }
  return opened;
}

}  // namespace

Result<std::unique_ptr<Backbone>> open_onnx_network(const std::string& id,
                                                    const std::filesystem::path& models,
                                                    const BackboneOptions& options) {
  KF_ASSIGN(const auto path, find_description(id, models));
  Opening opening;
  opening.id = id;
  KF_TRY(read_network(path, opening));
  KF_ASSIGN(opening.read_chip, make_chip_reader(opening.description, models));
  auto opened = open_on_engine(opening, options);
  if (opened.ok() || opened.error().code() != ErrorCode::kMismatch) {
    return opened;
  }
  return open_in_opencv(opening, options, opened.error().message());
}

}  // namespace kface
