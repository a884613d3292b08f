#include "store/fetch_model.h"

#include <utility>

namespace kface {
namespace {

namespace fs = std::filesystem;

std::string by_hand() {
  return std::string("by hand: get ") + kVggFaceSource + " (" +
         std::to_string(kVggFaceSourceBytes) +
         " bytes) from the files of deepface's model release v1.0, or any other file of VGG-Face's "
         "weights that you have, and run 'kface models import FILE'";
}

Status check_request(const FetchRequest& request) {
  if (request.model != kVggFaceName) {
    return {ErrorCode::kInvalidArgument,
            "no model to fetch is called '" + request.model + "'; there is: " + kVggFaceName};
  }
  if (!request.accept_license) {
    return {ErrorCode::kInvalidArgument, std::string("the weights of ") + kVggFaceName +
                                             " are under " + vgg_face_licence() +
                                             "; if you accept that, add --accept-license"};
  }
  if (request.url.empty()) {
    return {ErrorCode::kInvalidArgument,
            "kface knows no address that the weights may be fetched from; name yours with --url or "
            "$KFACE_VGG_FACE_URL, or " +
                by_hand()};
  }
  return {};
}

// Faults of the network have another way out; others would befall it too.
Status with_way_out(const Status& failure) {
  const bool of_network =
      failure.code() == ErrorCode::kIo || failure.code() == ErrorCode::kNotFound;
  return of_network ? Status{failure.code(), failure.message() + "; or " + by_hand()} : failure;
}

}  // namespace

fs::path download_path(const fs::path& folder) {
  return folder / (std::string(kVggFaceName) + ".download");
}

Result<FetchedModel> fetch_model(const FetchRequest& request, const fs::path& folder,
                                 const JobContext& context) {
  KF_TRY(check_request(request));
  const fs::path file = download_path(folder);
  auto download = download_file({.url = request.url,
                                 .target = file,
                                 .expected_bytes = request.expected_bytes,
                                 .stall_seconds = request.stall_seconds},
                                context);
  if (!download.ok()) {
    return with_way_out(download.error());
  }
  auto imported = import_model(file, folder, request.import, context);
  if (!imported.ok()) {
    return Status{
        imported.error().code(),
        imported.error().message() + "; the download is kept, SHA-256 " + download.value().sha256};
  }
  std::error_code gone_already;
  fs::remove(file, gone_already);
  return FetchedModel{std::move(download).value(), std::move(imported).value()};
}

}  // namespace kface
