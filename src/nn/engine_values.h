// Values of a network while an engine is built: in which forms each exists, and how it is brought
// into another.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/engine_ops.h"

namespace kface {

enum class Layout : std::uint8_t { kPlain, kNhwc, kBlocked, kOther };

// A value in one form. real number = scale * stored number.
struct Stored {
  dnnl::memory::desc desc;
  Layout layout = Layout::kOther;
  BufferId buffer = kNoBuffer;
  float scale = 1;
};

class ValueForms {
 public:
  ValueForms(const Network& network, std::span<const Shape> shapes, std::size_t batch, OpList& ops)
      : network_(network), shapes_(shapes), batch_(batch), ops_(ops), forms_(shapes.size()) {}

  // [batch, shape of value] as `type` in `layout`.
  dnnl::memory::desc desc(std::size_t value, DataType type, Layout layout) const;
  dnnl::memory::dims dims(std::size_t value) const;
  Layout layout_of(std::size_t value, const dnnl::memory::desc& desc) const;

  // A new buffer for `value` in that form; the caller adds the operation that fills it.
  Stored create(std::size_t value, const dnnl::memory::desc& desc, float scale = 1);
  void set(std::size_t value, const Stored& stored) { forms_[value].push_back(stored); }

  // The form in which the value was computed.
  const Stored& first(std::size_t value) const { return forms_[value].front(); }

  // The value in the form `desc`; adds the conversion where it does not exist yet.
  Stored get(std::size_t value, const dnnl::memory::desc& desc, float scale = 1);
  // Float32 in a layout in which channels are known: the one it has, or NHWC.
  Stored get_f32(std::size_t value);

  // Adds an operation that copies `from` into (a part of) the buffer `to`, adding to what is there
  // if `accumulate`.
  void convert(const std::string& layer, const Stored& from, BufferId to,
               const dnnl::memory::desc& to_desc, float to_scale, bool accumulate);

  const std::string& name_of(std::size_t value) const;

 private:
  const Network& network_;
  std::span<const Shape> shapes_;
  std::size_t batch_;
  OpList& ops_;
  std::vector<std::vector<Stored>> forms_;  // by value
};

}  // namespace kface
