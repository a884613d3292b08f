// Photos that were refused at import are in no figure, so their share stands beside every figure.
#pragma once

#include <cstddef>

#include "kface/manifest.h"

namespace kface {

struct Acquisition {
  std::size_t num_photos = 0;    // taken or refused; drawn copies are no photos
  std::size_t num_rejected = 0;  // of them

  // The failure-to-acquire rate (ISO/IEC 19795-1); 0 without photos.
  double failure_rate() const {
    return num_photos == 0 ? 0.0
                           : static_cast<double>(num_rejected) / static_cast<double>(num_photos);
  }
};

Acquisition acquisition_of(const Manifest& manifest);

}  // namespace kface
