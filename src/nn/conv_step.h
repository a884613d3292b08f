// A convolution with the sum and the activation that follow it, as one oneDNN primitive.
#pragma once

#include "nn/engine_context.h"

namespace kface {

// Adds the step's operations; context.activation_done says whether the activation is among them.
// Where the plan's way does not exist for the layer on this CPU, or only in oneDNN's plain loops,
// it is computed in float32, direct. Errors: kInvalidArgument: a limit is missing from the
// calibration, or oneDNN refuses the layer.
Status build_conv(EngineContext& context, const Step& step);

}  // namespace kface
