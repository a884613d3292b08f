#include "backbone/onnx_network.h"

#include <sstream>

#include "align/five_points.h"
#include "backbone/last_linear.h"
#include "backbone/network_description.h"
#include "backbone/network_program.h"
#include "base/digest.h"
#include "base/files.h"
#include "onnx/map.h"

namespace kface {
namespace {

constexpr std::size_t kColors = 3;

// What all extractors of one backbone share.
struct Shared {
  NetworkDescription description;
  std::unique_ptr<NetworkProgram> program;
  std::shared_ptr<const FivePointFinder> finder;  // null without a template
};

class OnnxExtractor : public FeatureExtractor {
 public:
  explicit OnnxExtractor(std::shared_ptr<const Shared> shared)
      : shared_(std::move(shared)),
        runner_(shared_->program->make_runner()),
        input_(kColors * static_cast<std::size_t>(preprocess().width) *
               static_cast<std::size_t>(preprocess().height)) {}

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    const std::size_t d = shared_->program->output_size();
    KF_REQUIRE(!chips.empty() && features.size() == chips.size() * d, chips.size(),
               features.size());
    for (std::size_t i = 0; i < chips.size(); ++i) {
      KF_ASSIGN(const Image picture, aligned(chips[i]));
      preprocess_chip(preprocess(), picture, input_);
      KF_TRY(runner_->run(input_, features.subspan(i * d, d)));
    }
    return {};
  }

 private:
  const Preprocess& preprocess() const { return shared_->description.preprocess; }

  Result<Image> aligned(const Image& chip) const {
    const NetworkDescription& description = shared_->description;
    if (!description.landmarks) {
      return chip;
    }
    const FivePoints points = shared_->finder->find(chip, description.chip_padding);
    const Similarity similarity = fit_similarity(points, *description.landmarks);
    if (!(similarity.scale() > 0)) {
      return Status{ErrorCode::kCorruption, description.name +
                                                ": a chip's landmarks coincide; it shows no face, "
                                                "or was not cut by 'kface import'"};
    }
    return warp(chip, similarity, preprocess().width, preprocess().height);
  }

  std::shared_ptr<const Shared> shared_;
  std::unique_ptr<NetworkRunner> runner_;
  std::vector<float> input_;
};

class OnnxNetwork : public Backbone {
 public:
  OnnxNetwork(std::shared_ptr<const Shared> shared, BackboneInfo info, Head last_layer)
      : shared_(std::move(shared)), info_(std::move(info)), last_layer_(std::move(last_layer)) {}

  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return last_layer_; }
  std::unique_ptr<FeatureExtractor> make_extractor() const override {
    return std::make_unique<OnnxExtractor>(shared_);
  }

 private:
  std::shared_ptr<const Shared> shared_;
  BackboneInfo info_;
  Head last_layer_;
};

// Everything but the weights that decides what the features are.
std::string describe(const NetworkDescription& description, const std::string& value, bool linear) {
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
  text << "\nfeature " << value << (linear ? ", before its linear layer" : "");
  return text.str();
}

// Which engine runs the network, and what it gives.
struct Running {
  std::unique_ptr<NetworkProgram> program;
  Head last_layer;
  bool linear = false;
  std::string engine;
  std::string reason;
};

Result<Running> run_on_engine(const NetworkDescription& description, const OnnxModel& model,
                              const std::string& value) {
  KF_ASSIGN(Network network,
            map_to_network(model, static_cast<std::size_t>(description.preprocess.height),
                           static_cast<std::size_t>(description.preprocess.width), value));
  KF_ASSIGN(SplitNetwork split, split_last_linear(std::move(network), description.normalize));
  Running running{.program = nullptr,
                  .last_layer = std::move(split.last),
                  .linear = split.linear,
                  .engine = kEngineKface,
                  .reason = "every operator is known to it"};
  KF_ASSIGN(running.program, engine_program(std::move(split.network)));
  return running;
}

Result<Running> run_on_opencv(const NetworkDescription& description,
                              std::span<const std::uint8_t> bytes, const std::string& value,
                              const std::string& reason) {
  Running running{.program = nullptr, .last_layer = {}, .engine = kEngineOpenCv, .reason = reason};
  auto program = opencv_program(cut_onnx(bytes, value), description.file.string(),
                                static_cast<std::size_t>(description.preprocess.height),
                                static_cast<std::size_t>(description.preprocess.width));
  if (!program.ok()) {
    return Status{program.error().code(), reason + "; and " + program.error().message()};
  }
  running.program = std::move(program).value();
  KF_ASSIGN(running.last_layer,
            identity_head(description.file.string(), running.program->output_size()));
  running.last_layer.l2_normalize = description.normalize;
  return running;
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

}  // namespace

Result<std::unique_ptr<Backbone>> open_onnx_network(const std::string& id,
                                                    const std::filesystem::path& models) {
  KF_ASSIGN(const auto path, find_description(id, models));
  auto shared = std::make_shared<Shared>();
  KF_ASSIGN(shared->description, read_network_description(path));
  const NetworkDescription& description = shared->description;
  KF_ASSIGN(const auto bytes, read_file(description.file));
  const std::string file_digest = sha256_hex(std::span(bytes));
  if (!description.sha256.empty() && description.sha256 != file_digest) {
    return Status{ErrorCode::kMismatch, description.file.string() + ": SHA-256 is " + file_digest +
                                            ", " + path.string() + " expects " +
                                            description.sha256};
  }
  KF_ASSIGN(const OnnxModel model, parse_onnx(bytes, description.file.string()));
  KF_TRY(check_picture_size(model, static_cast<std::size_t>(description.preprocess.height),
                            static_cast<std::size_t>(description.preprocess.width)));
  KF_ASSIGN(const std::string value, find_value(model, description.feature));
  auto running = run_on_engine(description, model, value);
  if (!running.ok()) {
    running = run_on_opencv(description, bytes, value, running.error().message());
  }
  if (!running.ok()) {
    return running.error();
  }
  if (description.landmarks) {
    KF_ASSIGN(shared->finder, FivePointFinder::create(models));
  }
  Running& how = running.value();
  BackboneInfo info{.id = id,
                    .digest = sha256_hex("onnx\n" + file_digest + "\n" +
                                         describe(description, value, how.linear)),
                    .feature_dim = how.program->output_size(),
                    .chip_size = description.chip_size,
                    .chip_padding = description.chip_padding,
                    .customary_threshold = description.customary_threshold,
                    .engine = how.engine,
                    .engine_reason = how.reason,
                    .license = description.license,
                    .needs_chip_padding = description.landmarks.has_value()};
  shared->program = std::move(how.program);
  return std::unique_ptr<Backbone>(
      std::make_unique<OnnxNetwork>(std::move(shared), std::move(info), std::move(how.last_layer)));
}

}  // namespace kface
