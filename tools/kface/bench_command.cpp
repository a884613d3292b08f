#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>

#include "backbone/feature_set.h"
#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/engine_bench.h"

namespace kface::cli {
namespace {

struct BenchArguments {
  std::string backbone = "dlib-resnet";
  std::string dataset;
  std::string input;
  std::string save_output;
  bool serve = false;
  EngineBenchOptions options;
};

// Inputs of the network: a file's, the dataset's chips', or patterns.
Result<std::vector<float>> bench_inputs(const BenchArguments& arguments,
                                        const EngineBackbone& backbone) {
  const std::size_t size = backbone.network().input.size();
  if (!arguments.input.empty()) {
    KF_ASSIGN(const auto bytes, read_file(arguments.input));
    if (bytes.empty() || bytes.size() % (size * sizeof(float)) != 0) {
      return Status{ErrorCode::kInvalidArgument,
                    arguments.input + ": " + std::to_string(bytes.size()) +
                        " bytes, expected a multiple of " + std::to_string(size * sizeof(float)) +
                        ": raw float32 pictures of the network's input"};
    }
    std::vector<float> inputs(bytes.size() / sizeof(float));
    std::memcpy(inputs.data(), bytes.data(), bytes.size());
    return inputs;
  }
  if (!arguments.dataset.empty()) {
    constexpr std::size_t kMostChips = 64;
    KF_ASSIGN(const Manifest manifest, read_manifest(arguments.dataset));
    return read_inputs(arguments.dataset, manifest, backbone, kMostChips);
  }
  constexpr std::size_t kPatterns = 16;
  return pattern_inputs(backbone, kPatterns, 1);
}

std::string percent(const std::optional<double>& share) {
  char text[16];
  std::snprintf(text, sizeof(text), "%5.0f %%", share.value_or(0) * 100);
  return share && *share > 0 ? text : "      -";
}

void print_table(const Json& result, EngineBench& bench, const Roofline& roofline) {
  const double batch = result["batch"].get<double>();
  std::printf("machine, %u threads: float32 %.0f GFLOP/s, memory %.1f GB/s\n", roofline.threads,
              roofline.f32_gflops, roofline.read_gbps);
  std::printf("%-12s %-30s %9s %9s %8s %8s %9s\n", "layer", "computed by", "ms", "GFLOP/s",
              "of peak", "GB/s", "of memory");
  for (const LayerFigures& row : bench.layers(roofline)) {
    std::printf("%-12s %-30s %9.3f %9.0f %8s %8.1f %9s\n", row.layer.c_str(), row.what.c_str(),
                row.ms, row.gflops, percent(row.share_of_peak).c_str(), row.gbps,
                percent(row.share_of_bandwidth).c_str());
  }
  for (const auto& trial : result["tried"]) {
    std::printf("tried: %-5s %-28s %8.2f ms, lowest cosine with f32 %.5f\n",
                trial["precision"].get<std::string>().c_str(),
                trial["plan"].get<std::string>().c_str(), trial["ms"].get<double>(),
                trial["lowest_cosine"].get<double>());
  }
  const double median = result["median_ms"].get<double>();
  std::printf(
      "whole: %s, %s: median %.2f ms, p95 %.2f ms for %.0f, %.1f faces/s, %.0f GFLOP/s; "
      "weights %.0f MB, activations %.0f MB\n",
      result["precision"].get<std::string>().c_str(), result["plan"].get<std::string>().c_str(),
      median, result["p95_ms"].get<double>(), batch, batch / median * 1e3,
      2 * bench.macs() * batch / median * 1e-6, static_cast<double>(bench.weight_bytes()) / 1e6,
      static_cast<double>(bench.arena_bytes()) / 1e6);
}

// "run N" on standard input is answered with "ms T1 ... TN"; ends with its input.
int serve(EngineBench& bench, Json ready) {
  std::printf("ready %s\n", ready.dump().c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    int runs = 0;
    if (!(words >> word >> runs) || word != "run" || runs < 1) {
      return report_error({ErrorCode::kInvalidArgument, "expected 'run N', got '" + line + "'"});
    }
    std::string answer = "ms";
    for (int i = 0; i < runs; ++i) {
      answer.append(" ").append(std::to_string(bench.run()));
    }
    std::printf("%s\n", answer.c_str());
    std::fflush(stdout);
  }
  return kSuccess;
}

int run_bench(const Globals& globals, const BenchArguments& arguments) {
  const auto backbone = open_backbone(arguments.backbone, models_folder(globals));
  if (!backbone.ok()) {
    return report_error(backbone.error());
  }
  const EngineBackbone* engine = backbone.value()->engine_backbone();
  if (engine == nullptr) {
    return report_error({ErrorCode::kInvalidArgument, arguments.backbone +
                                                          " is not computed by our engine but by " +
                                                          backbone.value()->info().engine});
  }
  auto inputs = bench_inputs(arguments, *engine);
  if (!inputs.ok()) {
    return report_error(inputs.error());
  }
  auto bench =
      EngineBench::create(*engine, std::move(inputs).value(), arguments.options, globals.threads);
  if (!bench.ok()) {
    return report_error(bench.error());
  }
  if (!arguments.save_output.empty()) {
    const auto features = bench.value().features();
    const Status written = write_file_atomic(
        arguments.save_output, std::span(reinterpret_cast<const std::uint8_t*>(features.data()),
                                         features.size() * sizeof(float)));
    if (!written.ok()) {
      return report_error(written);
    }
  }
  const PrecisionTrial& best = bench.value().choice().best();
  if (arguments.serve) {
    return serve(bench.value(), {{"library", "kface " KFACE_VERSION},
                                 {"details", precision_name(best.precision) + ", " + best.name},
                                 {"asserts", false},
                                 {"optimised", true}});
  }
  const auto roofline = measure_roofline(globals.threads, now_seconds);
  if (!roofline.ok()) {
    return report_error(roofline.error());
  }
  std::vector<double> samples;
  for (int i = 0; i < arguments.options.runs && !globals.stop.requested(); ++i) {
    samples.push_back(bench.value().run());
  }
  Json result = to_json(bench.value(), roofline.value(), samples);
  result["batch"] = arguments.options.batch;
  result["version"] = KFACE_VERSION;
  if (globals.json) {
    std::printf("%s\n", result.dump(2).c_str());
  } else {
    print_table(result, bench.value(), roofline.value());
  }
  return kSuccess;
}

}  // namespace

void add_bench_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command =
      add_command(app, globals, "bench", "How fast a backbone runs here, layer by layer and whole",
                  "  kface bench                                            dlib's ResNet, the "
                  "fastest arithmetic\n"
                  "  kface bench --backbone vgg-face --precision f32 --batch 8\n"
                  "  kface bench --backbone vgg-face --precision auto --data staff   8 bits "
                  "calibrated on these faces",
                  [&globals, arguments] { return run_bench(globals, *arguments); });
  command->add_option("--backbone", arguments->backbone, "backbone to time")->capture_default_str();
  command->add_option("--data", arguments->dataset,
                      "dataset whose chips are the inputs (else smooth patterns)");
  command->add_option("--input", arguments->input,
                      "raw float32 file of inputs, [n, channels, height, width]");
  command->add_option("--save-output", arguments->save_output,
                      "write the features of the first batch, raw float32 [batch, d]");
  command->add_flag("--serve", arguments->serve,
                    "answer 'run N' on standard input with N times, for a driver");
  visit_engine_bench_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
