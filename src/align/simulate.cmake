# Other light and worn things on a real photo: for demo data and robustness tests.
kface_library(simulate
  SOURCES simulate.cpp simulate_accessory.cpp simulate_frame.cpp simulate_light.cpp
          simulate_paint.cpp
  LINK kface::base opencv_core
  PRIVATE_LINK opencv_imgproc)

kface_test(simulate_test.cpp LABELS unit LINK kface::simulate)
