// MATLAB 7.3: HDF5 behind 512 bytes of text. A struct is a group, a cell array a dataset of
// references, everything else a dataset whose dimensions are reversed; the attribute MATLAB_class
// says which.
#include <algorithm>
#include <array>

#include "weights/hdf5_dataset.h"
#include "weights/hdf5_handle.h"
#include "weights/mat_node.h"

namespace kface {
namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxTextLength = 4096;
constexpr std::size_t kMaxCells = 100'000;

struct Links {
  std::vector<std::string> names;
  bool hard = true;
};

herr_t collect_link(hid_t, const char* name, const H5L_info_t* information, void* data) {
  auto& links = *static_cast<Links*>(data);
  links.hard = links.hard && information->type == H5L_TYPE_HARD;
  links.names.emplace_back(name);
  return links.hard ? 0 : 1;
}

class Mat73Reader {
 public:
  Mat73Reader(const Hdf5File& h5, const SourceFile& file, const MatLimits& limits)
      : h5_(h5), name_(file.name()), limits_(limits) {}

  Result<MatNode> read() {
    MatNode variables{.kind = MatNode::Kind::kStruct, .shape = {1, 1}};
    for (const char* name : {"net", "layers", "normalization", "meta"}) {
      if (h5_.has(name)) {
        const Hdf5Handle object(H5Oopen(h5_.id(), name, H5P_DEFAULT), H5Oclose);
        KF_ASSIGN(MatNode node, read_object(object, name, /*keep=*/false, 0));
        variables.fields.emplace_back(name, std::move(node));
      }
    }
    return variables;
  }

 private:
  Status error(const std::string& what) const {
    return {ErrorCode::kCorruption, name_ + ": not a usable MATLAB 7.3 file: " + what};
  }

  // `path`: what errors call the object.
  Result<MatNode> read_object(const Hdf5Handle& object, const std::string& path, bool keep,
                              int depth) {
    if (!object) {
      return error("'" + path + "' cannot be opened");
    }
    if (depth > kMaxDepth || ++nodes_ > limits_.nodes) {
      return error("its values are nested too deeply, or are too many");
    }
    const std::string kind = hdf5_text(object.get(), "MATLAB_class");
    const bool dataset = H5Iget_type(object.get()) == H5I_DATASET;
    if (!dataset) {
      return kind == "struct" ? read_struct(object.get(), path, depth) : MatNode{};
    }
    MatNode node{.shape = shape_of(object.get())};
    if (H5Aexists(object.get(), "MATLAB_empty") > 0) {
      return node;
    }
    if (kind == "cell") {
      KF_TRY(read_cells(node, object.get(), path, keep, depth));
    } else if (kind == "char") {
      KF_TRY(read_text(node, object.get(), path));
    } else if (kind == "single" || kind == "double") {
      KF_TRY(read_number(node, object.get(), path, keep));
    }
    return node;
  }

  static TensorShape shape_of(hid_t dataset) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    std::array<hsize_t, H5S_MAX_RANK> dimensions{};
    const int rank = H5Sget_simple_extent_dims(space.get(), dimensions.data(), nullptr);
    TensorShape shape(dimensions.begin(), dimensions.begin() + std::max(rank, 0));
    std::reverse(shape.begin(), shape.end());
    return shape;
  }

  Result<MatNode> read_struct(hid_t group, const std::string& path, int depth) {
    MatNode node{.kind = MatNode::Kind::kStruct, .shape = {1, 1}};
    Links links;
    hsize_t at = 0;
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &at, collect_link, &links) < 0) {
      return error("the fields of '" + path + "' cannot be listed");
    }
    if (!links.hard) {
      return error("'" + path + "/" + links.names.back() + "' is a link to elsewhere");
    }
    for (const std::string& name : links.names) {
      const Hdf5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
      std::string member_path = path;
      member_path.append("/").append(name);
      KF_ASSIGN(MatNode member,
                read_object(object, member_path, MatLimits::keeps(name), depth + 1));
      node.fields.emplace_back(name, std::move(member));
    }
    return node;
  }

  Status read_cells(MatNode& node, hid_t dataset, const std::string& path, bool keep, int depth) {
    const std::size_t count = value_count(node.shape);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (count > kMaxCells || H5Tequal(type.get(), H5T_STD_REF_OBJ) <= 0) {
      return error("cell array '" + path + "' has no references, or too many");
    }
    KF_TRY(h5_.check_storage(dataset, path, kMaxCells * sizeof(hobj_ref_t)));
    std::vector<hobj_ref_t> references(count);
    if (H5Dread(dataset, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references.data()) < 0) {
      return error("cell array '" + path + "' cannot be read");
    }
    node.kind = MatNode::Kind::kCell;
    for (std::size_t i = 0; i < count; ++i) {
      const Hdf5Handle object(H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, &references[i]),
                              H5Oclose);
      std::string member_path = path;
      member_path.append("{").append(std::to_string(i + 1)).append("}");
      KF_ASSIGN(MatNode member, read_object(object, member_path, keep, depth + 1));
      node.cells.push_back(std::move(member));
    }
    return {};
  }

  Status read_text(MatNode& node, hid_t dataset, const std::string& path) const {
    const std::size_t count = value_count(node.shape);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (count > kMaxTextLength || H5Tget_class(type.get()) != H5T_INTEGER) {
      return {};
    }
    KF_TRY(h5_.check_storage(dataset, path, kMaxTextLength * sizeof(std::uint64_t)));
    std::vector<std::uint16_t> letters(count);
    if (H5Dread(dataset, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, letters.data()) < 0) {
      return error("text '" + path + "' cannot be read");
    }
    node.kind = MatNode::Kind::kText;
    for (const std::uint16_t letter : letters) {
      node.text += static_cast<char>(letter & 0xFFU);
    }
    return {};
  }

  // HDF5 itself turns double into float32.
  Status read_number(MatNode& node, hid_t dataset, const std::string& path, bool keep) {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (H5Tget_class(type.get()) != H5T_FLOAT) {
      return {};  // complex
    }
    node.kind = MatNode::Kind::kNumber;
    const std::size_t count = value_count(node.shape);
    if (!keep || count > limits_.largest) {
      return {};
    }
    values_ += count;
    if (values_ > limits_.total) {
      return error("its weights are more numbers than VGG-Face has");
    }
    KF_TRY(h5_.check_storage(dataset, path, limits_.largest * sizeof(double)));
    node.values.resize(count);
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, node.values.data()) < 0) {
      return error("'" + path + "' cannot be read");
    }
    return {};
  }

  const Hdf5File& h5_;
  std::string name_;
  const MatLimits& limits_;
  std::size_t nodes_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Result<MatNode> read_mat73(const SourceFile& file, const MatLimits& limits) {
  const Hdf5Session session;
  KF_ASSIGN(const Hdf5File h5, Hdf5File::open(file));
  return Mat73Reader(h5, file, limits).read();
}

}  // namespace kface
