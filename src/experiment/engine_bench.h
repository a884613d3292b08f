// How fast a backbone runs here: whole, and layer by layer, as shares of what the machine can do.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backbone/precision_choice.h"
#include "experiment/calibrate_model.h"
#include "experiment/record.h"
#include "nn/roofline.h"

namespace kface {

struct EngineBenchOptions {
  std::string precision = "auto";  // f32, bf16 (the fastest without int8), int8, auto
  int batch = 1;
  int runs = 20;
};

template <typename Options, typename Visitor>
void visit_engine_bench_options(Options& o, Visitor&& field) {
  visit_precision(o.precision, field);
  field("batch", o.batch, Range{1, 1024}, "faces a forward pass");
  field("runs", o.runs, Range{1, 100000}, "forward passes that are timed");
}

// A layer with the sum and activation that are computed with it.
struct LayerFigures {
  std::string layer;
  std::string what;   // what computes it
  double ms = 0;      // median
  double gflops = 0;  // 2 operations a multiplication; 0 for layers without
  double gbps = 0;    // weights read, 1e9 bytes a second; 0 for layers without
  std::optional<double> share_of_peak = {};       // of the arithmetic that it uses
  std::optional<double> share_of_bandwidth = {};  // of memory
};

// A backbone set up in the arithmetic that was asked for, to be run as often as wanted.
// Not thread-safe.
class EngineBench {
 public:
  // `inputs`: [n, network.input] CHW, n >= 1; runs read them in turn, and they calibrate 8 bits.
  // `backbone` must outlive the bench.
  // Errors: those of calibrate_backbone and choose_precision.
  static Result<EngineBench> create(const EngineBackbone& backbone, std::vector<float> inputs,
                                    const EngineBenchOptions& options, unsigned threads);

  const PrecisionChoice& choice() const { return choice_; }
  const std::optional<CalibrationResult>& calibration() const { return calibration_; }

  // Milliseconds of one forward pass of a batch.
  double run();
  // Of the batch that begins with the first input: [batch, d].
  std::vector<float> features();
  std::vector<LayerFigures> layers(const Roofline& roofline);
  // What is needed in memory, bytes: weights in the chosen form, and activations.
  std::size_t weight_bytes() const;
  std::size_t arena_bytes() const { return engine_->arena_bytes(); }
  double macs() const { return macs_; }  // of one image

 private:
  explicit EngineBench(const EngineBackbone& backbone) : backbone_(&backbone) {}

  const EngineBackbone* backbone_;
  std::size_t batch_ = 1;
  std::optional<CalibrationResult> calibration_;
  PrecisionChoice choice_;
  std::vector<float> inputs_;
  std::unique_ptr<Engine> engine_;
  double macs_ = 0;
};

// The backbone with its last layer as one more layer of the network, so that its feature is the
// embedding, not normalised. Shares nothing that changes; `backbone` must outlive it.
std::unique_ptr<EngineBackbone> with_last_layer(const EngineBackbone& backbone);

// Inputs for a machine without faces: smooth patterns as large as a preprocessed photograph's
// values. The same for the same seed.
std::vector<float> pattern_inputs(const EngineBackbone& backbone, std::size_t count,
                                  std::uint64_t seed);

// {"median_ms": ..., "p95_ms": ..., "layers": [...], ...}
Json to_json(EngineBench& bench, const Roofline& roofline, const std::vector<double>& samples_ms);

}  // namespace kface
