// A folder of its own for each test, gone at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "kface/status.h"

namespace kface {

class TempFolderForTest {
 public:
  TempFolderForTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kface-g-XXXXXX").string();
    KF_REQUIRE(::mkdtemp(pattern.data()) != nullptr, pattern);
    path_ = pattern;
  }
  ~TempFolderForTest() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolderForTest(const TempFolderForTest&) = delete;
  TempFolderForTest& operator=(const TempFolderForTest&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace kface
