#include "base/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file_descriptor.h"

namespace kface {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  const auto size = static_cast<std::size_t>(file.size);
  if (size == 0) {
    return MappedFile({});
  }
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor.number(), 0);
  if (start == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's macro
    return io_error(path, "map into memory", errno);
  }
  return MappedFile({static_cast<const std::uint8_t*>(start), size});
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  }
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

void MappedFile::prefetch(std::size_t offset, std::size_t size) const {
  advise(offset, size, MADV_POPULATE_READ);
}

void MappedFile::release(std::size_t offset, std::size_t size) const {
  advise(offset, size, MADV_DONTNEED);
}

void MappedFile::advise(std::size_t offset, std::size_t size, int advice) const {
  KF_REQUIRE(offset <= bytes_.size() && size <= bytes_.size() - offset, offset, size,
             bytes_.size());
  if (size == 0) {
    return;
  }
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = offset / page * page;
  // A hint that an older system does not know changes nothing.
  ::madvise(const_cast<std::uint8_t*>(bytes_.data() + begin), offset + size - begin, advice);
}

}  // namespace kface
