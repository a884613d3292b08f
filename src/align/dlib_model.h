// Reading dlib's model files. For .cpp files that see dlib anyway.
#pragma once

#include <dlib/serialize.h>

#include <exception>
#include <filesystem>

#include "kface/status.h"

namespace kface {

// Errors: kNotFound, kCorruption (dlib's reason in brackets); both say what to do.
template <typename Model>
Status load_dlib_model(const std::filesystem::path& path, Model& model) {
  if (!std::filesystem::is_regular_file(path)) {
    return {ErrorCode::kNotFound, path.string() + ": no such file; run `make setup`"};
  }
  try {
    dlib::deserialize(path.string()) >> model;
  } catch (const std::exception& error) {  // dlib's, or bad_alloc for a size that is nonsense
    return {ErrorCode::kCorruption, path.string() + ": not the dlib model that is expected (" +
                                        error.what() + "); delete it and run `make setup`"};
  }
  return {};
}

}  // namespace kface
