#include "head/adam.h"

#include <cmath>

#include "base/vector_clones.h"
#include "kface/status.h"

namespace kface {
namespace {

struct AdamRates {
  float beta1;
  float beta2;
  float rate;  // with both bias corrections
  float epsilon;
};

KF_VECTOR_CLONES void update(float* __restrict parameters, const float* __restrict gradient,
                             float* __restrict first, float* __restrict second, std::size_t count,
                             AdamRates r) {
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = r.beta1 * first[i] + (1.0F - r.beta1) * g;
    const float v = r.beta2 * second[i] + (1.0F - r.beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] -= r.rate * m / (__builtin_sqrtf(v) + r.epsilon);
  }
}

}  // namespace

void Adam::step(std::span<float> parameters, std::span<const float> gradient,
                const TrainOptions& options, double rate) {
  KF_REQUIRE(parameters.size() == size() && gradient.size() == size(), parameters.size(),
             gradient.size(), size());
  beta1_power_ *= options.beta1;
  beta2_power_ *= options.beta2;
  const double corrected = rate * std::sqrt(1.0 - beta2_power_) / (1.0 - beta1_power_);
  update(parameters.data(), gradient.data(), first_.data(), second_.data(), size(),
         {static_cast<float>(options.beta1), static_cast<float>(options.beta2),
          static_cast<float>(corrected), static_cast<float>(options.epsilon)});
}

}  // namespace kface
