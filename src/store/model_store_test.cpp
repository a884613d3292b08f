#include "store/model_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/content_digest.h"
#include "base/digest.h"
#include "base/files.h"
#include "head/model_file.h"
#include "store/import_model.h"
#include "store/known_files.h"
#include "store/weights_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kConvolutionParameters = 14'714'688;

class ModelStore : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    work = fs::temp_directory_path() /
           ("kface-store-" + std::to_string(::getpid()) + "-" + info->name());
    fs::create_directories(work);
    models = work / "models";
  }
  void TearDown() override { fs::remove_all(work); }

  // A file of VGG-Face's convolutions, as PyTorch exports them.
  fs::path write_convolutions(const TensorFile& file = convolutions_for_test()) const {
    fs::path path = work / "export.safetensors";
    EXPECT_TRUE(write_safetensors(path, file).ok());
    return path;
  }

  StoredFile in_list(const std::string& name) const {
    const auto files = list_models(models, {.threads = 2});
    EXPECT_TRUE(files.ok());
    for (const StoredFile& file : files.value()) {
      if (file.name == name) {
        return file;
      }
    }
    ADD_FAILURE() << name << " is not in the list";
    return {};
  }

  fs::path work;
  fs::path models;
};

// dlib's smallest file, from where the machine has it; empty if it has not.
fs::path dlib_file() {
  const char* named = std::getenv("KFACE_MODELS");  // NOLINT(concurrency-mt-unsafe)
  const fs::path folder =
      named != nullptr ? fs::path(named) : fs::path(KFACE_CHECKOUT) / "third_party" / "models";
  fs::path path = folder / "mmod_human_face_detector.dat";
  return fs::exists(path) ? path : fs::path();
}

TEST_F(ModelStore, AFolderThatIsNotThereHoldsNothingAndEveryFileSaysHowToGetIt) {
  const auto files = list_models(models, {});
  ASSERT_TRUE(files.ok()) << files.error().message();
  ASSERT_EQ(files.value().size(), 6U);
  for (const StoredFile& file : files.value()) {
    EXPECT_EQ(file.state, FileState::kAbsent) << file.name;
    EXPECT_TRUE(file.note.starts_with("run '")) << file.note;
    EXPECT_FALSE(file.licence.empty());
    EXPECT_EQ(file.bytes, 0U);
    EXPECT_TRUE(file.digest.empty());
  }
  EXPECT_FALSE(fs::exists(models)) << "listing creates nothing";
}

TEST_F(ModelStore, EveryBackboneHasItsFile) {
  std::vector<std::string> backbones;
  for (const KnownFile& file : known_files()) {
    backbones.insert(backbones.end(), file.backbones.begin(), file.backbones.end());
  }
  EXPECT_EQ(backbones, (std::vector<std::string>{"dlib-resnet", "vgg-face", "vgg-face-notop"}));
}

TEST_F(ModelStore, TheSetUpBringsTheSameFilesOfDlib) {
  const auto script = read_text(fs::path(KFACE_CHECKOUT) / "scripts" / "setup.sh");
  ASSERT_TRUE(script.ok());
  std::size_t count = 0;
  for (const KnownFile& file : known_files()) {
    if (!file.sha256.empty()) {
      ++count;
      EXPECT_NE(script.value().find("[" + file.name + "]=" + file.sha256), std::string::npos)
          << file.name;
    }
  }
  EXPECT_EQ(count, 4U);
}

TEST_F(ModelStore, ImportedConvolutionsArePresentAndDescribed) {
  const fs::path source = write_convolutions();
  const auto imported = import_model(source, models, {}, {.threads = 2});
  ASSERT_TRUE(imported.ok()) << imported.error().message();
  const fs::path target = models / "vgg-face-notop.safetensors";
  EXPECT_EQ(imported.value().path, target);
  EXPECT_EQ(imported.value().format, "safetensors");
  EXPECT_EQ(imported.value().channels, "rgb");
  EXPECT_EQ(imported.value().source_sha256, sha256_file(source).value());
  EXPECT_EQ(imported.value().digest, content_digest_of_file(target).value());
  EXPECT_NE(imported.value().licence.find("CC BY-NC 4.0"), std::string::npos);
  EXPECT_FALSE(imported.value().verified);

  const StoredFile stored = in_list("vgg-face-notop.safetensors");
  EXPECT_EQ(stored.state, FileState::kPresent) << stored.note;
  EXPECT_EQ(stored.digest, imported.value().digest);
  EXPECT_EQ(stored.bytes, fs::file_size(target));
  EXPECT_EQ(stored.backbones, std::vector<std::string>{"vgg-face-notop"});
  EXPECT_EQ(in_list("vgg-face.safetensors").state, FileState::kAbsent);

  const auto description = describe_file(target, 1);
  ASSERT_TRUE(description.ok()) << description.error().message();
  EXPECT_EQ(description.value().what, "VGG-Face, its 13 convolutions");
  EXPECT_EQ(description.value().format, "kface-vgg-face, version 1");
  EXPECT_EQ(description.value().parameters, kConvolutionParameters);
  EXPECT_FALSE(description.value().parameters_without_fc8.has_value());
  ASSERT_EQ(description.value().tensors.size(), 26U);
  EXPECT_EQ(description.value().tensors[1].name, "conv1_1.weight");
  EXPECT_EQ(description.value().tensors[1].shape, (std::vector<std::size_t>{64, 3, 3, 3}));
  EXPECT_EQ(description.value().facts.at("source_format"), "safetensors");
  EXPECT_EQ(description.value().facts.at("source_sha256"), imported.value().source_sha256);
  EXPECT_EQ(description.value().digest_kind, DigestKind::kContent);
}

TEST_F(ModelStore, ChannelsAndNameMayBeChosen) {
  const fs::path source = write_convolutions();
  const auto rgb = import_model(source, models, {.name = "as-rgb"}, {});
  const auto bgr =
      import_model(source, models, {.channels = ChannelOrder::kBgr, .name = "as-bgr"}, {});
  ASSERT_TRUE(rgb.ok() && bgr.ok());
  EXPECT_EQ(bgr.value().channels, "bgr");
  EXPECT_EQ(bgr.value().path, models / "as-bgr.safetensors");
  const auto swapped = read_safetensors(rgb.value().path);
  const auto kept = read_safetensors(bgr.value().path);
  const Tensor original = convolutions_for_test().tensors.at("conv1_1.weight");
  EXPECT_EQ(kept.value().tensors.at("conv1_1.weight").data, original.data);
  EXPECT_NE(swapped.value().tensors.at("conv1_1.weight").data, original.data);
  EXPECT_EQ(swapped.value().tensors.at("conv1_2.weight").data,
            kept.value().tensors.at("conv1_2.weight").data);
  EXPECT_EQ(in_list("as-rgb.safetensors").state, FileState::kPresent);
  EXPECT_EQ(in_list("as-rgb.safetensors").what, "VGG-Face, its 13 convolutions");
}

TEST_F(ModelStore, AForeignFileIsDescribedAsWhatItWouldBecome) {
  const fs::path source = write_convolutions();
  const auto description = describe_file(source, 1);
  ASSERT_TRUE(description.ok()) << description.error().message();
  EXPECT_EQ(description.value().what, "VGG-Face, its 13 convolutions, to be imported");
  EXPECT_EQ(description.value().format, "safetensors");
  EXPECT_EQ(description.value().digest, sha256_file(source).value());
  EXPECT_EQ(description.value().digest_kind, DigestKind::kSha256);
  EXPECT_EQ(description.value().parameters, kConvolutionParameters);
}

TEST_F(ModelStore, DamagedWeightsAreNamedAsSuch) {
  ASSERT_TRUE(import_model(write_convolutions(), models, {}, {}).ok());
  const fs::path stored = models / "vgg-face-notop.safetensors";
  const auto expect_damaged = [&](const std::string& why) {
    const StoredFile file = in_list("vgg-face-notop.safetensors");
    EXPECT_EQ(file.state, FileState::kDamaged);
    EXPECT_NE(file.note.find(why), std::string::npos) << file.note;
    EXPECT_EQ(describe_file(stored, 1).error().message(), file.note);
  };
  std::fstream file(stored, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);  // the exponent of the last value of conv5_3.weight
  file.put('\x7F');
  file.seekp(-2, std::ios::end);
  file.put('\x80');
  file.close();
  expect_damaged("'conv5_3.weight' holds a NaN or an infinity");
  fs::resize_file(stored, fs::file_size(stored) - 1);
  expect_damaged("'conv5_3.weight' lies outside the file");
}

TEST_F(ModelStore, ConvolutionsAloneInTheWholeNetworksPlaceAreDamage) {
  ASSERT_TRUE(import_model(write_convolutions(), models, {}, {}).ok());
  fs::rename(models / "vgg-face-notop.safetensors", models / "vgg-face.safetensors");
  const StoredFile file = in_list("vgg-face.safetensors");
  EXPECT_EQ(file.state, FileState::kDamaged);
  EXPECT_NE(file.note.find("belongs into vgg-face-notop.safetensors"), std::string::npos)
      << file.note;
}

TEST_F(ModelStore, AnExportPutThereByHandIsToBeImported) {
  fs::create_directories(models);
  fs::copy(write_convolutions(), models / "vgg-face-notop.safetensors");
  const StoredFile file = in_list("vgg-face-notop.safetensors");
  EXPECT_EQ(file.state, FileState::kDamaged);
  EXPECT_NE(file.note.find("run 'kface models import"), std::string::npos) << file.note;
}

TEST_F(ModelStore, AFailedImportLeavesWhatWasThere) {
  const fs::path source = write_convolutions();
  ASSERT_TRUE(import_model(source, models, {}, {}).ok());
  const fs::path stored = models / "vgg-face-notop.safetensors";
  const std::string before = content_digest_of_file(stored).value();
  fs::resize_file(source, 1000);
  const auto again = import_model(source, models, {}, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(again.error().message().find(source.string()), std::string::npos);
  EXPECT_EQ(content_digest_of_file(stored).value(), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(models), {}), 1) << "no temporary file stays";
}

TEST_F(ModelStore, ImportingWhatWasImportedChangesNothing) {
  ASSERT_TRUE(import_model(write_convolutions(), models, {}, {}).ok());
  const fs::path stored = models / "vgg-face-notop.safetensors";
  const std::string before = content_digest_of_file(stored).value();
  const auto again = import_model(stored, models, {}, {});
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again.value().digest, before);
}

TEST_F(ModelStore, NamesThatAreNoPlainFileNamesAreRefused) {
  const fs::path source = work / "never-read";
  for (const std::string name : {"../x", "a/b", ".hidden", "a b", "x\n", "\xC3\xA9"}) {
    const auto result = import_model(source, models, {.name = name}, {});
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(result.error().message().find("no name for a model"), std::string::npos);
  }
  EXPECT_FALSE(import_model(source, models, {.name = std::string(101, 'x')}, {}).ok());
}

TEST_F(ModelStore, MissingAndUnknownFilesAreErrors) {
  EXPECT_EQ(import_model(work / "none", models, {}, {}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(describe_file(work / "none", 1).error().code(), ErrorCode::kNotFound);
  for (const std::string text : {"", "hello", "PK\x03\x04...."}) {
    ASSERT_TRUE(write_file_atomic(work / "x.bin", text).ok());
    const auto result = import_model(work / "x.bin", models, {}, {});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kCorruption);
    EXPECT_NE(result.error().message().find("Keras .h5"), std::string::npos)
        << result.error().message();
    EXPECT_EQ(describe_file(work / "x.bin", 1).error().message(), result.error().message());
  }
  EXPECT_FALSE(fs::exists(models));
}

TEST_F(ModelStore, AFileCalledDatMustBeOneOfDlibs) {
  ASSERT_TRUE(write_file_atomic(work / "x.dat", std::string(729'940, 'x')).ok());
  const auto result = import_model(work / "x.dat", models, {}, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(result.error().message().find("none of dlib's files"), std::string::npos);
}

TEST_F(ModelStore, DlibsFilesAreKnownByTheirContent) {
  const fs::path original = dlib_file();
  if (original.empty()) {
    GTEST_SKIP() << "dlib's models are absent: run 'make setup'";
  }
  const fs::path renamed = work / "detector.bin";
  fs::copy(original, renamed);
  const auto imported = import_model(renamed, models, {}, {});
  ASSERT_TRUE(imported.ok()) << imported.error().message();
  EXPECT_EQ(imported.value().path, models / "mmod_human_face_detector.dat");
  EXPECT_TRUE(imported.value().verified);
  EXPECT_NE(imported.value().licence.find("CC0"), std::string::npos);
  EXPECT_EQ(in_list("mmod_human_face_detector.dat").state, FileState::kPresent);
  const auto description = describe_file(renamed, 1);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description.value().what, "dlib's face detector, a network");
  EXPECT_EQ(description.value().digest, sha256_file(original).value());

  const auto named = import_model(renamed, models, {.name = "x"}, {});
  ASSERT_FALSE(named.ok());
  EXPECT_NE(named.error().message().find("leave --as out"), std::string::npos);

  std::fstream file(imported.value().path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1000);
  file.put('!');
  file.close();
  const StoredFile damaged = in_list("mmod_human_face_detector.dat");
  EXPECT_EQ(damaged.state, FileState::kDamaged);
  EXPECT_NE(damaged.note.find("expected be467b1a"), std::string::npos) << damaged.note;
  EXPECT_NE(damaged.note.find("remove it and run 'make setup'"), std::string::npos);
}

TEST_F(ModelStore, DescriptionsAndUnfinishedDownloadsAreListedAndNothingElse) {
  ASSERT_TRUE(write_file_atomic(models / "arcface.toml", std::string_view("x = 1\n")).ok());
  ASSERT_TRUE(write_file_atomic(models / "vgg-face.download.part", std::string_view("half")).ok());
  ASSERT_TRUE(write_file_atomic(models / "notes.txt", std::string_view("mine")).ok());
  fs::create_directories(models / "folder.toml");
  const auto files = list_models(models, {});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files.value().size(), 8U);
  EXPECT_EQ(files.value()[6].name, "arcface.toml");
  EXPECT_EQ(files.value()[6].backbones, std::vector<std::string>{"arcface.toml"});
  EXPECT_EQ(files.value()[6].digest, sha256_hex(std::string_view("x = 1\n")));
  EXPECT_EQ(files.value()[7].name, "vgg-face.download.part");
  EXPECT_EQ(files.value()[7].what, "an unfinished download");
  EXPECT_EQ(files.value()[7].bytes, 4U);
}

TEST_F(ModelStore, ModelsOfTrainAreDescribed) {
  Model model;
  model.recipe = "calibrated";
  model.backbone = "dlib-resnet";
  model.backbone_digest = "abc";
  model.head = {.d = 2, .m = 3, .weight = {1, 2, 3, 4, 5, 6}, .bias = {0, 0, 1}};
  model.threshold = {.distance = 0.5F, .rule = "far", .far = 0.001, .num_people = 40};
  const fs::path path = work / "staff.kface";
  ASSERT_TRUE(write_model(path, model).ok());
  const auto description = describe_file(path, 1);
  ASSERT_TRUE(description.ok()) << description.error().message();
  EXPECT_EQ(description.value().what, "a head of 'kface train', recipe calibrated");
  EXPECT_EQ(description.value().format, "kface-model, version 1");
  EXPECT_EQ(description.value().parameters, 9U);
  EXPECT_EQ(description.value().facts.at("backbone"), "dlib-resnet");
  EXPECT_NE(description.value().facts.at("threshold").find("\"rule\":\"far\""), std::string::npos);
  EXPECT_EQ(description.value().digest.substr(0, 12), model_name(model));
  EXPECT_EQ(description.value().digest, sha256_file(path).value());
}

TEST_F(ModelStore, OtherTensorsAreDescribedByTheirMetadata) {
  TensorFile file;
  file.metadata = {{"format", "kface-embeddings"}, {"version", "1"}, {"photos", "[]"}};
  file.tensors["embeddings"] = {{0, 128}, {}};
  ASSERT_TRUE(write_safetensors(work / "e.safetensors", file).ok());
  const auto description = describe_file(work / "e.safetensors", 1);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description.value().what, "embeddings of photos, as 'kface embed' writes them");
  EXPECT_EQ(description.value().facts, (std::map<std::string, std::string>{{"photos", "[]"}}));
  EXPECT_EQ(description.value().parameters, 0U);
}

TEST_F(ModelStore, AModelIsFoundByPathOrByNameInTheFolder) {
  ASSERT_TRUE(write_file_atomic(models / "mine.safetensors", std::string_view("x")).ok());
  ASSERT_TRUE(write_file_atomic(work / "elsewhere.h5", std::string_view("x")).ok());
  EXPECT_EQ(find_model_file("mine", models).value(), models / "mine.safetensors");
  EXPECT_EQ(find_model_file("mine.safetensors", models).value(), models / "mine.safetensors");
  EXPECT_EQ(find_model_file((work / "elsewhere.h5").string(), models).value(),
            work / "elsewhere.h5");
  const auto missing = find_model_file("yours", models);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message().find("it holds mine.safetensors"), std::string::npos)
      << missing.error().message();
}

}  // namespace
}  // namespace kface
