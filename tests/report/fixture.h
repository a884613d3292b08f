// A synthetic run: figures drawn from formulas, faces drawn by hand. Nothing in it was measured.
// Its names are hostile on purpose (markup, quotes, Korean).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace kface::fixture {

// A record of kind "sweep", shaped as the paper's sweep of 400 people.
nlohmann::ordered_json sweep_record();

// A record of kind "compare" with four recipes.
nlohmann::ordered_json compare_record();

// Writes the chips that sweep_record() names under `dataset`, one left out on purpose.
void write_chips(const std::filesystem::path& dataset);

}  // namespace kface::fixture
