#include "verify/verifier.h"

#include <array>
#include <charconv>
#include <string_view>

#include "align/decode.h"
#include "dataset/text.h"
#include "eval/all_pairs.h"

namespace kface {
namespace {

constexpr int kMaxChipSize = 4096;
constexpr std::array<std::string_view, 4> kAlignKeys = {"crop", "color", "chip_size", "padding"};

template <typename T>
bool parse_number(const std::string& text, T& value) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

Status bad_fact(const std::string& key, const std::string& value) {
  return Status{ErrorCode::kCorruption, "the model's preprocessing has " + key + " = '" + value +
                                            "', which this build does not know"};
}

Result<BackboneOptions> backbone_options(const std::string& model,
                                         const std::optional<EngineChoice>& engine,
                                         std::optional<Precision> precision) {
  BackboneOptions options;
  if (engine && (!precision || *precision == engine->precision)) {
    options.precision = engine->precision;
    options.plan = engine->plan;
    options.calibration = engine->calibration;
    return options;
  }
  options.precision = precision.value_or(Precision::kF32);
  if (options.precision == Precision::kInt8) {
    return Status{ErrorCode::kInvalidArgument,
                  model + ": has no calibration for 8 bits; run 'kface calibrate DS -m " + model +
                      " -o CALIBRATED' on faces of your camera and use that model"};
  }
  return options;
}

}  // namespace

std::map<std::string, std::string> align_facts(const std::map<std::string, std::string>& facts) {
  std::map<std::string, std::string> kept;
  for (const auto key : kAlignKeys) {
    if (const auto fact = facts.find(std::string(key)); fact != facts.end()) {
      kept.insert(*fact);
    }
  }
  return kept;
}

Result<AlignOptions> parse_align(const std::map<std::string, std::string>& facts) {
  AlignOptions options;
  for (const auto& [key, value] : facts) {
    bool good = false;
    if (key == "crop") {
      good = value == "dlib" || value == "none";
      options.crop = value == "dlib";
    } else if (key == "color") {
      good = value == "none" || value == "gray-world" || value == "clahe";
      options.color = value == "clahe"        ? ColorAdjust::kClahe
                      : value == "gray-world" ? ColorAdjust::kGrayWorld
                                              : ColorAdjust::kNone;
    } else if (key == "chip_size") {
      good = parse_number(value, options.chip_size) && options.chip_size > 0 &&
             options.chip_size <= kMaxChipSize;
    } else if (key == "padding") {
      good = parse_number(value, options.padding) && options.padding >= 0 && options.padding <= 4;
    }
    if (!good) {
      return bad_fact(key, value);
    }
  }
  return options;
}

Model frozen_model(const Backbone& backbone) {
  const BackboneInfo& info = backbone.info();
  Model model;
  model.recipe = kFrozenModel;
  model.backbone = info.id;
  model.backbone_digest = info.digest;
  model.head = backbone.last_layer();
  model.threshold = {.distance = static_cast<float>(info.customary_threshold),
                     .rule = "customary",
                     .far = std::nullopt,
                     .num_people = 0,
                     .unseen_people = false};
  model.preprocessing = {{"crop", "dlib"},
                         {"color", "none"},
                         {"chip_size", std::to_string(info.chip_size)},
                         {"padding", format_float(static_cast<float>(info.chip_padding))}};
  return model;
}

Result<OpenedModel> open_model(const std::string& name, const std::string& backbone_id,
                               const std::filesystem::path& models,
                               std::optional<Precision> precision) {
  OpenedModel opened;
  if (name == kFrozenModel) {
    KF_ASSIGN(const auto options, backbone_options(kFrozenModel, {}, precision));
    KF_ASSIGN(opened.backbone, open_backbone(backbone_id, models, options));
    opened.model = frozen_model(*opened.backbone);
    opened.name = kFrozenModel;
    return opened;
  }
  KF_ASSIGN(opened.model, read_model(name));
  KF_ASSIGN(const auto options, backbone_options(name, opened.model.engine, precision));
  KF_ASSIGN(opened.backbone, open_backbone(opened.model.backbone, models, options));
  const BackboneInfo& info = opened.backbone->info();
  if (Status status = check_backbone(opened.model, info.id, info.digest); !status.ok()) {
    return Status{status.code(), name + ": " + status.message()};
  }
  if (opened.model.head.d != info.feature_dim) {
    return Status{ErrorCode::kCorruption,
                  name + ": its head reads " + std::to_string(opened.model.head.d) +
                      " features, backbone " + info.id + " gives " +
                      std::to_string(info.feature_dim) + "; run 'kface train' again"};
  }
  opened.name = model_name(opened.model);
  return opened;
}

Verifier::Verifier(const OpenedModel& opened, std::unique_ptr<Aligner> aligner,
                   std::unique_ptr<FeatureExtractor> extractor)
    : model_(opened.model), aligner_(std::move(aligner)), extractor_(std::move(extractor)) {}

Result<std::unique_ptr<Verifier>> Verifier::create(const OpenedModel& opened,
                                                   const std::filesystem::path& models,
                                                   unsigned threads) {
  KF_REQUIRE(opened.backbone != nullptr);
  KF_ASSIGN(const AlignOptions options, parse_align(opened.model.preprocessing));
  KF_ASSIGN(auto aligner, Aligner::create(models, options));
  KF_ASSIGN(auto extractor, opened.backbone->make_extractor({.threads = threads, .batch = 1}));
  return std::unique_ptr<Verifier>(new Verifier(opened, std::move(aligner), std::move(extractor)));
}

Result<EmbeddedFace> Verifier::embed_photo(std::span<const std::uint8_t> bytes) {
  KF_ASSIGN(const Image photo, decode_image(bytes));
  EmbeddedFace embedded;
  KF_ASSIGN(embedded.face, aligner_->align(photo));
  std::vector<float> features(model_.head.d);
  KF_TRY(extractor_->extract(std::span(&embedded.face.chip, 1), features));
  embedded.embedding = embed(model_.head, features);
  return embedded;
}

Result<Verification> Verifier::verify(std::span<const std::uint8_t> a,
                                      std::span<const std::uint8_t> b) {
  Verification verification;
  std::vector<float> embeddings[2];
  const std::span<const std::uint8_t> photos[2] = {a, b};
  for (int i = 0; i < 2; ++i) {
    auto embedded = embed_photo(photos[i]);
    if (!embedded.ok()) {
      return Status{embedded.error().code(), std::string(i == 0 ? "first" : "second") +
                                                 " photo: " + embedded.error().message()};
    }
    verification.faces[i] = std::move(embedded.value().face);
    embeddings[i] = std::move(embedded.value().embedding);
  }
  verification.distance = euclidean_distance(embeddings[0], embeddings[1]);
  verification.same = verification.distance <= model_.threshold.distance;
  return verification;
}

}  // namespace kface
