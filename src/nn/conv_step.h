// A convolution with the sum and the activation that follow it, as one oneDNN primitive.
#pragma once

#include "nn/engine_context.h"

namespace kface {

// Adds the step's operations; context.activation_done says whether the activation is among them.
// Errors: kInvalidArgument, naming the layer, if the plan's way does not exist for it on this CPU.
Status build_conv(EngineContext& context, const Step& step);

}  // namespace kface
