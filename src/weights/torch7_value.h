// What torch.save of Torch7 wrote (binary, 64-bit), as values. Storages stay where they are in the
// file; nothing is copied and nothing is run.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kface/status.h"

namespace kface {

struct Torch7Value {
  enum class Kind { kNil, kNumber, kText, kBoolean, kObject };

  Kind kind = Kind::kNil;
  double number = 0;       // kNumber, kBoolean
  std::string text = {};   // kText
  std::int32_t index = 0;  // kObject: its number in the file
};

struct Torch7Object {
  std::string class_name;                                   // "" for a table
  std::vector<std::pair<Torch7Value, Torch7Value>> fields;  // of a table, or of a class that is one
  // torch.*Tensor
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0;  // of its first value in the storage, from 1
  Torch7Value storage;
  // torch.*Storage
  std::span<const std::uint8_t> data;
  std::size_t value_bytes = 0;
};

struct Torch7File {
  Torch7Value root;
  std::map<std::int32_t, Torch7Object> objects;

  // nullptr unless `value` is an object that is there.
  const Torch7Object* object(const Torch7Value& value) const;
  // The field `name` of a table or class; nil when it has none.
  Torch7Value field(const Torch7Object& object, std::string_view name) const;
};

// Errors: kCorruption, with `name` and the place in the file: cut short, a number that an object
//         may not have, a class or kind of value that weights do not need, nested too deeply, bytes
//         after the end.
Result<Torch7File> parse_torch7(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace kface
