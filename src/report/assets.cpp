#include "report/assets.h"

#include <array>

// Made by kface_embed(); the names are listed in CMakeLists.txt.
// NOLINTBEGIN(bugprone-macro-parentheses): a declared name cannot stand in parentheses
#define KFACE_ASSET(name)       \
  extern "C" const char name[]; \
  extern "C" const unsigned long name##_size
// NOLINTEND(bugprone-macro-parentheses)

KFACE_ASSET(kface_report_template);
KFACE_ASSET(kface_report_style);
KFACE_ASSET(kface_report_echarts);
KFACE_ASSET(kface_report_strings_en);
KFACE_ASSET(kface_report_strings_ko);
KFACE_ASSET(kface_report_core);
KFACE_ASSET(kface_report_text);
KFACE_ASSET(kface_report_tables);
KFACE_ASSET(kface_report_charts);
KFACE_ASSET(kface_report_plots);
KFACE_ASSET(kface_report_summary);
KFACE_ASSET(kface_report_ratios);
KFACE_ASSET(kface_report_distributions);
KFACE_ASSET(kface_report_images);
KFACE_ASSET(kface_report_roc);
KFACE_ASSET(kface_report_history);
KFACE_ASSET(kface_report_compare);
KFACE_ASSET(kface_report_conditions);
KFACE_ASSET(kface_report_by_condition);
KFACE_ASSET(kface_report_evaluation);
KFACE_ASSET(kface_report_protocol);
KFACE_ASSET(kface_report_pairs);
KFACE_ASSET(kface_report_import);
KFACE_ASSET(kface_report_facts);
KFACE_ASSET(kface_report_main);

namespace kface::report {

#define KFACE_VIEW(name) \
  std::string_view { name, name##_size }

std::string_view page_template() { return KFACE_VIEW(kface_report_template); }
std::string_view style_sheet() { return KFACE_VIEW(kface_report_style); }
std::string_view echarts_script() { return KFACE_VIEW(kface_report_echarts); }

std::string page_script() {
  // The tools first, then the sections in the order of the page, then the start.
  const std::array scripts = {
      KFACE_VIEW(kface_report_core),     KFACE_VIEW(kface_report_text),
      KFACE_VIEW(kface_report_tables),   KFACE_VIEW(kface_report_charts),
      KFACE_VIEW(kface_report_plots),    KFACE_VIEW(kface_report_summary),
      KFACE_VIEW(kface_report_compare),  KFACE_VIEW(kface_report_evaluation),
      KFACE_VIEW(kface_report_protocol), KFACE_VIEW(kface_report_by_condition),
      KFACE_VIEW(kface_report_ratios),   KFACE_VIEW(kface_report_distributions),
      KFACE_VIEW(kface_report_images),   KFACE_VIEW(kface_report_roc),
      KFACE_VIEW(kface_report_history),  KFACE_VIEW(kface_report_conditions),
      KFACE_VIEW(kface_report_pairs),    KFACE_VIEW(kface_report_import),
      KFACE_VIEW(kface_report_facts),    KFACE_VIEW(kface_report_main),
  };
  std::string all;
  for (const std::string_view script : scripts) {
    all += script;
  }
  return all;
}

std::string strings_json() {
  std::string both = "{\"en\":";
  both += KFACE_VIEW(kface_report_strings_en);
  both += ",\"ko\":";
  both += KFACE_VIEW(kface_report_strings_ko);
  both += "}";
  return both;
}

}  // namespace kface::report
