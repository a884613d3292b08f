// From a protobuf tensor to ours.
#pragma once

#include <string>

#ifndef ONNX_ML
#define ONNX_ML 1  // what Debian's libonnx_proto is built with
#endif
#include <onnx/onnx_pb.h>

#include "onnx/model.h"

namespace kface {

// The numbers move over: `proto` has none afterwards.
// Errors: kCorruption and kMismatch as parse_onnx, without the model's name.
Result<OnnxTensor> take_tensor(onnx::TensorProto& proto, const std::string& name);

}  // namespace kface
