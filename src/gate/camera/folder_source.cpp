#include "gate/camera/folder_source.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <vector>

#include "align/decode.h"
#include "base/files.h"

namespace kface {
namespace {

constexpr DecodeLimits kFrameLimits{.max_bytes = std::size_t{64} << 20U, .max_pixels = 50'000'000};

class FolderSource : public FrameSource {
 public:
  FolderSource(std::vector<std::filesystem::path> files, double fps)
      : files_(std::move(files)), fps_(fps) {}

  Result<std::optional<Frame>> next() override {
    if (next_ == files_.size()) {
      return std::optional<Frame>();
    }
    const std::size_t index = next_++;
    const std::string name = files_[index].string();
    KF_ASSIGN(const auto bytes, read_file(name, kFrameLimits.max_bytes));
    auto image = decode_image(bytes, kFrameLimits);
    if (!image.ok()) {
      return Status{image.error().code(), name + ": " + image.error().message()};
    }
    const double time_ms = static_cast<double>(index) * 1000 / fps_;
    return std::optional<Frame>(Frame{std::move(image).value(), std::llround(time_ms)});
  }

  bool live() const override { return false; }

 private:
  std::vector<std::filesystem::path> files_;
  double fps_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> open_folder_source(const std::filesystem::path& folder,
                                                        double fps) {
  KF_REQUIRE(fps > 0, fps);
  std::error_code error;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code gone;
    if (is_image_name(entries->path().filename().string()) && entries->is_regular_file(gone)) {
      files.push_back(entries->path());
    }
  }
  if (error) {
    return Status{ErrorCode::kIo, folder.string() + ": cannot be listed: " + error.message()};
  }
  if (files.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  folder.string() + ": holds no images (jpg, png, bmp, tif, webp, pgm, ppm)"};
  }
  std::sort(files.begin(), files.end());
  return std::unique_ptr<FrameSource>(new FolderSource(std::move(files), fps));
}

}  // namespace kface
