#include "weights/hdf5_dataset.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "weights/hdf5_handle.h"
#include "weights/hdf5_heap.h"

namespace kface {
namespace {

static_assert(sizeof(hid_t) == sizeof(std::int64_t), "the header keeps identifiers as int64");

constexpr int kMaxRank = 4;
constexpr std::size_t kMaxAttributeBytes = 4U << 20U;

std::mutex& hdf5_mutex() {
  static std::mutex mutex;
  return mutex;
}

// "a/b/c" has the prefixes "a", "a/b", "a/b/c"; each must be a hard link, so that neither a file
// nor a part of this one is reached by a detour.
bool hard_path(hid_t file, const std::string& path) {
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string prefix = path.substr(0, end);
    H5L_info_t information{};
    if (H5Lexists(file, prefix.c_str(), H5P_DEFAULT) <= 0 ||
        H5Lget_info(file, prefix.c_str(), &information, H5P_DEFAULT) < 0 ||
        information.type != H5L_TYPE_HARD) {
      return false;
    }
  }
  return true;
}

Hdf5Handle open_object(hid_t file, const std::string& path) {
  return {H5Oopen(file, path.empty() ? "/" : path.c_str(), H5P_DEFAULT), H5Oclose};
}

Hdf5Handle open_dataset(hid_t file, const std::string& path) {
  return {hard_path(file, path) ? H5Dopen2(file, path.c_str(), H5P_DEFAULT) : -1, H5Dclose};
}

std::vector<std::string> read_variable_texts(hid_t attribute, hid_t space, std::size_t count) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  const Hdf5Handle stored(H5Aget_type(attribute), H5Tclose);
  H5Tset_cset(type.get(), H5Tget_cset(stored.get()));
  std::vector<char*> pointers(count, nullptr);
  std::vector<std::string> texts;
  if (H5Aread(attribute, type.get(), pointers.data()) >= 0) {
    for (const char* pointer : pointers) {
      texts.emplace_back(pointer == nullptr ? "" : pointer);
    }
  }
  H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, pointers.data());
  return texts;
}

std::vector<std::string> read_fixed_texts(hid_t attribute, hid_t type, std::size_t count) {
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > kMaxAttributeBytes / count) {
    return {};
  }
  std::vector<char> bytes(size * count);
  if (H5Aread(attribute, type, bytes.data()) < 0) {
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    const char* text = bytes.data() + i * size;
    texts.emplace_back(text, strnlen(text, size));
  }
  return texts;
}

// nullopt: no such attribute, or of another type.
std::optional<std::vector<std::string>> read_texts(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) {
    return std::nullopt;
  }
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  if (!attribute || !space || !type) {
    return std::nullopt;
  }
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count == 0) {
    return std::vector<std::string>{};
  }
  if (count < 0 || static_cast<std::size_t>(count) > kMaxAttributeBytes / sizeof(char*) ||
      H5Tget_class(type.get()) != H5T_STRING) {
    return std::nullopt;
  }
  const auto number = static_cast<std::size_t>(count);
  auto texts = H5Tis_variable_str(type.get()) > 0
                   ? read_variable_texts(attribute.get(), space.get(), number)
                   : read_fixed_texts(attribute.get(), type.get(), number);
  return texts.size() == number ? std::optional(std::move(texts)) : std::nullopt;
}

}  // namespace

std::string hdf5_text(std::int64_t object, const char* attribute) {
  const auto texts = read_texts(object, attribute);
  return texts.has_value() && texts->size() == 1 ? texts->front() : "";
}

Hdf5Session::Hdf5Session() : lock_(hdf5_mutex()) {
  // What HDF5 loses of a damaged file it would complain about, aloud, at the end of the program.
  static const herr_t no_farewell = H5dont_atexit();
  static_cast<void>(no_farewell);
  H5E_auto2_t handler = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &handler, &client_);
  handler_ = reinterpret_cast<void*>(handler);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Session::~Hdf5Session() {
  H5Eset_auto2(H5E_DEFAULT, reinterpret_cast<H5E_auto2_t>(handler_), client_);
}

Result<Hdf5File> Hdf5File::open(const SourceFile& file) {
  if (!hdf5_heaps_are_sound(file.bytes)) {
    return Status{
        ErrorCode::kCorruption,
        file.name() + ": is damaged: its HDF5 superblock or a global heap makes no sense"};
  }
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), /*use_file_locking=*/false, /*ignore_when_disabled=*/true);
  const hid_t id = H5Fopen(file.path.c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0) {
    return Status{ErrorCode::kCorruption, file.name() +
                                              ": HDF5 cannot open it: cut short or "
                                              "damaged; download or copy it again"};
  }
  return Hdf5File(file, id);
}

Hdf5File::Hdf5File(Hdf5File&& other) noexcept
    : file_(other.file_), id_(std::exchange(other.id_, -1)) {}

Hdf5File::~Hdf5File() {
  if (id_ >= 0) {
    H5Fclose(id_);
  }
}

Status Hdf5File::error(const std::string& what) const {
  return {ErrorCode::kCorruption, file_->name() + ": " + what};
}

bool Hdf5File::has(const std::string& path) const { return hard_path(id_, path); }

bool Hdf5File::has_attribute(const std::string& path, const std::string& attribute) const {
  const Hdf5Handle object = open_object(id_, path);
  return object && H5Aexists(object.get(), attribute.c_str()) > 0;
}

Result<std::vector<std::string>> Hdf5File::texts(const std::string& path,
                                                 const std::string& name) const {
  const Hdf5Handle object = open_object(id_, path);
  auto texts = hard_path(id_, path) && object ? read_texts(object.get(), name.c_str())
                                              : std::optional<std::vector<std::string>>{};
  if (!texts.has_value()) {
    return error("attribute '" + name + "' of '/" + path + "' is missing or not a list of texts");
  }
  return std::move(*texts);
}

Result<TensorShape> Hdf5File::shape(const std::string& path) const {
  const Hdf5Handle dataset = open_dataset(id_, path);
  if (!dataset) {
    return error("dataset '" + path + "' is missing, or a link out of its place");
  }
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
  if (H5Tget_class(type.get()) != H5T_FLOAT || H5Tget_size(type.get()) != sizeof(float)) {
    return error("dataset '" + path + "' is not float32, the only type that is read from Keras");
  }
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1 || rank > kMaxRank) {
    return error("dataset '" + path + "' has " + std::to_string(rank) +
                 " dimensions, expected 1 to 4");
  }
  std::array<hsize_t, kMaxRank> dimensions{};
  H5Sget_simple_extent_dims(space.get(), dimensions.data(), nullptr);
  return TensorShape(dimensions.begin(), dimensions.begin() + rank);
}

Result<std::vector<float>> Hdf5File::read(const std::string& path, const TensorShape& shape) const {
  const Hdf5Handle dataset = open_dataset(id_, path);
  KF_TRY(check_storage(dataset.get(), path, value_count(shape) * sizeof(float)));
  std::vector<float> values(value_count(shape));
  if (H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    return error("dataset '" + path + "' cannot be read: cut short or damaged");
  }
  return values;
}

}  // namespace kface
