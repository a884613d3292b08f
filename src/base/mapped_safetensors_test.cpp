#include "base/mapped_safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <thread>

#include "base/content_digest.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/safetensors.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMegabyte = std::size_t{1} << 20U;

class MappedSafetensors : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("kface-mapped-" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path write(const TensorFile& file) const {
    fs::path path = folder / "x.safetensors";
    EXPECT_TRUE(write_safetensors(path, file).ok());
    return path;
  }

  fs::path write(const std::string& bytes) const {
    fs::path path = folder / "x.safetensors";
    EXPECT_TRUE(write_file_atomic(path, bytes).ok());
    return path;
  }

  fs::path folder;
};

TensorFile small_file() {
  TensorFile file;
  file.metadata = {{"format", "kface-test"}, {"name", "김철수"}};
  file.tensors["head.weight"] = {{2, 3}, {1, 2, 3, 4, 5, 6}};
  file.tensors["head.bias"] = {{3}, {-1, 0, 1}};
  file.tensors["nothing"] = {{0, 7}, {}};
  return file;
}

// Two tensors over three pieces of the digest; "b" begins inside the second.
TensorFile large_file() {
  TensorFile file;
  file.tensors["a"] = {{5 * kMegabyte}, std::vector<float>(5 * kMegabyte)};
  file.tensors["b"] = {{5 * kMegabyte}, std::vector<float>(5 * kMegabyte)};
  std::iota(file.tensors["a"].data.begin(), file.tensors["a"].data.end(), 0.5F);
  std::iota(file.tensors["b"].data.begin(), file.tensors["b"].data.end(), -7.0F);
  return file;
}

std::string with_header(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t size = header.size();
  std::string bytes(sizeof(size), '\0');
  std::memcpy(bytes.data(), &size, sizeof(size));
  return bytes + header + std::string(data_bytes, '\0');
}

// Memory that this process has of mapped files, in bytes.
std::size_t mapped_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) {
      return std::stoul(line.substr(std::strlen("RssFile:"))) * 1024;
    }
  }
  ADD_FAILURE() << "no RssFile in /proc/self/status";
  return 0;
}

TEST_F(MappedSafetensors, ShowsWhatWasWritten) {
  const auto path = write(small_file());
  const auto mapped = map_safetensors(path);
  ASSERT_TRUE(mapped.ok()) << mapped.error().message();
  EXPECT_EQ(mapped.value()->metadata(), small_file().metadata);
  ASSERT_EQ(mapped.value()->tensors().size(), 3U);
  for (const auto& [name, tensor] : small_file().tensors) {
    const auto& view = mapped.value()->tensors().at(name);
    EXPECT_EQ(view.shape, tensor.shape) << name;
    EXPECT_EQ(std::vector<float>(view.values.begin(), view.values.end()), tensor.data) << name;
  }
}

TEST_F(MappedSafetensors, DigestIsThatOfThePiecesAndTheSameForAnyNumberOfThreads) {
  const auto path = write(large_file());
  const auto text = read_text(path);
  ASSERT_TRUE(text.ok());
  ASSERT_GT(text.value().size(), 2 * kDigestPiece);
  std::string list;
  for (std::size_t at = 0; at < text.value().size(); at += kDigestPiece) {
    list += sha256_hex(std::string_view(text.value()).substr(at, kDigestPiece)) + "\n";
  }
  for (const unsigned threads : {1U, 2U, 7U}) {
    const auto mapped = map_safetensors(path, threads);
    ASSERT_TRUE(mapped.ok()) << mapped.error().message();
    EXPECT_EQ(mapped.value()->content_digest(), sha256_hex(list)) << threads;
  }
  const auto of_file = content_digest_of_file(path, 2);
  ASSERT_TRUE(of_file.ok());
  EXPECT_EQ(of_file.value(), sha256_hex(list));
}

TEST_F(MappedSafetensors, EveryByteChangesTheDigest) {
  std::string bytes;
  for (const auto byte : encode_safetensors(small_file())) {
    bytes += static_cast<char>(byte);
  }
  const auto before = content_digest_of_file(write(bytes));
  ASSERT_TRUE(before.ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto after = content_digest_of_file(write(changed));
    ASSERT_TRUE(after.ok());
    EXPECT_NE(after.value(), before.value()) << i;
  }
}

// Writes `value` over the bytes at `offset` of an existing file.
void poke(const fs::path& path, std::size_t offset, float value) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(reinterpret_cast<const char*>(&value), sizeof(value));
  ASSERT_TRUE(file.good());
}

TEST_F(MappedSafetensors, NamesTheTensorOfAValueThatIsNoNumberWhereverItLies) {
  const auto path = write(large_file());
  constexpr std::size_t kCount = 5 * kMegabyte;
  const std::size_t data = fs::file_size(path) - 2 * kCount * sizeof(float);
  for (const std::size_t at : {std::size_t{0}, kCount - 1, kCount, 2 * kCount - 1}) {
    poke(path, data + at * sizeof(float),
         at % 2 == 0 ? std::numeric_limits<float>::infinity()
                     : -std::numeric_limits<float>::quiet_NaN());
    const auto mapped = map_safetensors(path, 2);
    ASSERT_FALSE(mapped.ok()) << at;
    EXPECT_EQ(mapped.error().code(), ErrorCode::kCorruption);
    EXPECT_EQ(mapped.error().message(),
              path.string() + ": not a usable safetensors file: tensor '" +
                  (at < kCount ? "a" : "b") + "' holds a NaN or an infinity");
    EXPECT_EQ(mapped.error().message(), read_safetensors(path).error().message());
    poke(path, data + at * sizeof(float), 1);
  }
  EXPECT_TRUE(map_safetensors(path, 2).ok());
}

TEST_F(MappedSafetensors, HeaderTextWhoseBytesAreANanIsNoTensor) {
  for (std::size_t shift = 0; shift < sizeof(float); ++shift) {
    TensorFile file = small_file();
    file.metadata["odd"] = std::string(shift, '.') + "....\xC3\xA9\x7F....";  // e acute, delete
    EXPECT_TRUE(map_safetensors(write(file)).ok());
    file.tensors["head.bias"].data[0] = std::numeric_limits<float>::infinity();  // the first byte
    EXPECT_FALSE(map_safetensors(write(file)).ok());
  }
}

TEST_F(MappedSafetensors, RefusesWhatTheCopyingReaderRefusesInTheSameWords) {
  std::string whole;
  for (const auto byte : encode_safetensors(small_file())) {
    whole += static_cast<char>(byte);
  }
  std::vector<std::string> hostile = {
      std::string(16, '\xFF'),
      with_header("[1,2]", 0),
      with_header("{\"a\":1}", 0),
      with_header(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8),
      with_header(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4),
      with_header(R"({"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}})", 4),
      with_header(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})",
                  4),
      with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4),
      with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551615,3]}})",
                  4),
      with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5),
      with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                  R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                  8),
      with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8),
      with_header(R"({"__metadata__":{"a":1}})", 0),
  };
  for (std::size_t size = 0; size < whole.size(); ++size) {
    hostile.push_back(whole.substr(0, size));
  }
  for (const std::string& bytes : hostile) {
    const auto path = write(bytes);
    const auto mapped = map_safetensors(path);
    const auto copied = read_safetensors(path);
    ASSERT_FALSE(mapped.ok()) << bytes;
    ASSERT_FALSE(copied.ok()) << bytes;
    EXPECT_EQ(mapped.error().code(), copied.error().code());
    EXPECT_EQ(mapped.error().message(), copied.error().message());
  }
}

TEST_F(MappedSafetensors, DataAtAnOddByteIsRefused) {
  const auto path = write(with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"
                                      " ",
                                      4));
  const auto mapped = map_safetensors(path);
  ASSERT_FALSE(mapped.ok());
  EXPECT_NE(mapped.error().message().find("begins at byte 63, expected a multiple of 4"),
            std::string::npos)
      << mapped.error().message();
}

TEST_F(MappedSafetensors, MissingFilesAndFoldersAreNotFound) {
  EXPECT_EQ(map_safetensors(folder / "none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(map_safetensors(folder).error().code(), ErrorCode::kNotFound);
}

TEST_F(MappedSafetensors, TakesMemoryOnlyForWhatIsUsedAndGivesItBack) {
  const TensorFile file = large_file();
  const std::size_t tensor_bytes = file.tensors.at("a").data.size() * sizeof(float);
  const auto path = write(file);
  const std::size_t before = mapped_memory();
  const auto mapped = map_safetensors(path);
  ASSERT_TRUE(mapped.ok());
  EXPECT_LT(mapped_memory(), before + 4 * kMegabyte);
  const auto values = mapped.value()->tensors().at("a").values;
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), file.tensors.at("a").data);
  EXPECT_GT(mapped_memory(), before + tensor_bytes / 2);
  mapped.value()->release("a");
  EXPECT_LT(mapped_memory(), before + 4 * kMegabyte);
  EXPECT_EQ(values.back(), file.tensors.at("a").data.back());
  EXPECT_THROW(mapped.value()->release("c"), ContractViolation);
}

TEST_F(MappedSafetensors, KeepsTheOldFileWhenItIsReplaced) {
  const auto path = write(small_file());
  const auto mapped = map_safetensors(path);
  ASSERT_TRUE(mapped.ok());
  TensorFile other;
  other.tensors["head.bias"] = {{1}, {9}};
  write(other);
  mapped.value()->release("head.bias");
  EXPECT_EQ(mapped.value()->tensors().at("head.bias").values[2], 1.0F);
}

TEST_F(MappedSafetensors, ManyThreadsMayReadAndRelease) {
  const auto mapped = map_safetensors(write(large_file()), 2);
  ASSERT_TRUE(mapped.ok());
  const auto values = mapped.value()->tensors().at("b").values;
  std::vector<double> sums(4);
  std::vector<std::thread> threads;
  threads.reserve(sums.size());
  for (double& sum : sums) {
    threads.emplace_back([&mapped, &sum, values] {
      mapped.value()->release("b");
      sum = std::accumulate(values.begin(), values.end(), 0.0);
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  const TensorFile file = large_file();
  const std::vector<float>& data = file.tensors.at("b").data;
  EXPECT_EQ(sums, std::vector<double>(4, std::accumulate(data.begin(), data.end(), 0.0)));
}

}  // namespace
}  // namespace kface
