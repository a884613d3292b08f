// Frames with their times, from a camera, a stream, a video file or a folder of images. The only
// place where OpenCV's video headers are included.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kface/image.h"
#include "kface/status.h"

namespace kface {

struct Frame {
  Image image;
  std::int64_t time_ms = 0;  // see FrameSource::live; never less than the frame before it
};

struct FrameSourceOptions {
  int width = 0;           // pixels asked of a device; 0: as the device likes. It may give others
  int height = 0;          // the same
  double fps = 0;          // asked of a device; 0: as the device likes
  double folder_fps = 15;  // of a folder of images, and of a file that does not say; above 0
  int open_timeout_ms = 10000;  // of a stream; a file and a device have none
  int read_timeout_ms = 5000;   // the same, for one frame
};

// Not thread-safe: one thread at a time. Destroying it closes the device or connection.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  // The next frame, or nothing at the end of a file or folder. Waits for a live source.
  //
  // Errors: kIo for a live source that gives no more frames (unplugged, connection lost, timeout):
  //         open it again; kCorruption for a frame that cannot be decoded or is larger than 50
  //         megapixels, with the file's name where there is one. After an error: the same again,
  //         or what follows; never a crash.
  virtual Result<std::optional<Frame>> next() = 0;

  // True for a device or a stream: its times are those of the clock at arrival, frames come on
  // their own and are lost if nobody takes them. False for files: times count from 0 at the first
  // frame, as the file has them.
  virtual bool live() const = 0;
};

// Milliseconds of a clock that never goes back; asked as each frame of a live source arrives.
using ClockMs = std::function<std::int64_t()>;

// `what`: a V4L2 device (/dev/video0), a URL with :// (rtsp://, http://), a video file in a form
// that OpenCV's build reads, or a folder of images (in order of their names; other files are
// skipped). OpenCV and FFmpeg may write warnings of their own on stderr.
//
// Requires: options in their ranges; a clock that is not empty.
// Errors:   kNotFound: no such file, folder or device; kIo: it does not open or answer (text says
//           what to look at; a URL's user and password are never shown); kCorruption: a file that
//           is no video; kInvalidArgument: a folder without images.
Result<std::unique_ptr<FrameSource>> open_frame_source(const std::string& what,
                                                       const FrameSourceOptions& options,
                                                       ClockMs clock);

// `url` with what stands before '@' in its host part replaced by "***", for messages and logs.
std::string without_password(const std::string& url);

// True for names that end as photos do (jpg, jpeg, png, bmp, tif, tiff, webp, pgm, ppm), whatever
// the case.
bool is_image_name(const std::string& name);

}  // namespace kface
