// A video of people who walk up to a camera, made of photographs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace kface::fixture {

struct WalkOptions {
  int width = 640;
  int height = 480;
  double fps = 15;
  std::size_t frames_each = 20;     // with a person in them
  std::size_t frames_between = 15;  // of an empty hall, before the first and after each person
};

// Each photograph in turn, swaying a little as people do, in front of a grey hall. Motion JPEG in
// AVI, which OpenCV reads without other libraries. Throws std::runtime_error.
void write_walk_video(const std::vector<std::filesystem::path>& photos,
                      const std::filesystem::path& video, const WalkOptions& options = {});

// One frame of such a video with the person in its middle, as a JPEG file.
void write_frame(const std::filesystem::path& photo, const std::filesystem::path& file,
                 const WalkOptions& options = {});

}  // namespace kface::fixture
