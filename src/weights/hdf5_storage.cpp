// Where the bytes of a dataset lie, and what they would inflate to, before HDF5 touches them.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "weights/hdf5_dataset.h"
#include "weights/hdf5_handle.h"

namespace kface {
namespace {

constexpr std::uint64_t kMaxChunks = 1U << 20U;
constexpr std::uint64_t kChecksumBytes = 4;  // of the filter fletcher32

struct Filters {
  bool known = true;  // nothing but shuffle, deflate (once) and fletcher32
  bool deflate = false;
};

Filters filters_of(hid_t properties) {
  Filters filters;
  const int count = H5Pget_nfilters(properties);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t parameters = 0;
    const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags,
                                               &parameters, nullptr, 0, nullptr, &config);
    const bool first_deflate = filter == H5Z_FILTER_DEFLATE && !filters.deflate;
    filters.deflate = filters.deflate || first_deflate;
    filters.known = filters.known && (first_deflate || filter == H5Z_FILTER_SHUFFLE ||
                                      filter == H5Z_FILTER_FLETCHER32);
  }
  return filters;
}

// Whether `packed` inflates to at most `limit` bytes. HDF5 doubles its buffer until all fits.
bool inflates_within(std::span<const std::uint8_t> packed, std::uint64_t limit) {
  z_stream stream{};
  if (packed.size() > std::numeric_limits<uInt>::max() || inflateInit(&stream) != Z_OK) {
    return false;
  }
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<unsigned char, 1U << 15U> sink{};
  int result = Z_OK;
  while (result == Z_OK && stream.total_out <= limit) {
    stream.next_out = sink.data();
    stream.avail_out = static_cast<uInt>(sink.size());
    result = inflate(&stream, Z_NO_FLUSH);
  }
  const bool within = result == Z_STREAM_END && stream.total_out <= limit;
  inflateEnd(&stream);
  return within;
}

struct Grid {
  int rank = 0;
  std::array<hsize_t, H5S_MAX_RANK> size{};
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  std::uint64_t chunks = 1;
  std::uint64_t chunk_values = 1;
};

// Sizes of dataset and chunk; no chunk may be larger than what it is a part of. False: nonsense.
bool read_grid(hid_t dataset, hid_t properties, Grid& grid) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  grid.rank = H5Sget_simple_extent_dims(space.get(), grid.size.data(), nullptr);
  if (grid.rank < 1 || H5Pget_chunk(properties, H5S_MAX_RANK, grid.chunk.data()) != grid.rank) {
    return false;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(grid.rank); ++i) {
    if (grid.chunk[i] == 0 || grid.chunk[i] > std::max<hsize_t>(grid.size[i], 1)) {
      return false;
    }
    const hsize_t along = (grid.size[i] + grid.chunk[i] - 1) / grid.chunk[i];
    if (__builtin_mul_overflow(grid.chunks, along, &grid.chunks) ||
        __builtin_mul_overflow(grid.chunk_values, grid.chunk[i], &grid.chunk_values)) {
      return false;
    }
  }
  return grid.chunks <= kMaxChunks;
}

// To the next chunk, the last axis fastest.
void next_chunk(const Grid& grid, std::array<hsize_t, H5S_MAX_RANK>& at) {
  for (auto i = static_cast<std::size_t>(grid.rank); i-- > 0;) {
    at[i] += grid.chunk[i];
    if (at[i] < grid.size[i]) {
      return;
    }
    at[i] = 0;
  }
}

// Whether the chunk at `at`, of `size` bytes in the file, unpacks to no more than it may.
bool unpacks(hid_t dataset, const std::array<hsize_t, H5S_MAX_RANK>& at, hsize_t size,
             const Filters& filters, std::uint64_t chunk_bytes) {
  if (!filters.deflate) {
    return size <= chunk_bytes + kChecksumBytes;
  }
  std::vector<std::uint8_t> packed(size);
  std::uint32_t mask = 0;
  return H5Dread_chunk(dataset, H5P_DEFAULT, at.data(), &mask, packed.data()) >= 0 &&
         inflates_within(packed, chunk_bytes + kChecksumBytes);
}

}  // namespace

Status Hdf5File::check_storage(std::int64_t dataset, const std::string& path,
                               std::uint64_t max_bytes) const {
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  std::uint64_t bytes = H5Tget_size(type.get());
  if (!properties || count < 0 ||
      __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(count), &bytes) ||
      bytes > max_bytes) {
    return error("dataset '" + path + "' claims more than the " + std::to_string(max_bytes) +
                 " bytes that the largest tensor has");
  }
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if (layout == H5D_COMPACT || bytes == 0) {
    return {};
  }
  if (H5Pget_external_count(properties.get()) != 0 || layout == H5D_VIRTUAL) {
    return error("dataset '" + path + "' keeps its values in another file, which is not read");
  }
  if (layout == H5D_CHUNKED) {
    return check_chunks(dataset, properties.get(), path);
  }
  const haddr_t offset = H5Dget_offset(dataset);
  if (layout != H5D_CONTIGUOUS || offset == HADDR_UNDEF || H5Dget_storage_size(dataset) != bytes ||
      offset > file_->bytes.size() || bytes > file_->bytes.size() - offset) {
    return error("dataset '" + path + "' does not lie completely in the file: cut short?");
  }
  return {};
}

Status Hdf5File::check_chunks(std::int64_t dataset, std::int64_t properties,
                              const std::string& path) const {
  const Filters filters = filters_of(properties);
  if (!filters.known) {
    return error("dataset '" + path + "' is packed by a filter other than gzip; unpack it with " +
                 "'h5repack -f NONE'");
  }
  Grid grid;
  if (!read_grid(dataset, properties, grid)) {
    return error("dataset '" + path + "' has impossible chunks");
  }
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const std::uint64_t chunk_bytes = grid.chunk_values * H5Tget_size(type.get());
  const std::uint64_t most_packed = compressBound(chunk_bytes) + kChecksumBytes;
  std::array<hsize_t, H5S_MAX_RANK> at{};
  for (std::uint64_t i = 0; i < grid.chunks; ++i, next_chunk(grid, at)) {
    unsigned mask = 0;
    haddr_t offset = HADDR_UNDEF;
    hsize_t size = 0;
    if (H5Dget_chunk_info_by_coord(dataset, at.data(), &mask, &offset, &size) < 0 ||
        offset == HADDR_UNDEF || mask != 0 || offset > file_->bytes.size() ||
        size > file_->bytes.size() - offset) {
      return error("dataset '" + path + "' does not lie completely in the file: cut short?");
    }
    if (size > most_packed || !unpacks(dataset, at, size, filters, chunk_bytes)) {
      return error("dataset '" + path + "' does not unpack to the size it declares");
    }
  }
  return {};
}

}  // namespace kface
