#include "head/model_file.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/files.h"
#include "base/safetensors.h"

namespace kface {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFormat[] = "kface-model";
constexpr int kVersionLowest = 1;
constexpr int kVersion = 2;  // 2: may have `engine`

Json to_json(const Threshold& t) {
  Json json{{"distance", t.distance},
            {"rule", t.rule},
            {"far", nullptr},
            {"num_people", t.num_people},
            {"unseen_people", t.unseen_people}};
  if (t.far) {
    json["far"] = *t.far;
  }
  return json;
}

Threshold threshold_from(const Json& json) {
  Threshold t;
  t.distance = json.at("distance").get<float>();
  t.rule = json.at("rule").get<std::string>();
  if (!json.at("far").is_null()) {
    t.far = json.at("far").get<double>();
  }
  t.num_people = json.at("num_people").get<std::size_t>();
  t.unseen_people = json.at("unseen_people").get<bool>();
  return t;
}

Json to_json(const EngineChoice& engine) {
  Json ways = Json::object();
  for (const auto& [layer, way] : engine.plan.ways) {
    ways[layer] = way_name(way);
  }
  return {{"precision", precision_name(engine.precision)},
          {"otherwise", way_name(engine.plan.otherwise)},
          {"ways", ways},
          {"limits", engine.calibration.limits},
          {"rule", engine.rule},
          {"lowest_cosine", engine.lowest_cosine}};
}

// The value that `name` stands for. Throws Json::other_error for a name that nothing has.
template <typename Parse>
auto parsed(const Parse& parse, const std::string& name) {
  const auto value = parse(name);
  if (!value) {
    throw Json::other_error::create(501, "'" + name + "' is not a name that this build knows",
                                    nullptr);
  }
  return *value;
}

EngineChoice engine_from(const Json& json) {
  EngineChoice engine;
  engine.precision = parsed(parse_precision, json.at("precision").get<std::string>());
  engine.plan.otherwise = parsed(parse_way, json.at("otherwise").get<std::string>());
  for (const auto& [layer, way] : json.at("ways").items()) {
    engine.plan.ways[layer] = parsed(parse_way, way.get<std::string>());
  }
  engine.calibration.limits = json.at("limits").get<std::map<std::string, float>>();
  engine.rule = json.at("rule").get<std::string>();
  engine.lowest_cosine = json.at("lowest_cosine").get<double>();
  return engine;
}

TensorFile to_file(const Model& model) {
  TensorFile file;
  const Head& head = model.head;
  Json facts{{"recipe", model.recipe},
             {"backbone", model.backbone},
             {"backbone_digest", model.backbone_digest},
             {"activation", head.activation == Activation::kTanh ? "tanh" : "linear"},
             {"l2_normalize", head.l2_normalize},
             {"threshold", to_json(model.threshold)},
             {"preprocessing", model.preprocessing},
             {"options", model.options},
             {"data_digest", model.data_digest},
             {"program", model.program}};
  if (model.engine) {
    facts["engine"] = to_json(*model.engine);
  }
  file.metadata = {{"format", kFormat},
                   {"version", std::to_string(model.engine ? kVersion : kVersionLowest)},
                   {"model", facts.dump(-1, ' ', false, Json::error_handler_t::replace)}};
  file.tensors["head.weight"] = {{head.d, head.m}, head.weight};
  file.tensors["head.bias"] = {{head.m}, head.bias};
  if (model.score) {
    file.tensors["score"] = {{2}, {model.score->weight, model.score->bias}};
  }
  return file;
}

class ModelReader {
 public:
  ModelReader(std::string name, TensorFile file) : name_(std::move(name)), file_(std::move(file)) {}

  Result<Model> read() {
    KF_TRY(check_format());
    Model model;
    try {
      read_facts(Json::parse(file_.metadata["model"]), model);
    } catch (const Json::exception& error) {
      return corrupt(std::string("its description does not parse: ") + error.what());
    }
    if (activation_ != "tanh" && activation_ != "linear") {
      return corrupt("activation '" + activation_ + "' is neither tanh nor linear");
    }
    model.head.activation = activation_ == "tanh" ? Activation::kTanh : Activation::kLinear;
    KF_TRY(read_tensors(model));
    return model;
  }

 private:
  Status corrupt(const std::string& what) const {
    return Status{ErrorCode::kCorruption, name_ + ": not a usable kface model: " + what};
  }

  Status check_format() {
    if (file_.metadata["format"] != kFormat) {
      return corrupt("its metadata says format '" + file_.metadata["format"] + "', expected '" +
                     kFormat + "'");
    }
    const std::string& version = file_.metadata["version"];
    const bool is_number = !version.empty() && version.size() < 9 &&
                           version.find_first_not_of("0123456789") == std::string::npos;
    const int number = is_number ? std::stoi(version) : 0;
    if (number < kVersionLowest || number > kVersion) {
      return Status{ErrorCode::kVersion,
                    name_ + ": model format version '" + version + "', this build reads " +
                        std::to_string(kVersionLowest) + ".." + std::to_string(kVersion) +
                        "; update kface or run 'kface train' again"};
    }
    return {};
  }

  void read_facts(const Json& json, Model& model) {
    model.recipe = json.at("recipe").get<std::string>();
    model.backbone = json.at("backbone").get<std::string>();
    model.backbone_digest = json.at("backbone_digest").get<std::string>();
    activation_ = json.at("activation").get<std::string>();
    model.head.l2_normalize = json.at("l2_normalize").get<bool>();
    model.threshold = threshold_from(json.at("threshold"));
    model.preprocessing = json.at("preprocessing").get<std::map<std::string, std::string>>();
    model.options = json.at("options").get<std::map<std::string, std::string>>();
    model.data_digest = json.at("data_digest").get<std::string>();
    model.program = json.at("program").get<std::string>();
    if (json.contains("engine")) {
      model.engine = engine_from(json.at("engine"));
    }
  }

  Status read_tensors(Model& model) {
    for (const auto& [name, tensor] : file_.tensors) {
      if (name != "head.weight" && name != "head.bias" && name != "score") {
        return corrupt("tensor '" + name + "' does not belong there");
      }
    }
    if (!file_.tensors.contains("head.weight") || !file_.tensors.contains("head.bias")) {
      return corrupt("tensor 'head.weight' or 'head.bias' is missing");
    }
    Tensor& weight = file_.tensors["head.weight"];
    Tensor& bias = file_.tensors["head.bias"];
    if (weight.shape.size() != 2 || bias.shape.size() != 1 || weight.data.empty() ||
        bias.shape[0] != weight.shape[1]) {
      return corrupt("tensors 'head.weight' and 'head.bias' have shapes that do not fit");
    }
    model.head.d = weight.shape[0];
    model.head.m = weight.shape[1];
    model.head.weight = std::move(weight.data);
    model.head.bias = std::move(bias.data);
    if (file_.tensors.contains("score")) {
      const Tensor& score = file_.tensors["score"];
      if (score.data.size() != 2) {
        return corrupt("tensor 'score' has " + std::to_string(score.data.size()) +
                       " values, expected 2");
      }
      model.score = ScoreUnit{score.data[0], score.data[1]};
    }
    return {};
  }

  std::string name_;
  TensorFile file_;
  std::string activation_;
};

}  // namespace

Status write_model(const std::filesystem::path& path, const Model& model) {
  return write_safetensors(path, to_file(model));
}

Result<Model> read_model(const std::filesystem::path& path) {
  KF_ASSIGN(TensorFile file, read_safetensors(path));
  return ModelReader(path.string(), std::move(file)).read();
}

std::string model_name(const Model& model) {
  constexpr std::size_t kDigits = 12;
  return sha256_hex(std::span<const std::uint8_t>(encode_safetensors(to_file(model))))
      .substr(0, kDigits);
}

Status check_backbone(const Model& model, const std::string& backbone,
                      const std::string& backbone_digest) {
  if (model.backbone_digest == backbone_digest) {
    return {};
  }
  return Status{ErrorCode::kMismatch, "the model was fitted on backbone " + model.backbone + " (" +
                                          model.backbone_digest.substr(0, 12) + "), this one is " +
                                          backbone + " (" + backbone_digest.substr(0, 12) +
                                          "); use that backbone or run 'kface train' again"};
}

}  // namespace kface
