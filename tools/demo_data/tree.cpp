#include "tree.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <system_error>

#include "align/simulate.h"
#include "base/files.h"
#include "plan.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr int kJpegQuality = 92;
constexpr const char* kNotice =
    "The conditions of these photos are simulated: lux, direction of the light, glasses, "
    "sunglasses and caps\nwere drawn by a program onto real photos, the examples of dlib (Boost "
    "Software License 1.0); nobody was\nphotographed under them. Several pictures of one person "
    "can come from one and the same photo. Expressions\nare as in the photos, whatever the folder "
    "says.\n\npicture,person,photo\n";

struct Picture {
  const DemoPhoto* photo;
  std::string path;
  PlannedImage plan;
};

Result<std::vector<std::uint8_t>> encode_jpeg(const Image& image, const std::string& name) {
  std::vector<std::uint8_t> bytes;
  try {
    const cv::Mat rgb(image.height, image.width, CV_8UC3,
                      const_cast<std::uint8_t*>(image.pixels.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    if (cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality})) {
      return bytes;
    }
  } catch (const cv::Exception& error) {
    return Status{ErrorCode::kIo, name + ": could not be encoded as JPEG: " + error.what()};
  }
  return Status{ErrorCode::kIo, name + ": could not be encoded as JPEG"};
}

Status replace_folder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::remove_all(to, error);
  if (!error) {
    fs::rename(from, to, error);
  }
  if (error) {
    return {ErrorCode::kIo, to.string() + ": cannot be replaced: " + error.message()};
  }
  return {};
}

}  // namespace

Result<std::size_t> write_demo_tree(const std::vector<DemoPerson>& people, const fs::path& tree,
                                    const JobContext& context) {
  std::vector<Picture> pictures;
  std::string notice = kNotice;
  for (std::size_t person = 0; person < people.size(); ++person) {
    const std::string identity = demo_identity(person);
    const auto& photos = people[person].photos;
    for (const PlannedImage& plan : plan_person(person, photos.size(), kDemoSeed)) {
      pictures.push_back({&photos[plan.photo], planned_path(identity, plan), plan});
      notice +=
          pictures.back().path + "," + people[person].name + "," + photos[plan.photo].source + "\n";
    }
  }

  fs::path unfinished = tree;
  unfinished += ".unfinished";
  std::error_code ignored;
  fs::remove_all(unfinished, ignored);
  KF_TRY(write_file_atomic(unfinished / "SIMULATED.txt", notice));
  KF_TRY(parallel_for(pictures.size(), context, [&](std::size_t item, unsigned) -> Status {
    const Picture& picture = pictures[item];
    const Portrait& portrait = picture.photo->portrait;
    const Image image =
        simulate(portrait.image, portrait.landmarks,
                 simulation_of(picture.plan.session, picture.plan.light), picture.plan.seed);
    KF_ASSIGN(const std::vector<std::uint8_t> bytes, encode_jpeg(image, picture.path));
    return write_file_atomic(unfinished / picture.path, bytes);
  }));
  KF_TRY(replace_folder(unfinished, tree));
  return pictures.size();
}

}  // namespace kface
