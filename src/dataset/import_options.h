// Options of `kface import`, as the command line and a config file name them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "align/aligner.h"
#include "base/options.h"
#include "dataset/aihub.h"
#include "kface/status.h"

namespace kface {

struct CropSettings {
  std::string crop = "dlib";
  std::string color = "none";
  int chip_size = 150;
  double padding = 0.25;
};

template <typename Visitor>
void visit_crop_settings(CropSettings& settings, Visitor&& field) {
  field("import.crop", settings.crop, Choices{{"dlib", "none"}},
        "find, turn and cut the face (dlib), or take the photo as it is (none)");
  field("import.color", settings.color, Choices{{"none", "gray-world", "clahe"}},
        "colour adjustment of the chip");
  field("import.chip_size", settings.chip_size, Range{16, 1024}, "side of the chip in pixels");
  field("import.padding", settings.padding, Range{0, 4},
        "room around the face in the chip, in widths of the face, as dlib's chips have it");
}

struct AihubSettings {
  std::string people = "400";
  std::string images = "5";
  std::uint64_t seed = 1;
};

template <typename Visitor>
void visit_aihub_settings(AihubSettings& settings, Visitor&& field) {
  field("import.people", settings.people, AnyText{}, "how many people, drawn by seed, or 'all'");
  field("import.images", settings.images, AnyText{},
        "photos a person, chosen to differ in accessory and light, or 'all'");
  field("import.seed", settings.seed, Range{0, 9e15}, "seed of the choice");
}

// Errors: kInvalidArgument for a word or a size outside the domains above.
Result<AlignOptions> to_align_options(const CropSettings& settings);

// A count, or 0 for "all". Errors: kInvalidArgument.
Result<std::size_t> parse_count(const std::string& text);

// Errors: kInvalidArgument (a count that is none).
Result<AihubOptions> to_aihub_options(const AihubSettings& settings,
                                      const std::map<std::string, std::string>& filters);

}  // namespace kface
