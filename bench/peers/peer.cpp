#include "peer.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace kface_bench {
namespace {

constexpr int kChannels = 3;

PeerOptions parse(int count, const char* const* arguments) {
  std::map<std::string, std::string> values = {
      {"--network", ""}, {"--input", ""}, {"--output", ""}, {"--batch", ""}, {"--threads", ""}};
  for (int i = 1; i < count; i += 2) {
    const auto option = values.find(arguments[i]);
    if (option == values.end() || i + 1 == count) {
      throw std::runtime_error(std::string("unknown option or option without value: ") +
                               arguments[i]);
    }
    option->second = arguments[i + 1];
  }
  for (const auto& [name, value] : values) {
    if (value.empty()) {
      throw std::runtime_error("missing option " + name);
    }
  }
  PeerOptions options;
  options.network = values["--network"];
  options.input = values["--input"];
  options.output = values["--output"];
  options.batch = std::stoi(values["--batch"]);
  options.threads = std::stoi(values["--threads"]);
  return options;
}

std::vector<float> read_floats(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!file) {
    throw std::runtime_error(path.string() + ": cannot be read");
  }
  return values;
}

void write_floats(const std::filesystem::path& path, const std::vector<float>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
  file.close();
  if (!file) {
    throw std::runtime_error(path.string() + ": cannot be written");
  }
}

int side_of(const PeerOptions& options, std::size_t values) {
  const auto pictures = static_cast<std::size_t>(options.batch) * kChannels;
  const auto side = static_cast<std::size_t>(
      std::lround(std::sqrt(static_cast<double>(values) / static_cast<double>(pictures))));
  if (side * side * pictures != values) {
    throw std::runtime_error(options.input.string() + ": " + std::to_string(values) +
                             " values are not " + std::to_string(options.batch) +
                             " square pictures of 3 channels");
  }
  return static_cast<int>(side);
}

double run_ms(const Forward& forward) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<float> output = forward();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  return output.empty() ? 0 : elapsed.count();
}

void say_ready(const PeerInfo& info) {
#ifdef NDEBUG
  constexpr bool kAsserts = false;
#else
  constexpr bool kAsserts = true;
#endif
#ifdef __OPTIMIZE__
  constexpr bool kOptimised = true;
#else
  constexpr bool kOptimised = false;
#endif
  const nlohmann::json line = {{"library", info.library},
                               {"details", info.details},
                               {"asserts", kAsserts},
                               {"optimised", kOptimised}};
  std::cout << "ready " << line.dump() << std::endl;
}

void obey(const Forward& forward) {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    int count = 0;
    if (!(words >> command >> count) || command != "run" || count < 1) {
      throw std::runtime_error("expected \"run N\", got \"" + line + "\"");
    }
    std::cout << "ms";
    for (int i = 0; i < count; ++i) {
      std::cout << ' ' << run_ms(forward);
    }
    std::cout << std::endl;
  }
}

}  // namespace

int run_peer(int count, const char* const* arguments, const std::function<PeerInfo()>& info,
             const Prepare& prepare) {
  try {
    PeerOptions options = parse(count, arguments);
    const std::vector<float> input = read_floats(options.input);
    options.side = side_of(options, input.size());
    const Forward forward = prepare(options, input);
    write_floats(options.output, forward());
    say_ready(info());
    obey(forward);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << arguments[0] << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace kface_bench
