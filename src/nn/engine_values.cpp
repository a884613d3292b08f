#include "nn/engine_values.h"

#include <algorithm>

#include "nn/plan.h"

namespace kface {
namespace {

Tag blocked_tag() {
  return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core ? Tag::nChw16c : Tag::nChw8c;
}

Tag tag_of(Layout layout) {
  switch (layout) {
    case Layout::kPlain:
      return Tag::nchw;
    case Layout::kNhwc:
      return Tag::nhwc;
    case Layout::kBlocked:
      return blocked_tag();
    default:
      return Tag::any;
  }
}

}  // namespace

dnnl::memory::dims ValueForms::dims(std::size_t value) const {
  const Shape& shape = shapes_[value];
  return {static_cast<dnnl::memory::dim>(batch_), static_cast<dnnl::memory::dim>(shape.channels),
          static_cast<dnnl::memory::dim>(shape.height),
          static_cast<dnnl::memory::dim>(shape.width)};
}

dnnl::memory::desc ValueForms::desc(std::size_t value, DataType type, Layout layout) const {
  return {dims(value), type, tag_of(layout)};
}

Layout ValueForms::layout_of(std::size_t value, const dnnl::memory::desc& desc) const {
  for (const Layout layout : {Layout::kNhwc, Layout::kBlocked, Layout::kPlain}) {
    if (desc == this->desc(value, desc.data_type(), layout)) {
      return layout;
    }
  }
  return Layout::kOther;
}

const std::string& ValueForms::name_of(std::size_t value) const {
  static const std::string input = kInputName;
  return value == 0 ? input : network_.layers[value - 1].name;
}

Stored ValueForms::create(std::size_t value, const dnnl::memory::desc& desc, float scale) {
  const Stored stored{.desc = desc,
                      .layout = layout_of(value, desc),
                      .buffer = ops_.add_buffer(desc.get_size()),
                      .scale = scale};
  set(value, stored);
  return stored;
}

void ValueForms::convert(const std::string& layer, const Stored& from, BufferId to,
                         const dnnl::memory::desc& to_desc, float to_scale, bool accumulate) {
  dnnl::primitive_attr attributes;
  if (from.scale != to_scale) {
    attributes.set_output_scales(0, {from.scale / to_scale});
  }
  if (accumulate) {
    dnnl::post_ops sum;
    sum.append_sum(1.0F);
    attributes.set_post_ops(sum);
  }
  const dnnl::reorder::primitive_desc reorder(onednn_engine(), from.desc, onednn_engine(), to_desc,
                                              attributes);
  ops_.add({.layer = layer,
            .what = accumulate ? "add" : "reorder",
            .primitive = dnnl::reorder(reorder),
            .arguments = {{.name = DNNL_ARG_FROM, .desc = from.desc, .buffer = from.buffer},
                          {.name = DNNL_ARG_TO, .desc = to_desc, .buffer = to}}});
}

Stored ValueForms::get(std::size_t value, const dnnl::memory::desc& desc, float scale) {
  for (const Stored& form : forms_[value]) {
    if (form.desc == desc) {
      return form;
    }
  }
  const Stored from = first(value);
  const Stored to = create(value, desc, scale);
  convert(name_of(value), from, to.buffer, desc, scale, false);
  return to;
}

Stored ValueForms::get_f32(std::size_t value) {
  for (const Stored& form : forms_[value]) {
    const bool known = form.layout == Layout::kNhwc || form.layout == Layout::kBlocked;
    if (known && form.desc.data_type() == DataType::f32) {
      return form;
    }
  }
  return get(value, desc(value, DataType::f32, Layout::kNhwc));
}

}  // namespace kface
