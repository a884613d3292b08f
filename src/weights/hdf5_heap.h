// The parts of an HDF5 file over which HDF5 1.10 itself stumbles when they are damaged.
#pragma once

#include <cstdint>
#include <span>

namespace kface {

// Offsets and lengths of 8 bytes; and every global heap (where texts of variable length lie) whose
// objects follow each other to its end. HDF5 loops for ever over an object of no size, and reads
// outside the heap after one of a huge size.
//
// `bytes`: the whole file. Cost: one pass over it.
bool hdf5_heaps_are_sound(std::span<const std::uint8_t> bytes);

}  // namespace kface
