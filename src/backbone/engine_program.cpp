#include <algorithm>

#include "backbone/network_program.h"
#include "nn/engine.h"

namespace kface {
namespace {

class EngineRunner : public NetworkRunner {
 public:
  explicit EngineRunner(Result<std::unique_ptr<Engine>> engine) : engine_(std::move(engine)) {}

  Status run(std::span<const float> input, std::span<float> output) override {
    if (!engine_.ok()) {
      return engine_.error();
    }
    Engine& engine = *engine_.value();
    KF_REQUIRE(input.size() == engine.input().size() && output.size() == engine.output().size(),
               input.size(), output.size());
    std::copy(input.begin(), input.end(), engine.input().begin());
    engine.run();
    std::copy(engine.output().begin(), engine.output().end(), output.begin());
    return {};
  }

 private:
  Result<std::unique_ptr<Engine>> engine_;
};

class EngineProgram : public NetworkProgram {
 public:
  EngineProgram(Network network, std::size_t output_size)
      : network_(std::move(network)),
        output_size_(output_size),
        store_(std::make_shared<WeightStore>()) {}

  std::size_t output_size() const override { return output_size_; }
  std::unique_ptr<NetworkRunner> make_runner() const override {
    return std::make_unique<EngineRunner>(create());
  }
  Result<std::unique_ptr<Engine>> create() const { return Engine::create(network_, {}, store_); }

 private:
  Network network_;
  std::size_t output_size_;
  std::shared_ptr<WeightStore> store_;
};

}  // namespace

Result<std::unique_ptr<NetworkProgram>> engine_program(Network network) {
  KF_ASSIGN(const auto shapes, value_shapes(network));
  auto program = std::make_unique<EngineProgram>(std::move(network), shapes.back().size());
  if (auto engine = program->create(); !engine.ok()) {
    return Status{ErrorCode::kMismatch, engine.error().message()};
  }
  return std::unique_ptr<NetworkProgram>(std::move(program));
}

}  // namespace kface
