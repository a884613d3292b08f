#include "experiment/engine_bench.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "base/stopwatch.h"

namespace kface {
namespace {

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

// Which arithmetic an operation's peak is that of.
std::optional<double> peak_gflops(const Roofline& roofline, Way way, bool linear) {
  if (linear || (way != Way::kInt8 && !is_bf16(way))) {
    return roofline.f32_gflops;  // linear layers compute in float32 whatever their weights
  }
  return way == Way::kInt8 ? roofline.int8_gops : roofline.bf16_gflops;
}

std::size_t weight_bytes_of(const Layer& layer, Way way) {
  const std::size_t each = way == Way::kInt8 ? 1 : is_bf16(way) ? 2 : sizeof(float);
  return layer.weight.values.size() * each;
}

}  // namespace

Result<EngineBench> EngineBench::create(const EngineBackbone& backbone, std::vector<float> inputs,
                                        const EngineBenchOptions& options, unsigned threads) {
  EngineBench bench(backbone);
  bench.batch_ = static_cast<std::size_t>(options.batch);
  bench.inputs_ = std::move(inputs);
  KF_ASSIGN(CalibratedChoice found,
            calibrate_and_choose(backbone, bench.inputs_, allowed_precisions(options.precision),
                                 bench.batch_, {.threads = threads}));
  bench.calibration_ = std::move(found.calibration);
  bench.choice_ = std::move(found.choice);
  const Calibration limits = bench.calibration_ ? bench.calibration_->calibration : Calibration{};
  KF_ASSIGN(bench.engine_, backbone.make_engine(EngineOptions{.batch = bench.batch_,
                                                              .threads = threads,
                                                              .plan = bench.choice_.best().plan,
                                                              .calibration = limits}));
  KF_ASSIGN(const auto shapes, value_shapes(backbone.network()));
  for (std::size_t i = 0; i < backbone.network().layers.size(); ++i) {
    bench.macs_ += static_cast<double>(layer_macs(backbone.network(), shapes, i));
  }
  bench.features();  // leaves the batch in the engine's input
  return bench;
}

double EngineBench::run() {
  const Stopwatch watch;
  engine_->run();
  return watch.ms();
}

std::vector<float> EngineBench::features() {
  const std::size_t size = backbone_->network().input.size();
  const std::size_t n = inputs_.size() / size;
  for (std::size_t i = 0; i < batch_; ++i) {
    const auto from = std::span(inputs_).subspan(i % n * size, size);
    std::copy(from.begin(), from.end(),
              engine_->input().begin() + static_cast<std::ptrdiff_t>(i * size));
  }
  engine_->run();
  const auto output = engine_->output();
  return {output.begin(), output.end()};
}

std::size_t EngineBench::weight_bytes() const {
  std::size_t bytes = 0;
  for (const Layer& layer : backbone_->network().layers) {
    bytes += weight_bytes_of(layer, choice_.best().plan.of(layer.name));
  }
  return bytes;
}

std::vector<LayerFigures> EngineBench::layers(const Roofline& roofline) {
  constexpr int kRepeats = 11;
  const Network& network = backbone_->network();
  const auto shapes = value_shapes(network);
  KF_REQUIRE(shapes.ok(), shapes.error().message());
  std::vector<LayerFigures> figures;
  for (const OpTime& op : engine_->profile(kRepeats)) {
    figures.push_back({.layer = op.layer, .what = op.what, .ms = op.ms});
    const auto layer = std::find_if(network.layers.begin(), network.layers.end(),
                                    [&](const Layer& l) { return l.name == op.layer; });
    const bool main = layer != network.layers.end() && op.what != "reorder" && op.what != "clear" &&
                      op.what != "add" && op.what != "elementwise" && op.ms > 0;
    if (!main || layer->weight.empty()) {
      continue;
    }
    LayerFigures& row = figures.back();
    const Way way = choice_.best().plan.of(op.layer);
    const auto index = static_cast<std::size_t>(layer - network.layers.begin());
    const auto operations = 2.0 * static_cast<double>(layer_macs(network, shapes.value(), index));
    constexpr double kPerMs = 1e-6;  // a millisecond's worth in giga a second
    row.gflops = operations * static_cast<double>(batch_) / op.ms * kPerMs;
    row.gbps = static_cast<double>(weight_bytes_of(*layer, way)) / op.ms * kPerMs;
    const bool linear = layer->kind == LayerKind::kFullyConnected;
    if (const auto peak = peak_gflops(roofline, way, linear)) {
      row.share_of_peak = row.gflops / *peak;
    }
    row.share_of_bandwidth = row.gbps / roofline.read_gbps;
  }
  return figures;
}

std::unique_ptr<EngineBackbone> with_last_layer(const EngineBackbone& backbone) {
  const Head& head = backbone.last_layer();
  std::vector<float> weight(head.weight.size());
  for (std::size_t i = 0; i < head.d; ++i) {
    for (std::size_t j = 0; j < head.m; ++j) {
      weight[j * head.d + i] = head.weight[i * head.m + j];
    }
  }
  EngineBackbone::Parts parts;
  parts.info = backbone.info();
  parts.info.feature_dim = head.m;
  parts.network = backbone.network();
  parts.network.layers.push_back({.name = "last layer",
                                  .kind = LayerKind::kFullyConnected,
                                  .inputs = {parts.network.layers.size()},
                                  .channels = head.m,
                                  .weight = own_weights(std::move(weight)),
                                  .bias = own_weights(head.bias)});
  parts.read_chip = backbone.chip_reader();
  parts.make_last_layer = [] { return Head{}; };
  return std::make_unique<EngineBackbone>(std::move(parts), backbone.options());
}

std::vector<float> pattern_inputs(const EngineBackbone& backbone, std::size_t count,
                                  std::uint64_t seed) {
  constexpr int kSide = 150;
  const std::size_t size = backbone.network().input.size();
  std::vector<float> inputs(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng = Rng(seed).fork(i);
    Image chip{kSide, kSide, {}};
    double phases[6];
    for (double& phase : phases) {
      phase = rng.uniform() * 6;
    }
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        for (int c = 0; c < 3; ++c) {
          const double wave = std::sin(x * 0.04 + phases[c]) + std::cos(y * 0.06 + phases[c + 3]);
          chip.pixels.push_back(static_cast<std::uint8_t>(120 + 50 * wave + rng.uniform() * 20));
        }
      }
    }
    const Status read = backbone.chip_reader()(chip, std::span(inputs).subspan(i * size, size));
    KF_REQUIRE(read.ok(), read.message());
  }
  return inputs;
}

Json to_json(EngineBench& bench, const Roofline& roofline, const std::vector<double>& samples_ms) {
  const PrecisionTrial& best = bench.choice().best();
  const double median = quantile(samples_ms, 0.5);
  Json json{{"precision", precision_name(best.precision)},
            {"plan", best.name},
            {"median_ms", median},
            {"p95_ms", quantile(samples_ms, 0.95)},
            {"samples_ms", samples_ms},
            {"lowest_cosine", best.lowest_cosine},
            {"weight_bytes", bench.weight_bytes()},
            {"arena_bytes", bench.arena_bytes()}};
  json["tried"] = trials_json(bench.choice());
  if (bench.calibration()) {
    json["calibration"] = {{"rule", bench.calibration()->rule},
                           {"lowest_cosine", bench.calibration()->lowest_cosine},
                           {"mean_cosine", bench.calibration()->mean_cosine}};
  }
  const auto or_null = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json();
  };
  json["machine"] = {{"threads", roofline.threads},
                     {"f32_gflops", roofline.f32_gflops},
                     {"bf16_gflops", or_null(roofline.bf16_gflops)},
                     {"int8_gops", or_null(roofline.int8_gops)},
                     {"read_gbps", roofline.read_gbps}};
  for (const LayerFigures& row : bench.layers(roofline)) {
    json["layers"].push_back({{"layer", row.layer},
                              {"what", row.what},
                              {"ms", row.ms},
                              {"gflops", row.gflops},
                              {"gbps", row.gbps},
                              {"share_of_peak", or_null(row.share_of_peak)},
                              {"share_of_bandwidth", or_null(row.share_of_bandwidth)}});
  }
  return json;
}

}  // namespace kface
