#include "experiment/acquisition.h"

#include "dataset/simulated.h"

namespace kface {

Acquisition acquisition_of(const Manifest& manifest) {
  Acquisition acquisition;
  for (const ImageRecord& image : manifest.images) {
    acquisition.num_photos += is_drawn_copy(image) ? 0U : 1U;
    acquisition.num_rejected += image.accepted() ? 0U : 1U;
  }
  return acquisition;
}

}  // namespace kface
