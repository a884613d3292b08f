// Files that no reader may accept, each a good one but for one fault: every fault has its message.
// testdata/write_bad_weight_files.py writes them.
#include "weights/weight_files_for_test.h"

namespace kface {
namespace {

struct BadFile {
  const char* name;
  const char* message;  // a part of it
  ErrorCode code = ErrorCode::kCorruption;
};

void PrintTo(const BadFile& file, std::ostream* out) { *out << file.name; }

class BadWeightFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadWeightFile, EndsInItsOwnMessage) {
  const auto path = weight_file(GetParam().name);
  ASSERT_TRUE(std::filesystem::exists(path)) << "run the tests with ctest: a fixture writes it";
  const auto weights = read_weights(path, small_layout(), ChannelOrder::kOfFormat);
  ASSERT_FALSE(weights.ok());
  const std::string& message = weights.error().message();
  EXPECT_EQ(weights.error().code(), GetParam().code) << message;
  EXPECT_NE(message.find(path.string()), std::string::npos) << message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

std::string test_name(const ::testing::TestParamInfo<BadFile>& test) {
  std::string name = test.param.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Keras, BadWeightFile,
    ::testing::Values(
        BadFile{"nan.h5", "'conv3_2.weight' holds a NaN"},
        BadFile{"infinity.h5", "'conv3_2.weight' holds a NaN or an infinity"},
        BadFile{"double.h5", "kernel:0' is not float32"},
        BadFile{"half.h5", "kernel:0' is not float32"},
        BadFile{"integer.h5", "kernel:0' is not float32"},
        BadFile{"shape.h5", "'conv2_1.weight' (conv2_1/conv2_1/kernel:0) has shape [3, 2, 3, 3]"},
        BadFile{"rank.h5", "has 5 dimensions, expected 1 to 4"},
        BadFile{"bomb_of_size.h5",
                "'conv1_1.weight' (conv1_1/conv1_1/kernel:0) has shape [1048576"},
        BadFile{"bomb_of_deflate.h5", "does not unpack to the size it declares"},
        BadFile{"never_written.h5", "does not lie completely in the file"},
        BadFile{"chunk_never_written.h5", "does not lie completely in the file"},
        BadFile{"filter.h5", "packed by a filter other than gzip"},
        BadFile{"elsewhere.h5", "keeps its values in another file"},
        BadFile{"soft_link.h5", "'conv1_1/conv1_1/kernel:0' is missing, or a link"},
        BadFile{"external_link.h5", "'conv1_1/conv1_1/kernel:0' is missing, or a link"},
        BadFile{"loop.h5", "'conv1_1/conv1_1/kernel:0' is missing, or a link"},
        BadFile{"missing_group.h5", "'weight_names' of '/conv4_1' is missing"},
        BadFile{"missing_layer.h5", "'conv4_1.weight' is missing"},
        BadFile{"missing_top.h5", "'fc7.weight' is missing"},
        BadFile{"twice.h5", "'conv4_1.weight' occurs twice"},
        BadFile{"superfluous.h5", "layer 'fc9' is superfluous"},
        BadFile{"one_layer_less.h5", "has 15 layers with weights, VGG-Face has 16"},
        BadFile{"other_names.h5", "layer 'block2_conv1' is superfluous"},
        BadFile{"no_names.h5", "has no attribute layer_names"},
        BadFile{"names_are_numbers.h5", "'layer_names' of '/' is missing or not a list of texts"},
        BadFile{"three_weights.h5", "layer 'conv1_1' has 3 tensors"},
        BadFile{"theano.h5", "Keras on Theano"},
        BadFile{"average_pool.h5", "layer 'mean_pool' is a AveragePooling2D"},
        BadFile{"no_pool.h5", "layer 'conv2_1' is a convolution, VGG-Face has a max pool there"},
        BadFile{"stride.h5", "layer 'conv1_1' has strides [2,2]"},
        BadFile{"tanh.h5", "layer 'conv1_2' has activation 'tanh'"},
        BadFile{"config.h5", "model_config is not a list of layers"}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    Caffe, BadWeightFile,
    ::testing::Values(
        BadFile{"nan.caffemodel", "'conv3_1.weight' holds a NaN"},
        BadFile{"double.caffemodel", "'conv3_1.weight' is of type double"},
        BadFile{"few_values.caffemodel", "'conv3_1.weight' has 107 values, its shape needs 108"},
        BadFile{"many_values.caffemodel", "'conv3_1.weight' has 109 values, its shape needs 108"},
        BadFile{"negative.caffemodel", "'conv3_1.weight' has the dimension -4"},
        BadFile{"overflow.caffemodel", "'conv3_1.weight' has shape [4611686018427387904"},
        BadFile{"huge_old.caffemodel", "'conv3_1.weight' has shape [2147483647, 3, 3, 3]"},
        BadFile{"shape.caffemodel", "'conv3_1.weight' has shape [3, 3, 3, 4]"},
        BadFile{"missing_bias.caffemodel", "layer 'conv3_1' has 1 tensors"},
        BadFile{"superfluous.caffemodel", "layer 'conv3_9' is superfluous"},
        BadFile{"twice.caffemodel", "'conv3_2.weight' occurs twice"},
        BadFile{"relu_with_weights.caffemodel", "layer 'relu3_1' has weights, expected none"},
        BadFile{"average_pool.caffemodel", "layer 'pool3' pools another way"},
        BadFile{"stride.caffemodel", "layer 'conv3_1' has groups, strides or dilation"},
        BadFile{"group.caffemodel", "layer 'conv3_1' has groups, strides or dilation"},
        BadFile{"norm.caffemodel", "layer 'pool3' is of type 'LRN'"},
        BadFile{"norm_old.caffemodel", "layer 'pool3' is of type number 15"},
        BadFile{"no_relu.caffemodel", "layer 'conv4_3' is a convolution, VGG-Face has a ReLU"},
        BadFile{"half.caffemodel", "ends where VGG-Face has"}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    Torch7, BadWeightFile,
    ::testing::Values(BadFile{"nan.t7", "'fc7.weight' holds a NaN"},
                      BadFile{"sigmoid.t7", "a module of class 'nn.Sigmoid'"},
                      BadFile{"average_pool.t7", "a module of class 'nn.SpatialAveragePooling'"},
                      BadFile{"concat.t7", "an object of class 'nn.Concat', expected an nn.Seq"},
                      BadFile{"integer.t7", "without values of type float or double"},
                      BadFile{"generator.t7", "class 'torch.Generator', which weights do not need"},
                      BadFile{"stride.t7", "a convolution has dW = 2"},
                      BadFile{"no_weight.t7", "'conv1_1.weight' is missing"},
                      BadFile{"table.t7", "is not a weight file that is known"},
                      BadFile{"deep.t7", "nested too deeply"},
                      BadFile{"half.t7", "ends where VGG-Face has"}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    MatConvNet, BadWeightFile,
    ::testing::Values(
        BadFile{"nan.mat", "'conv3_2.weight' holds a NaN"},
        BadFile{"integer.mat", "'conv3_2.weight' is not real numbers of MATLAB's single or double"},
        BadFile{"complex.mat", "'conv3_2.weight' is not real numbers"},
        BadFile{"shape.mat", "'conv3_2.weight' has shape [2, 3, 4, 4]"},
        BadFile{"bias.mat", "'conv3_2.bias' has shape [3, 1]"},
        BadFile{"superfluous.mat", "layer 'conv3_9' is superfluous"},
        BadFile{"twice.mat", "'conv3_1.weight' occurs twice"},
        BadFile{"sigmoid.mat", "layer 'reluconv3_2' is of type 'sigmoid'"},
        BadFile{"average_pool.mat", "layer 'pool3' pools by the average"},
        BadFile{"no_relu.mat", "layer 'conv3_3' is a convolution, VGG-Face has a ReLU"},
        BadFile{"no_weights.mat", "'conv3_2.weight' is missing"},
        BadFile{"average_image.mat", "'averageImage' has shape [4, 4]"},
        BadFile{"average_nan.mat", "'averageImage' holds a NaN"},
        BadFile{"dag.mat", "has no cell array 'layers'"},
        BadFile{"struct_array.mat", "has no cell array 'layers'"},
        BadFile{"deep.mat", "nested too deeply"}, BadFile{"overflow.mat", "cut short"},
        BadFile{"negative.mat", "has the dimension -1"}, BadFile{"many.mat", "or are too many"},
        BadFile{"bomb.mat", "layer '' is of type ''"},
        BadFile{"two_nets.mat", "variable 'net' occurs twice"},
        BadFile{"deflate_bomb.mat", "does not unpack to the size it declares"}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    Safetensors, BadWeightFile,
    ::testing::Values(BadFile{"nan.safetensors", "'conv2_1.weight' holds a NaN"},
                      BadFile{"missing.safetensors", "'conv2_1.bias' is missing"},
                      BadFile{"missing_top.safetensors", "'fc7.bias' is missing"},
                      BadFile{"superfluous.safetensors", "'bn1_1.weight' is superfluous"},
                      BadFile{"shape.safetensors",
                              "'conv2_1.bias' has shape [5], VGG-Face's has [3]"},
                      BadFile{"own_format.safetensors", "is of format 'kface-model'"},
                      BadFile{"own_version.safetensors", "version '2', this build reads 1..1",
                              ErrorCode::kVersion},
                      BadFile{"own_channels.safetensors", "its channels are 'rgb', expected 'bgr'"},
                      BadFile{"own_mean.safetensors", "mean_bgr is '1,2', expected three numbers"},
                      BadFile{"own_mean_nan.safetensors", "mean_bgr is '1,2,nan'"}),
    test_name);

}  // namespace
}  // namespace kface
