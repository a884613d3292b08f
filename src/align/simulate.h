// Changes what a photo was taken under: a dimmer lamp, light from one side, glasses, a cap. For
// demo data and robustness tests where real photos under those conditions are missing; what comes
// out is a drawing on a real face and must be called simulated wherever it is shown.
#pragma once

#include <cstdint>

#include "kface/image.h"

namespace kface {

enum class Accessory {
  kNone,
  kGlasses,     // thin metal frame
  kHornRimmed,  // thick dark frame
  kSunglasses,
  kCap,
  kCapAndHornRimmed,
  kMask,
};

struct Simulation {
  Accessory accessory = Accessory::kNone;

  // Light from one lamp instead of the photo's own, which is taken as frontal.
  bool directional = false;
  double light_azimuth_degrees = 0;    // + = lamp at the viewer's right, 90 = from the side
  double light_elevation_degrees = 0;  // + = lamp above the face

  // Illuminance, of which the photo is taken as 1000 lux. Less is darker, warmer and noisier, as a
  // camera with fixed exposure shows it; 0 leaves the stray light of a dark room.
  int lux = 1000;

  double blur_sigma_px = 0;  // Gaussian, out of focus
  double noise_sigma = 0;    // grey levels (0..255), white, on top of the camera's own
};

// The photo of a face as it would look under `simulation`.
//
// Requires: a picture; finite landmarks, at most 100,000 px from the origin and with eyes at least
//           4 px apart (they may lie outside the picture); lux in [0, 1000]; azimuth in [-90, 90],
//           elevation in [-60, 60]; both sigmas in [0, 64].
// Ensures:  same size; same arguments = same bytes; a default Simulation changes nothing. The seed
//           chooses colours of accessories and the noise.
// Cost:     about 10 ms for 432x648. Thread-safe.
Image simulate(const Image& photo, const Landmarks5& landmarks, const Simulation& simulation,
               std::uint64_t seed);

}  // namespace kface
