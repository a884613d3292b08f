#include "backbone/engine_backbone.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/digest.h"
#include "nn/fixed_plan.h"

namespace kface {
namespace {

class EngineExtractor : public FeatureExtractor {
 public:
  EngineExtractor(const EngineBackbone& backbone, std::unique_ptr<Engine> engine, std::size_t batch)
      : backbone_(backbone), engine_(std::move(engine)), batch_(batch) {}

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    const std::size_t d = backbone_.info().feature_dim;
    KF_REQUIRE(!chips.empty() && features.size() == chips.size() * d, chips.size(),
               features.size());
    for (std::size_t at = 0; at < chips.size(); at += batch_) {
      const std::size_t count = std::min(batch_, chips.size() - at);
      KF_TRY(fill(chips.subspan(at, count)));
      engine_->run();
      const auto output = engine_->output().first(count * d);
      std::copy(output.begin(), output.end(),
                features.begin() + static_cast<std::ptrdiff_t>(at * d));
    }
    return {};
  }

 private:
  // A place without a chip keeps what it held: images of a batch do not meet.
  Status fill(std::span<const Image> chips) {
    const std::size_t size = backbone_.network().input.size();
    for (std::size_t i = 0; i < chips.size(); ++i) {
      KF_TRY(backbone_.chip_reader()(chips[i], engine_->input().subspan(i * size, size)));
    }
    return {};
  }

  const EngineBackbone& backbone_;
  std::unique_ptr<Engine> engine_;
  std::size_t batch_;
};

// Equal texts compute equal features.
std::string describe_variant(const Precision precision, const Plan& plan,
                             const Calibration& calibration) {
  std::ostringstream text;
  text.precision(9);
  text << precision_name(precision) << "\n" << way_name(plan.otherwise) << "\n";
  for (const auto& [layer, way] : plan.ways) {
    text << layer << ' ' << way_name(way) << "\n";
  }
  for (const auto& [layer, limit] : calibration.limits) {
    text << layer << ' ' << limit << "\n";
  }
  return text.str();
}

}  // namespace

ChipReader chip_reader(const Preprocess& preprocess) {
  return [preprocess](const Image& chip, std::span<float> input) {
    preprocess_chip(preprocess, chip, input);
    return Status{};
  };
}

EngineBackbone::EngineBackbone(Parts parts, BackboneOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      plan_(options_.plan ? *options_.plan : fixed_plan(parts_.network, options_.precision)),
      store_(std::make_shared<WeightStore>(parts_.weights_copied)) {
  const auto shapes = value_shapes(parts_.network);
  KF_REQUIRE(shapes.ok(), shapes.error().message());
  KF_REQUIRE(shapes.value().back().size() == parts_.info.feature_dim, shapes.value().back().size(),
             parts_.info.feature_dim);
  if (options_.precision != Precision::kF32 || options_.plan) {
    parts_.info.variant_digest =
        sha256_hex(parts_.info.digest + "\n" +
                   describe_variant(options_.precision, plan_, options_.calibration));
  }
}

const Head& EngineBackbone::last_layer() const {
  std::call_once(last_layer_made_, [this] { last_layer_ = parts_.make_last_layer(); });
  return last_layer_;
}

Result<std::unique_ptr<Engine>> EngineBackbone::make_engine(const EngineOptions& options) const {
  return Engine::create(parts_.network, options, store_);
}

Result<std::unique_ptr<Engine>> EngineBackbone::make_engine(const ExtractorOptions& options) const {
  return make_engine(EngineOptions{.batch = options.batch,
                                   .threads = options.threads,
                                   .plan = plan_,
                                   .calibration = options_.calibration});
}

Result<std::unique_ptr<FeatureExtractor>> EngineBackbone::make_extractor(
    const ExtractorOptions& options) const {
  KF_ASSIGN(auto engine, make_engine(options));
  return std::unique_ptr<FeatureExtractor>(
      std::make_unique<EngineExtractor>(*this, std::move(engine), options.batch));
}

}  // namespace kface
