#include "nn/engine.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "nn/engine_builder.h"

namespace kface {

struct Engine::Impl {
  std::shared_ptr<WeightStore> store;
  BuiltEngine built;
  std::size_t input_size = 0;
  std::size_t output_size = 0;
  unsigned threads = 1;
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(const Network& network, const EngineOptions& options,
                                               const std::shared_ptr<WeightStore>& store) {
  KF_REQUIRE(options.batch > 0 && options.threads > 0 && store != nullptr, options.batch,
             options.threads);
  KF_ASSIGN(const auto shapes, value_shapes(network));
  auto impl = std::make_unique<Impl>();
  impl->store = store;
  impl->input_size = options.batch * network.input.size();
  impl->output_size = options.batch * shapes.back().size();
  impl->threads = options.threads;
  const ThreadCount threads(options.threads);
  KF_TRY(guard_onednn(network.name, [&] {
    Status built = build_engine(network, shapes, options, store->impl(), impl->built);
    if (built.ok()) {
      impl->built.ops.bind();
    }
    return built;
  }));
  std::unique_ptr<Engine> engine(new Engine(std::move(impl)));
  std::fill(engine->input().begin(), engine->input().end(), 0.0F);  // places that nobody fills
  return engine;
}

std::span<float> Engine::input() {
  return {reinterpret_cast<float*>(impl_->built.ops.buffer(impl_->built.input)), impl_->input_size};
}

std::span<const float> Engine::output() {
  return {reinterpret_cast<const float*>(impl_->built.ops.buffer(impl_->built.output)),
          impl_->output_size};
}

void Engine::run() {
  const ThreadCount threads(impl_->threads);
  impl_->built.ops.run();
}

std::vector<OpTime> Engine::profile(int repeats) {
  KF_REQUIRE(repeats > 0, repeats);
  const ThreadCount threads(impl_->threads);
  OpList& ops = impl_->built.ops;
  std::vector<std::vector<double>> taken(ops.size());
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const Stopwatch watch;
      ops.run_op(i);
      taken[i].push_back(watch.ms());
    }
  }
  std::vector<OpTime> times;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const auto middle = taken[i].begin() + static_cast<std::ptrdiff_t>(taken[i].size() / 2);
    std::nth_element(taken[i].begin(), middle, taken[i].end());
    times.push_back({ops.op(i).layer, ops.op(i).what, *middle});
  }
  return times;
}

void Engine::visit_values(
    const std::function<void(const std::string&, std::span<const float>)>& visit) {
  for (const auto& [name, buffer, size] : impl_->built.values) {
    visit(name, {reinterpret_cast<const float*>(impl_->built.ops.buffer(buffer)), size});
  }
}

std::size_t Engine::arena_bytes() const { return impl_->built.ops.arena_bytes(); }

}  // namespace kface
