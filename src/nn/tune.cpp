#include "nn/tune.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/stopwatch.h"

namespace kface {
namespace {

// Time of each layer in one way, by the layer's name; rearranging of values not counted.
using LayerTimes = std::map<std::string, double>;

std::vector<Way> ways_of(Precision precision) {
  switch (precision) {
    case Precision::kF32:
      return {Way::kF32Nhwc, Way::kF32Blocked, Way::kWinograd};
    case Precision::kBf16:
      return {Way::kF32Nhwc, Way::kF32Blocked, Way::kWinograd, Way::kBf16Nhwc, Way::kBf16Blocked};
    default:
      return {Way::kInt8};
  }
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Tuner {
 public:
  Tuner(const Network& network, const TuneOptions& options)
      : network_(network), options_(options), store_(std::make_shared<WeightStore>()) {}

  Result<Tuning> run() {
    for (const Way way : ways_of(options_.precision)) {
      KF_TRY(add(way_name(way), {.ways = {}, .otherwise = way}));
      times_[way] = layer_times(*engines_.back());
    }
    KF_TRY(add_mixtures());
    time_in_turns();
    std::stable_sort(tuning_.tried.begin(), tuning_.tried.end(),
                     [](const TriedPlan& a, const TriedPlan& b) { return a.ms < b.ms; });
    return std::move(tuning_);
  }

 private:
  Status add(const std::string& name, const Plan& plan) {
    KF_ASSIGN(auto engine, Engine::create(network_,
                                          {.batch = options_.batch,
                                           .threads = options_.threads,
                                           .plan = plan,
                                           .calibration = options_.calibration},
                                          store_));
    engine->run();  // touches everything once
    engines_.push_back(std::move(engine));
    tuning_.tried.push_back({name, plan, 0});
    return {};
  }

  static LayerTimes layer_times(Engine& engine) {
    constexpr int kRepeats = 3;
    LayerTimes times;
    for (const OpTime& op : engine.profile(kRepeats)) {
      if (op.what != "reorder") {
        times[op.layer] += op.ms;
      }
    }
    return times;
  }

  // Ways between which values need not be rearranged, each layer in the fastest of them.
  Plan fastest_of(const std::vector<Way>& ways) const {
    Plan plan{.ways = {}, .otherwise = ways.front()};
    for (const Layer& layer : network_.layers) {
      if (layer.kind == LayerKind::kConv) {
        plan.ways[layer.name] = *std::min_element(ways.begin(), ways.end(), [&](Way a, Way b) {
          return time_of(a, layer.name) < time_of(b, layer.name);
        });
      }
    }
    return plan;
  }

  double time_of(Way way, const std::string& layer) const {
    const auto found = times_.at(way).find(layer);
    return found == times_.at(way).end() ? 0 : found->second;
  }

  Status add_mixtures() {
    if (options_.precision == Precision::kInt8) {
      return {};
    }
    const Plan f32 = fastest_of({Way::kF32Blocked, Way::kWinograd});
    KF_TRY(add("f32 by layer", f32));
    if (options_.precision == Precision::kBf16) {
      // Linear layers only read their weights: half the bytes are always faster.
      Plan short_linear = f32;
      for (const Layer& layer : network_.layers) {
        if (layer.kind == LayerKind::kFullyConnected) {
          short_linear.ways[layer.name] = Way::kBf16Nhwc;
        }
      }
      KF_TRY(add("f32 by layer, bf16 linear", short_linear));
      KF_TRY(add("f32 and bf16 by layer", with_bf16_runs(short_linear)));
    }
    return {};
  }

  // Along the layers, in float32 or in bfloat16, whichever is less in all, the rearranging at each
  // change included (dynamic programming over two states).
  Plan with_bf16_runs(const Plan& f32) const {
    constexpr double kBytesPerMs = 1e7;  // rearranging reads and writes at about 10 GB/s
    const auto shapes = value_shapes(network_);
    KF_REQUIRE(shapes.ok(), shapes.error().message());
    struct State {
      double cost = 0;
      std::vector<bool> bf16;  // by convolution so far
    };
    State states[2];
    for (const Layer& layer : network_.layers) {
      if (layer.kind != LayerKind::kConv) {
        continue;
      }
      const double bytes = static_cast<double>(shapes.value()[layer.inputs[0]].size() *
                                               options_.batch * (sizeof(float) + 2));
      const double change = bytes / kBytesPerMs;
      const double costs[2] = {time_of(f32.of(layer.name), layer.name),
                               time_of(Way::kBf16Nhwc, layer.name)};
      State next[2];
      for (const int to : {0, 1}) {
        const double stay = states[to].cost;
        const double come = states[1 - to].cost + change;
        next[to] = stay <= come ? states[to] : states[1 - to];
        next[to].cost = std::min(stay, come) + costs[to];
        next[to].bf16.push_back(to == 1);
      }
      std::swap(states[0], next[0]);
      std::swap(states[1], next[1]);
    }
    const State& best = states[0].cost <= states[1].cost ? states[0] : states[1];
    Plan plan = f32;
    std::size_t at = 0;
    for (const Layer& layer : network_.layers) {
      if (layer.kind == LayerKind::kConv && best.bf16[at++]) {
        plan.ways[layer.name] = Way::kBf16Nhwc;
      }
    }
    return plan;
  }

  void time_in_turns() {
    std::vector<std::vector<double>> taken(engines_.size());
    for (int round = 0; round < options_.rounds; ++round) {
      for (std::size_t i = 0; i < engines_.size(); ++i) {
        const Stopwatch watch;
        engines_[i]->run();
        taken[i].push_back(watch.ms());
      }
    }
    for (std::size_t i = 0; i < engines_.size(); ++i) {
      tuning_.tried[i].ms = median(taken[i]);
    }
  }

  const Network& network_;
  const TuneOptions& options_;
  std::shared_ptr<WeightStore> store_;
  std::vector<std::unique_ptr<Engine>> engines_;  // as tuning_.tried
  std::map<Way, LayerTimes> times_;
  Tuning tuning_;
};

}  // namespace

Result<Tuning> tune(const Network& network, const TuneOptions& options) {
  KF_REQUIRE(options.batch > 0 && options.threads > 0 && options.rounds > 0, options.batch,
             options.threads, options.rounds);
  return Tuner(network, options).run();
}

}  // namespace kface
