// An ONNX model as a network of our own layers, where all of its operators are known.
//
// Known: Conv, Gemm, MatMul with a constant; BatchNormalization, and Add, Sub, Mul, Div with a
// constant a channel; Add of two values; Relu, PRelu, LeakyRelu; MaxPool, AveragePool,
// GlobalAveragePool; and what only renames or flattens: Identity, Dropout, Flatten, Reshape,
// Squeeze, Unsqueeze, with the arithmetic of shapes that PyTorch writes before a Reshape.
#pragma once

#include <cstddef>
#include <string>

#include "kface/status.h"
#include "nn/network.h"
#include "onnx/model.h"

namespace kface {

// The value that `feature` names: a value itself, or the first output of the node of that name; ""
// names the model's output if there is one only.
// Errors: kMismatch, with what there is.
Result<std::string> find_value(const OnnxModel& model, const std::string& feature);

// Errors: kMismatch if the model's input has another size than [n, 3, height, width].
Status check_picture_size(const OnnxModel& model, std::size_t height, std::size_t width);

// The network that computes value `output` (as find_value gives it) from one picture.
//
// Ensures: value_shapes() accepts it; scalings have been folded into the layers before them where
//          nobody else reads those; weights are shared with `model` where they are the same.
// Errors:  kMismatch, naming the node and its operator, if the engine has no layer for it;
//          another program must run the model then. kMismatch as check_picture_size.
Result<Network> map_to_network(const OnnxModel& model, std::size_t height, std::size_t width,
                               const std::string& output);

// Folds each kScaleShift into the convolution, fully connected layer or kScaleShift that it reads,
// if nothing else reads that. What the network computes stays the same but for rounding.
Network fold_scale_shifts(Network network);

}  // namespace kface
