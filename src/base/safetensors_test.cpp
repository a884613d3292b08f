#include "base/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace kface {
namespace {

TensorFile small_file() {
  TensorFile file;
  file.metadata = {{"format", "kface-test"}, {"name", "김철수"}};
  file.tensors["head.weight"] = {{2, 3}, {1, 2, 3, 4, 5, 6}};
  file.tensors["head.bias"] = {{3}, {-1, 0, 1}};
  return file;
}

std::vector<std::uint8_t> with_header(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t size = header.size();
  std::string bytes(sizeof(size), '\0');
  std::memcpy(bytes.data(), &size, sizeof(size));
  bytes += header + std::string(data_bytes, '\0');
  return {bytes.begin(), bytes.end()};
}

std::string error_of(const std::vector<std::uint8_t>& bytes) {
  const auto file = decode_safetensors(bytes, "x.safetensors");
  EXPECT_FALSE(file.ok());
  return file.ok() ? "" : file.error().message();
}

TEST(Safetensors, ReadsBackWhatWasWritten) {
  const auto bytes = encode_safetensors(small_file());
  const auto file = decode_safetensors(bytes, "x");
  ASSERT_TRUE(file.ok()) << file.error().message();
  EXPECT_EQ(file.value().metadata, small_file().metadata);
  EXPECT_EQ(file.value().tensors.at("head.weight").data, small_file().tensors["head.weight"].data);
  EXPECT_EQ(file.value().tensors.at("head.weight").shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(encode_safetensors(file.value()), bytes);
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const auto bytes = encode_safetensors(small_file());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto file = decode_safetensors(std::span(bytes).first(size), "cut");
    ASSERT_FALSE(file.ok()) << size;
    EXPECT_EQ(file.error().code(), ErrorCode::kCorruption);
  }
}

TEST(Safetensors, HostileHeadersEndInTheirOwnMessage) {
  std::vector<std::uint8_t> huge(16, 0xFF);
  EXPECT_NE(error_of(huge).find("its header claims"), std::string::npos);
  EXPECT_NE(error_of(with_header("[1,2]", 0)).find("not a JSON object"), std::string::npos);
  EXPECT_NE(error_of(with_header("{\"a\":1}", 0)).find("lacks dtype"), std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8))
                .find("dtype \"F64\""),
            std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4))
                .find("impossible shape"),
            std::string::npos);
  EXPECT_NE(
      error_of(
          with_header(
              R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4))
          .find("impossible shape"),
      std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4))
                .find("needs 8"),
            std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                 R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                                 4))
                .find("overlaps"),
            std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                 R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                                 8))
                .find("twice"),
            std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5))
                .find("after the last tensor"),
            std::string::npos);
  EXPECT_NE(error_of(with_header(R"({"__metadata__":{"a":1}})", 0)).find("not a string"),
            std::string::npos);
}

TEST(Safetensors, NanIsRefusedByName) {
  TensorFile file = small_file();
  file.tensors["head.bias"].data[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(error_of(encode_safetensors(file)).find("'head.bias' holds a NaN"), std::string::npos);
}

TEST(Safetensors, MissingFileIsNotFound) {
  const auto file = read_safetensors("/nonexistent/x.safetensors");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
