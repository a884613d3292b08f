#include "experiment/history_json.h"

namespace kface {

Json history_json(const std::vector<EpochRecord>& history) {
  Json list = Json::array();
  for (std::size_t epoch = 0; epoch < history.size(); ++epoch) {
    const EpochRecord& record = history[epoch];
    list.push_back({{"epoch", epoch + 1},
                    {"loss", rounded(record.loss)},
                    {"accuracy", rounded(record.accuracy)},
                    {"validation_loss", rounded(record.validation_loss)},
                    {"validation_accuracy", rounded(record.validation_accuracy)}});
  }
  return list;
}

}  // namespace kface
