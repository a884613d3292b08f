#include "backbone/views.h"

#include <algorithm>

#include "base/digest.h"

namespace kface {
namespace {

constexpr int kJitterShare = 30;  // a chip is moved by side / kJitterShare

Image mirror(const Image& image) {
  Image mirrored = image;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      std::copy_n(&image.pixels[image.offset(x, y)], 3,
                  &mirrored.pixels[image.offset(image.width - 1 - x, y)]);
    }
  }
  return mirrored;
}

// The picture moved by (dx, dy) pixels.
Image moved(const Image& image, int dx, int dy) {
  Image result = image;
  for (int y = 0; y < image.height; ++y) {
    const int from_y = std::clamp(y - dy, 0, image.height - 1);
    for (int x = 0; x < image.width; ++x) {
      const int from_x = std::clamp(x - dx, 0, image.width - 1);
      std::copy_n(&image.pixels[image.offset(from_x, from_y)], 3,
                  &result.pixels[result.offset(x, y)]);
    }
  }
  return result;
}

class ViewsExtractor : public FeatureExtractor {
 public:
  ViewsExtractor(std::unique_ptr<FeatureExtractor> inner, Views views)
      : inner_(std::move(inner)), views_(views) {}

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    std::vector<Image> pictures;
    for (const Image& chip : chips) {
      auto views = make_views(chip, views_);
      std::move(views.begin(), views.end(), std::back_inserter(pictures));
    }
    const std::size_t count = num_views(views_);
    std::vector<float> seen(features.size() * count);
    KF_TRY(inner_->extract(pictures, seen));
    const std::size_t d = features.size() / chips.size();
    for (std::size_t i = 0; i < chips.size(); ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        float sum = 0;
        for (std::size_t view = 0; view < count; ++view) {
          sum += seen[(i * count + view) * d + j];
        }
        features[i * d + j] = sum / static_cast<float>(count);
      }
    }
    return {};
  }

 private:
  std::unique_ptr<FeatureExtractor> inner_;
  Views views_;
};

class ViewsBackbone : public Backbone {
 public:
  ViewsBackbone(std::unique_ptr<Backbone> inner, Views views)
      : inner_(std::move(inner)), views_(views) {
    KF_REQUIRE(inner_ != nullptr && views != Views::kPlain);
    const std::string suffix = views_suffix(views);
    info_ = inner_->info();
    info_.digest = sha256_hex(info_.digest + suffix);
    if (!info_.variant_digest.empty()) {
      info_.variant_digest = sha256_hex(info_.variant_digest + suffix);
    }
    info_.id += suffix;
  }

  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return inner_->last_layer(); }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& options) const override {
    // All views of one chip in one pass, where the caller looks at one chip at a time.
    ExtractorOptions wider = options;
    wider.batch = std::max(options.batch, num_views(views_));
    KF_ASSIGN(auto inner, inner_->make_extractor(wider));
    return std::unique_ptr<FeatureExtractor>(
        std::make_unique<ViewsExtractor>(std::move(inner), views_));
  }
  const EngineBackbone* engine_backbone() const override { return inner_->engine_backbone(); }

 private:
  std::unique_ptr<Backbone> inner_;
  Views views_;
  BackboneInfo info_;
};

}  // namespace

std::vector<Views> all_views() { return {Views::kPlain, Views::kMirror, Views::kJitter}; }

std::string views_suffix(Views views) {
  switch (views) {
    case Views::kPlain:
      return "";
    case Views::kMirror:
      return "+mirror";
    case Views::kJitter:
      return "+jitter";
  }
  KF_REQUIRE(false, static_cast<int>(views));
  return "";
}

std::size_t num_views(Views views) {
  return views == Views::kPlain ? 1 : views == Views::kMirror ? 2 : 6;
}

std::vector<Image> make_views(const Image& chip, Views views) {
  KF_REQUIRE(chip.width == chip.height, chip.width, chip.height);
  std::vector<Image> seen = {chip};
  if (views != Views::kPlain) {
    seen.push_back(mirror(chip));
  }
  if (views == Views::kJitter) {
    const int step = std::max(1, chip.width / kJitterShare);
    for (const auto& [dx, dy] : {std::pair(-step, 0), {step, 0}, {0, -step}, {0, step}}) {
      seen.push_back(moved(chip, dx, dy));
    }
  }
  return seen;
}

std::unique_ptr<Backbone> with_views(std::unique_ptr<Backbone> inner, Views views) {
  return std::make_unique<ViewsBackbone>(std::move(inner), views);
}

}  // namespace kface
