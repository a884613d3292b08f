#include <cstdio>

#include "align/decode.h"
#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "model_arguments.h"

namespace kface::cli {
namespace {

struct VerifyArguments {
  ModelArguments model;
  std::string precision;
  std::string photos[2];
};

Json face_json(const std::string& photo, const AlignedFace& face) {
  Json json{{"photo", photo},
            {"box",
             {{"x", face.box.x},
              {"y", face.box.y},
              {"width", face.box.width},
              {"height", face.box.height}}},
            {"num_faces", face.num_faces},
            {"detector", face.detector},
            {"landmarks", Json::array()},
            {"quality",
             {{"face_size_px", face.quality.face_size_px},
              {"sharpness", face.quality.sharpness},
              {"brightness", face.quality.brightness},
              {"yaw_degrees", face.quality.yaw_degrees},
              {"roll_degrees", face.quality.roll_degrees}}}};
  for (const Point& point : face.landmarks) {
    json["landmarks"].push_back({point.x, point.y});
  }
  return json;
}

void print_result(const VerifyArguments& arguments, const OpenedModel& opened,
                  const Verification& result, double time_ms, bool as_json) {
  const Threshold& threshold = opened.model.threshold;
  if (as_json) {
    Json json{
        {"same", result.same}, {"distance", result.distance}, {"threshold", threshold.distance},
        {"far", nullptr},      {"model", opened.name},        {"faces", Json::array()},
        {"time_ms", time_ms}};
    if (threshold.far) {
      json["far"] = *threshold.far;
    }
    for (int i = 0; i < 2; ++i) {
      json["faces"].push_back(face_json(arguments.photos[i], result.faces[i]));
    }
    std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("%s: distance %.4f, threshold %.4f", result.same ? "same person" : "different people",
              static_cast<double>(result.distance), static_cast<double>(threshold.distance));
  if (threshold.far) {
    std::printf(" (accepts %.3g %% of different people)", *threshold.far * 100);
  } else {
    std::printf(" (%s, never measured on your people: 'kface train' chooses one)",
                threshold.rule.c_str());
  }
  std::printf(", %.0f ms\n", time_ms);
  for (int i = 0; i < 2; ++i) {
    if (result.faces[i].num_faces > 1) {
      std::printf("note: %s shows %d faces, the largest central one was taken\n",
                  arguments.photos[i].c_str(), result.faces[i].num_faces);
    }
  }
}

int run_verify(const Globals& globals, const VerifyArguments& arguments) {
  const auto models = models_folder(globals);
  const auto opened = open_model(globals, arguments.model, parse_precision(arguments.precision));
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const auto verifier = Verifier::create(opened.value(), models, globals.threads);
  if (!verifier.ok()) {
    return report_error(verifier.error());
  }
  std::vector<std::uint8_t> bytes[2];
  for (int i = 0; i < 2; ++i) {
    auto read = read_file(arguments.photos[i], DecodeLimits{}.max_bytes);
    if (!read.ok()) {
      return report_error(read.error());
    }
    bytes[i] = std::move(read).value();
  }
  const double start = now_seconds();
  const auto result = verifier.value()->verify(bytes[0], bytes[1]);
  const double time_ms = (now_seconds() - start) * 1000;
  if (!result.ok()) {
    return report_error(result.error());
  }
  print_result(arguments, opened.value(), result.value(), time_ms, globals.json);
  return kSuccess;
}

}  // namespace

void add_verify_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      add_command(app, globals, "verify", "Do two photos show the same person?",
                  "  kface verify -m staff.kface a.jpg b.jpg\n"
                  "  kface verify -m frozen a.jpg b.jpg --json",
                  [&globals, arguments] { return run_verify(globals, *arguments); });
  add_model_arguments(*command, arguments->model);
  add_precision_argument(*command, arguments->precision);
  command->add_option("A", arguments->photos[0], "first photo")->required();
  command->add_option("B", arguments->photos[1], "second photo")->required();
}

}  // namespace kface::cli
