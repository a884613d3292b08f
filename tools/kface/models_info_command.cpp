#include <cstdio>
#include <nlohmann/json.hpp>

#include "models_commands.h"
#include "store/describe_file.h"
#include "store/model_store.h"

namespace kface::cli {
namespace {

constexpr std::size_t kLongestText = 300;

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t side : shape) {
    text += (text.empty() ? "" : ", ") + std::to_string(side);
  }
  return "[" + text + "]";
}

// What a stranger's file says must not steer the terminal or fill it.
std::string for_terminal(std::string text) {
  for (char& c : text) {
    c = static_cast<unsigned char>(c) < ' ' || c == '\x7F' ? ' ' : c;
  }
  return text.size() <= kLongestText ? text : text.substr(0, kLongestText) + " ...";
}

void print_json(const std::string& path, const FileDescription& description) {
  nlohmann::ordered_json json{{"file", path},
                              {"what", description.what},
                              {"format", description.format},
                              {"bytes", description.bytes},
                              {"digest_kind", digest_kind_name(description.digest_kind)},
                              {"digest", description.digest},
                              {"licence", description.licence},
                              {"parameters", description.parameters},
                              {"parameters_without_fc8", nullptr},
                              {"facts", description.facts},
                              {"tensors", nlohmann::ordered_json::object()}};
  if (description.parameters_without_fc8) {
    json["parameters_without_fc8"] = *description.parameters_without_fc8;
  }
  for (const TensorLine& tensor : description.tensors) {
    json["tensors"][tensor.name] = tensor.shape;
  }
  std::printf("%s\n",
              json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print_text(const std::string& path, const FileDescription& description) {
  const auto line = [](const std::string& name, const std::string& value) {
    std::printf("%-16s %s\n", for_terminal(name).c_str(), for_terminal(value).c_str());
  };
  std::printf("%s: %s\n", path.c_str(), for_terminal(description.what).c_str());
  line("format", description.format);
  line("bytes", grouped_digits(description.bytes));
  line(digest_kind_name(description.digest_kind), description.digest);
  line("licence", description.licence.empty() ? "not known" : description.licence);
  if (!description.tensors.empty()) {
    line("parameters",
         grouped_digits(description.parameters) +
             (description.parameters_without_fc8
                  ? " (" + grouped_digits(*description.parameters_without_fc8) + " without fc8)"
                  : ""));
  }
  for (const auto& [name, value] : description.facts) {
    line(name, value);
  }
  for (const TensorLine& tensor : description.tensors) {
    line("  " + tensor.name, shape_text(tensor.shape));
  }
}

int run_models_info(const Globals& globals, const std::string& name) {
  const auto path = find_model_file(name, models_folder(globals));
  if (!path.ok()) {
    return report_error(path.error());
  }
  const auto description = describe_file(path.value(), globals.threads);
  if (!description.ok()) {
    return report_error(description.error());
  }
  globals.json ? print_json(path.value().string(), description.value())
               : print_text(path.value().string(), description.value());
  return kSuccess;
}

}  // namespace

void add_models_info_command(CLI::App& models, Globals& globals) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command = add_command(
      models, globals, "info", "What a model file is: format, origin, licence, shapes, parameters",
      "  kface models info vgg-face                 of the models folder\n"
      "  kface models info staff.kface              what 'kface train' wrote\n"
      "  kface models info vgg_face_weights.h5 --json",
      [&globals, name] { return run_models_info(globals, *name); });
  command->add_option("MODEL", *name, "a file, or the name of one in the models folder")
      ->required();
}

}  // namespace kface::cli
