#include "align/face_finder.h"

#include <dlib/dnn.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/opencv.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "align/dlib_model.h"

namespace kface {
namespace {

// dlib's mmod_human_face_detector, as its example dnn_mmod_face_detection_ex.cpp defines it.
template <long filters, typename Subnet>
using ConvDown = dlib::con<filters, 5, 5, 2, 2, Subnet>;
template <long filters, typename Subnet>
using Conv = dlib::con<filters, 5, 5, 1, 1, Subnet>;
template <typename Subnet>
using Downsampler = dlib::relu<dlib::affine<ConvDown<
    32, dlib::relu<dlib::affine<ConvDown<32, dlib::relu<dlib::affine<ConvDown<16, Subnet>>>>>>>>>;
template <typename Subnet>
using ReluConv = dlib::relu<dlib::affine<Conv<45, Subnet>>>;
using CnnDetector = dlib::loss_mmod<
    dlib::con<1, 9, 9, 1, 1,
              ReluConv<ReluConv<
                  ReluConv<Downsampler<dlib::input_rgb_image_pyramid<dlib::pyramid_down<6>>>>>>>>;

using Pixels = dlib::cv_image<dlib::rgb_pixel>;

constexpr int kHogLongSide = 1280;   // pixels; larger photos are shrunk to it for the search
constexpr int kCnnLongSide = 800;    // the same; the CNN costs about 1 s a megapixel
constexpr int kSmallLongSide = 400;  // below it, faces may be too small for HOG's 80 pixels
constexpr double kMaxCnnEnlargement = 2.0;
// Less fits neither a face nor the CNN's filters; dlib ends the process over the second such error.
constexpr int kMinCnnSide = 40;
constexpr double kMargin = 0.2;  // of the photo's size, on every side

// A picture to search in, and where its pixel (0, 0) and its unit lie in the photo.
struct SearchImage {
  cv::Mat pixels;
  double scale = 1;  // search pixels a photo pixel
  int margin_x = 0;  // photo pixels
  int margin_y = 0;
};

SearchImage make_search_image(const cv::Mat& photo, double margin, int long_side,
                              double max_enlargement) {
  SearchImage search;
  search.margin_x = static_cast<int>(std::lround(photo.cols * margin));
  search.margin_y = static_cast<int>(std::lround(photo.rows * margin));
  cv::Mat whole = photo;
  if (margin > 0) {
    cv::copyMakeBorder(photo, whole, search.margin_y, search.margin_y, search.margin_x,
                       search.margin_x, cv::BORDER_REPLICATE);
  }
  search.scale =
      std::min(max_enlargement, static_cast<double>(long_side) / std::max(whole.cols, whole.rows));
  if (search.scale == 1) {
    search.pixels = whole;
  } else {
    // At least one pixel each way, whatever the photo's shape.
    const cv::Size size(std::max(1, static_cast<int>(std::lround(whole.cols * search.scale))),
                        std::max(1, static_cast<int>(std::lround(whole.rows * search.scale))));
    cv::resize(whole, search.pixels, size, 0, 0,
               search.scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  return search;
}

dlib::rectangle to_photo(const dlib::rectangle& found, const SearchImage& search) {
  const auto back = [&](long value, int margin) {
    return std::lround(static_cast<double>(value) / search.scale) - margin;
  };
  return {back(found.left(), search.margin_x), back(found.top(), search.margin_y),
          back(found.right(), search.margin_x), back(found.bottom(), search.margin_y)};
}

cv::Mat view_of(const Image& image) {
  KF_REQUIRE(!image.empty(), image.width, image.height);
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data())};
}

// dlib takes landmarks in whole pixels.
dlib::chip_details details_of(const Landmarks5& landmarks, int size, double padding) {
  std::vector<dlib::point> parts;
  for (const Point& point : landmarks) {
    parts.emplace_back(std::lround(point.x), std::lround(point.y));
  }
  const dlib::full_object_detection shape(dlib::rectangle(), parts);
  return dlib::get_face_chip_details(shape, static_cast<unsigned long>(size), padding);
}

}  // namespace

struct FaceFinder::Impl {
  dlib::frontal_face_detector hog = dlib::get_frontal_face_detector();
  dlib::shape_predictor predictor;
  CnnDetector cnn;

  std::vector<FoundFace> plausible_faces(const std::vector<dlib::rectangle>& boxes,
                                         const SearchImage& search, const cv::Mat& photo) {
    std::vector<FoundFace> faces;
    for (const dlib::rectangle& found : boxes) {
      const dlib::rectangle box = to_photo(found, search);
      const dlib::full_object_detection shape = predictor(Pixels(photo), box);
      FoundFace face;
      face.box = {static_cast<int>(box.left()), static_cast<int>(box.top()),
                  static_cast<int>(box.width()), static_cast<int>(box.height())};
      for (unsigned long i = 0; i < face.landmarks.size(); ++i) {
        face.landmarks[i] = {static_cast<float>(shape.part(i).x()),
                             static_cast<float>(shape.part(i).y())};
      }
      if (implausible_face(face).empty()) {
        faces.push_back(face);
      }
    }
    return faces;
  }

  std::vector<FoundFace> find_by_hog(const cv::Mat& photo, const SearchImage& search) {
    return plausible_faces(hog(Pixels(search.pixels)), search, photo);
  }

  void search_by_hog(const cv::Mat& photo, FaceSearch& result) {
    result.detector = "hog";
    result.faces = find_by_hog(photo, make_search_image(photo, 0, kHogLongSide, 1));
  }

  void search_by_hog_enlarged(const cv::Mat& photo, FaceSearch& result) {
    result.detector = "hog-upsampled";
    result.faces = find_by_hog(photo, make_search_image(photo, kMargin, 2 * kHogLongSide, 2));
  }

  std::vector<FoundFace> find_by_cnn(const cv::Mat& photo) {
    const SearchImage search = make_search_image(photo, kMargin, kCnnLongSide, kMaxCnnEnlargement);
    if (std::min(search.pixels.cols, search.pixels.rows) < kMinCnnSide) {
      return {};
    }
    dlib::matrix<dlib::rgb_pixel> pixels;
    dlib::assign_image(pixels, Pixels(search.pixels));
    std::vector<dlib::rectangle> boxes;
    for (const dlib::mmod_rect& found : cnn.process(pixels)) {
      boxes.push_back(found.rect);
    }
    return plausible_faces(boxes, search, photo);
  }
};

FaceFinder::FaceFinder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FaceFinder::~FaceFinder() = default;

Result<std::unique_ptr<FaceFinder>> FaceFinder::create(const std::filesystem::path& models) {
  const std::filesystem::path predictor_file = models / "shape_predictor_5_face_landmarks.dat";
  dlib::shape_predictor predictor;
  KF_TRY(load_dlib_model(predictor_file, predictor));
  if (predictor.num_parts() != Landmarks5{}.size()) {
    return Status{ErrorCode::kCorruption,
                  predictor_file.string() + ": predicts " + std::to_string(predictor.num_parts()) +
                      " landmarks, 5 are expected; delete it and run `make setup`"};
  }
  auto impl = std::make_unique<Impl>();
  impl->predictor = std::move(predictor);
  KF_TRY(load_dlib_model(models / "mmod_human_face_detector.dat", impl->cnn));
  return std::unique_ptr<FaceFinder>(new FaceFinder(std::move(impl)));
}

FaceSearch FaceFinder::find_frontal(const Image& photo) {
  FaceSearch result;
  impl_->search_by_hog(view_of(photo), result);
  if (result.faces.empty() && std::max(photo.width, photo.height) < kSmallLongSide) {
    impl_->search_by_hog_enlarged(view_of(photo), result);
  }
  if (result.faces.empty()) {
    result.detector.clear();
    result.tried = "the HOG detector";
  }
  return result;
}

FaceSearch FaceFinder::find(const Image& photo) {
  const cv::Mat pixels = view_of(photo);
  FaceSearch result;
  impl_->search_by_hog(pixels, result);
  if (result.faces.empty()) {
    impl_->search_by_hog_enlarged(pixels, result);
  }
  if (result.faces.empty()) {
    result.detector = "cnn";
    result.faces = impl_->find_by_cnn(pixels);
  }
  if (result.faces.empty()) {
    result.detector.clear();
    result.tried = "the HOG detector, the same on the photo enlarged twofold, and the CNN detector";
  }
  return result;
}

Image FaceFinder::cut_chip(const Image& photo, const Landmarks5& landmarks, int size,
                           double padding) {
  dlib::matrix<dlib::rgb_pixel> cut;
  dlib::extract_image_chip(Pixels(view_of(photo)), details_of(landmarks, size, padding), cut);
  Image chip;
  chip.width = size;
  chip.height = size;
  chip.pixels.reserve(chip.offset(0, size));
  for (const dlib::rgb_pixel& pixel : cut) {
    chip.pixels.insert(chip.pixels.end(), {pixel.red, pixel.green, pixel.blue});
  }
  return chip;
}

Landmarks5 FaceFinder::landmarks_on_chip(const Landmarks5& landmarks, int size, double padding) {
  const auto to_chip = dlib::get_mapping_to_chip(details_of(landmarks, size, padding));
  Landmarks5 moved;
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    const dlib::dpoint on_chip = to_chip(dlib::dpoint(landmarks[i].x, landmarks[i].y));
    moved[i] = {static_cast<float>(on_chip.x()), static_cast<float>(on_chip.y())};
  }
  return moved;
}

}  // namespace kface
