#include <cstdio>
#include <cstring>

#include "backbone/feature_set.h"
#include "base/files.h"
#include "bench_output.h"
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
  bool last_layer = false;
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

struct OpenedBench {
  std::unique_ptr<Backbone> backbone;
  std::unique_ptr<EngineBackbone> whole;  // with --last-layer
  std::unique_ptr<EngineBench> bench;     // refers to one of them
};

Result<OpenedBench> open_bench(const Globals& globals, const BenchArguments& arguments) {
  OpenedBench opened;
  KF_ASSIGN(opened.backbone, open_backbone(arguments.backbone, models_folder(globals)));
  const EngineBackbone* engine = opened.backbone->engine_backbone();
  if (engine == nullptr) {
    return Status{ErrorCode::kInvalidArgument, arguments.backbone +
                                                   " is not computed by our engine but by " +
                                                   opened.backbone->info().engine};
  }
  if (arguments.last_layer) {
    opened.whole = with_last_layer(*engine);
    engine = opened.whole.get();
  }
  KF_ASSIGN(auto inputs, bench_inputs(arguments, *engine));
  KF_ASSIGN(auto bench,
            EngineBench::create(*engine, std::move(inputs), arguments.options, globals.threads));
  opened.bench = std::make_unique<EngineBench>(std::move(bench));
  if (!arguments.save_output.empty()) {
    const auto features = opened.bench->features();
    KF_TRY(write_file_atomic(arguments.save_output,
                             std::span(reinterpret_cast<const std::uint8_t*>(features.data()),
                                       features.size() * sizeof(float))));
  }
  return opened;
}

// How this program was built, for who compares it with others.
Json build_facts(const EngineBench& bench) {
  const PrecisionTrial& best = bench.choice().best();
  Json facts{{"library", "kface " KFACE_VERSION},
             {"details", precision_name(best.precision) + ", " + best.name},
             {"asserts", true},
             {"optimised", false}};
#if defined(NDEBUG)
  facts["asserts"] = false;
#endif
#if defined(__OPTIMIZE__)
  facts["optimised"] = true;
#endif
  return facts;
}

int run_bench(const Globals& globals, const BenchArguments& arguments) {
  const auto opened = open_bench(globals, arguments);
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  EngineBench& bench = *opened.value().bench;
  if (arguments.serve) {
    return serve_bench(bench, build_facts(bench));
  }
  const auto roofline = measure_roofline(globals.threads, now_seconds);
  if (!roofline.ok()) {
    return report_error(roofline.error());
  }
  std::vector<double> samples;
  for (int i = 0; i < arguments.options.runs && !globals.stop.requested(); ++i) {
    samples.push_back(bench.run());
  }
  Json result = to_json(bench, roofline.value(), samples);
  result["batch"] = arguments.options.batch;
  result["build"] = build_facts(bench);
  if (globals.json) {
    std::printf("%s\n", result.dump(2).c_str());
  } else {
    print_bench(result, bench, roofline.value());
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
  command->add_flag("--last-layer", arguments->last_layer,
                    "the network with its last layer, up to the embedding");
  command->add_flag("--serve", arguments->serve,
                    "answer 'run N' on standard input with N times, for a driver");
  visit_engine_bench_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
