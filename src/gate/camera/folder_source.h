// A folder of images as a video.
#pragma once

#include <filesystem>
#include <memory>

#include "gate/camera/frame_source.h"

namespace kface {

// See open_frame_source. Requires: fps > 0.
Result<std::unique_ptr<FrameSource>> open_folder_source(const std::filesystem::path& folder,
                                                        double fps);

}  // namespace kface
