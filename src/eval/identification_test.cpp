#include "eval/identification.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/rng.h"
#include "eval/bootstrap.h"

namespace kface {
namespace {

struct Data {
  std::size_t d = 0;
  std::vector<float> embeddings = {};
  std::vector<std::uint32_t> identities = {};
};

// People with 1 to `most` images each, some of them hard to tell apart.
Data random_people(std::uint32_t people, std::uint32_t most, double noise, std::uint64_t seed) {
  Data data{.d = 4};
  Rng rng(seed);
  for (std::uint32_t person = 0; person < people; ++person) {
    double centre[4];
    for (double& value : centre) {
      value = rng.normal();
    }
    const std::uint64_t images = 1 + (person % most);
    for (std::uint64_t i = 0; i < images; ++i) {
      data.identities.push_back(5 * person + 2);
      for (const double value : centre) {
        data.embeddings.push_back(static_cast<float>(value + noise * rng.normal()));
      }
    }
  }
  return data;
}

std::vector<double> unit(std::vector<double> v) {
  double squares = 0;
  for (const double x : v) {
    squares += x * x;
  }
  for (double& x : v) {
    x /= std::sqrt(squares);
  }
  return v;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squares = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    squares += (a[k] - b[k]) * (a[k] - b[k]);
  }
  return std::sqrt(squares);
}

// The definitions in plain loops: templates, probes, and who is enrolled how often.
struct Plain {
  std::map<std::uint32_t, std::vector<double>> templates;
  std::vector<std::pair<std::uint32_t, std::vector<double>>> probes;
  std::vector<std::pair<std::uint32_t, std::vector<double>>> images;

  Plain(const Data& data, std::size_t gallery_images) {
    std::map<std::uint32_t, std::size_t> seen;
    for (std::size_t i = 0; i < data.identities.size(); ++i) {
      const auto row = data.embeddings.begin() + static_cast<std::ptrdiff_t>(i * data.d);
      const auto vector = unit({row, row + static_cast<std::ptrdiff_t>(data.d)});
      const std::uint32_t who = data.identities[i];
      images.emplace_back(who, vector);
      if (seen[who]++ >= gallery_images) {
        probes.emplace_back(who, vector);
        continue;
      }
      auto& sum = templates[who];
      sum.resize(data.d);
      for (std::size_t k = 0; k < data.d; ++k) {
        sum[k] += vector[k];
      }
    }
    for (auto& [who, sum] : templates) {
      sum = unit(sum);
    }
  }

  // Share of probes with fewer than k other templates at their own one's distance or nearer.
  double rank_rate(std::size_t k, std::map<std::uint32_t, double> times) const {
    double hits = 0;
    double all = 0;
    for (const auto& [who, vector] : probes) {
      const double mate = distance(vector, templates.at(who));
      double nearer = 0;
      for (const auto& [other, other_template] : templates) {
        nearer += other != who && distance(vector, other_template) <= mate ? times[other] : 0;
      }
      all += times[who];
      hits += nearer < static_cast<double>(k) ? times[who] : 0;
    }
    return hits / all;
  }

  double nearest(const std::vector<double>& vector, const std::set<std::uint32_t>& enrolled,
                 std::uint32_t except) const {
    double best = INFINITY;
    for (const std::uint32_t who : enrolled) {
      best = who == except ? best : std::min(best, distance(vector, templates.at(who)));
    }
    return best;
  }

  // Tries every threshold there is: just below and at every distance of a search.
  double fnir(double goal, const std::set<std::uint32_t>& enrolled) const {
    std::set<double> thresholds = {-1};
    for (const auto& [who, vector] : images) {
      thresholds.insert(nearest(vector, enrolled, UINT32_MAX));
      if (enrolled.contains(who)) {
        thresholds.insert(distance(vector, templates.at(who)));
      }
    }
    double best = 1;
    for (const double threshold : thresholds) {
      double nonmated = 0;
      double positives = 0;
      for (const auto& [who, vector] : images) {
        if (!enrolled.contains(who)) {
          nonmated += 1;
          positives += nearest(vector, enrolled, UINT32_MAX) <= threshold ? 1 : 0;
        }
      }
      double mated = 0;
      double missed = 0;
      for (const auto& [who, vector] : probes) {
        if (enrolled.contains(who)) {
          const double mate = distance(vector, templates.at(who));
          mated += 1;
          missed += mate > threshold || nearest(vector, enrolled, who) <= mate ? 1 : 0;
        }
      }
      if (positives / nonmated <= goal) {
        best = std::min(best, missed / mated);
      }
    }
    return best;
  }
};

// Who is enrolled in a split, as the header says: people with probes dealt, then the others.
std::set<std::uint32_t> enrolled_in(const Plain& plain, std::uint64_t seed, std::uint64_t split) {
  std::set<std::uint32_t> probed;
  for (const auto& [who, vector] : plain.probes) {
    probed.insert(who);
  }
  std::vector<std::uint32_t> with(probed.begin(), probed.end());
  std::vector<std::uint32_t> without;
  for (const auto& [who, vector] : plain.templates) {
    if (!probed.contains(who)) {
      without.push_back(who);
    }
  }
  Rng rng = Rng(seed).fork(1).fork(split);
  rng.shuffle(with);
  rng.shuffle(without);
  with.insert(with.end(), without.begin(), without.end());
  std::set<std::uint32_t> enrolled;
  for (std::size_t i = 0; i < with.size(); i += 2) {
    enrolled.insert(with[i]);
  }
  return enrolled;
}

Identification identification_of(const Data& data, const IdentificationOptions& options,
                                 unsigned threads = 1) {
  auto result = identify(data.embeddings, data.d, data.identities, options, {.threads = threads});
  EXPECT_TRUE(result.ok()) << result.error().message();
  return std::move(result).value();
}

TEST(Identify, EqualsTheDefinitionsInPlainLoops) {
  for (const std::size_t gallery_images : {1U, 2U, 3U}) {
    const Data data = random_people(30, 6, 0.5, gallery_images);
    const Plain plain(data, gallery_images);
    const IdentificationOptions options{
        .gallery_images = gallery_images, .splits = 3, .seed = 9, .bootstrap_resamples = 0};
    const auto result = identification_of(data, options);
    std::map<std::uint32_t, double> once;
    for (const auto& [who, vector] : plain.templates) {
      once[who] = 1;
    }
    for (std::size_t k = 1; k <= kRanks; ++k) {
      EXPECT_NEAR(result.cmc[k - 1].value, plain.rank_rate(k, once), 1e-12) << k;
    }
    EXPECT_LT(result.cmc[0].value, 1);  // or the comparison above shows little
    EXPECT_EQ(result.num_enrolled, 30u);
    EXPECT_EQ(result.num_probes, plain.probes.size());
    double fnir = 0;
    for (std::uint64_t split = 0; split < 3; ++split) {
      fnir += plain.fnir(0.1, enrolled_in(plain, 9, split)) / 3;
    }
    ASSERT_TRUE(result.fnir_at_fpir[0].fnir.has_value());
    EXPECT_NEAR(result.fnir_at_fpir[0].fnir->value, fnir, 1e-12);
    EXPECT_GT(fnir, 0);
    EXPECT_EQ(result.num_open_enrolled, 15u);
  }
}

TEST(Identify, IntervalsAreOfPeopleDrawnWithReplacement) {
  const Data data = random_people(12, 4, 0.5, 3);
  const IdentificationOptions options{
      .gallery_images = 1, .splits = 2, .seed = 4, .bootstrap_resamples = 60};
  const auto result = identification_of(data, options);
  const Plain plain(data, 1);
  std::vector<std::uint32_t> people;
  for (const auto& [who, vector] : plain.templates) {
    people.push_back(who);
  }
  std::vector<double> second;
  for (std::size_t i = 0; i < 60; ++i) {
    Rng rng = Rng(4).fork(2).fork(i);
    std::map<std::uint32_t, double> times;
    for (std::size_t draw = 0; draw < people.size(); ++draw) {
      times[people[rng.below(people.size())]] += 1;
    }
    second.push_back(plain.rank_rate(2, times));
  }
  const auto interval = eval::percentile_interval(second);
  EXPECT_NEAR(result.cmc[1].ci95->low, interval.low, 1e-12);
  EXPECT_NEAR(result.cmc[1].ci95->high, interval.high, 1e-12);
  EXPECT_LT(interval.low, interval.high);
}

TEST(Identify, RatesRiseWithTheRankAndIntervalsHoldThem) {
  const Data data = random_people(40, 5, 0.6, 5);
  const auto result = identification_of(
      data, {.gallery_images = 1, .splits = 4, .seed = 1, .bootstrap_resamples = 100});
  for (std::size_t k = 0; k < kRanks; ++k) {
    EXPECT_GE(result.cmc[k].value, k == 0 ? 0 : result.cmc[k - 1].value);
    EXPECT_LE(result.cmc[k].ci95->low, result.cmc[k].value);
    EXPECT_GE(result.cmc[k].ci95->high, result.cmc[k].value);
  }
  EXPECT_LE(result.fnir_at_fpir[0].fnir->ci95->low, result.fnir_at_fpir[0].fnir->value);
  EXPECT_GE(result.fnir_at_fpir[0].fnir->ci95->high, result.fnir_at_fpir[0].fnir->value);
}

TEST(Identify, SaysNothingOfRatesThatTheSearchesCannotSupport) {
  const Data data = random_people(40, 3, 0.3, 5);  // about 40 non-mated searches a split
  const auto result = identification_of(
      data, {.gallery_images = 1, .splits = 2, .seed = 1, .bootstrap_resamples = 0});
  EXPECT_GE(result.num_nonmated, 30u);
  EXPECT_TRUE(result.fnir_at_fpir[0].fnir.has_value());
  EXPECT_FALSE(result.fnir_at_fpir[1].fnir.has_value());
  EXPECT_FALSE(result.fnir_at_fpir[2].fnir.has_value());
}

TEST(Identify, CountsATieAgainstTheModel) {
  // Two people at one place: nobody can tell whom the probe shows.
  const Data data{.d = 1, .embeddings = {1, 1, 1}, .identities = {0, 0, 1}};
  const auto result = identification_of(
      data, {.gallery_images = 1, .splits = 1, .seed = 1, .bootstrap_resamples = 0});
  EXPECT_EQ(result.cmc[0].value, 0);
  EXPECT_EQ(result.cmc[1].value, 1);
}

TEST(Identify, IsTheSameForAnyNumberOfThreads) {
  const Data data = random_people(20, 4, 0.5, 6);
  const IdentificationOptions options{
      .gallery_images = 1, .splits = 3, .seed = 2, .bootstrap_resamples = 50};
  const auto one = identification_of(data, options, 1);
  const auto three = identification_of(data, options, 3);
  for (std::size_t k = 0; k < kRanks; ++k) {
    EXPECT_EQ(one.cmc[k].value, three.cmc[k].value);
    EXPECT_EQ(one.cmc[k].ci95->low, three.cmc[k].ci95->low);
    EXPECT_EQ(one.cmc[k].ci95->high, three.cmc[k].ci95->high);
  }
  EXPECT_EQ(one.fnir_at_fpir[0].fnir->ci95->high, three.fnir_at_fpir[0].fnir->ci95->high);
}

TEST(Identify, KeepsEnoughNeighboursOfManyPeople) {
  // 400 people, nearly nothing told apart: ranks are decided far down the lists.
  const Data data = random_people(400, 2, 1.5, 7);
  const Plain plain(data, 1);
  const auto result = identification_of(
      data, {.gallery_images = 1, .splits = 1, .seed = 2, .bootstrap_resamples = 0});
  std::map<std::uint32_t, double> once;
  for (const auto& [who, vector] : plain.templates) {
    once[who] = 1;
  }
  EXPECT_NEAR(result.cmc[kRanks - 1].value, plain.rank_rate(kRanks, once), 1e-12);
  EXPECT_LT(result.cmc[kRanks - 1].value, 0.7);
  EXPECT_NEAR(result.fnir_at_fpir[0].fnir->value, plain.fnir(0.1, enrolled_in(plain, 2, 0)), 1e-12);
}

TEST(Identify, RefusesWhatCannotBeAnswered) {
  const auto error = [](const Data& data, IdentificationOptions options = {}) {
    const auto result = identify(data.embeddings, data.d, data.identities, options, {});
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
    return result.error().message();
  };
  EXPECT_EQ(error({.d = 1, .embeddings = {1, 2}, .identities = {3, 3}}),
            "identify: needs two people or more and a probe, got 1 people and 1 images beyond the "
            "first 1 of each");
  EXPECT_NE(error({.d = 1, .embeddings = {1, 2}, .identities = {3, 4}}).find("0 images"),
            std::string::npos);
  EXPECT_EQ(error({.d = 2, .embeddings = {1, 2, 1, NAN}, .identities = {3, 4}}),
            "identify: embedding 1 holds a value that is not a finite number");
  EXPECT_NE(
      error({.d = 1, .embeddings = {1, 2, 3}, .identities = {3, 3, 4}}, {.bootstrap_resamples = 5})
          .find("5 resamples are too few"),
      std::string::npos);
  EXPECT_THROW(
      static_cast<void>(identify(std::vector<float>{1}, 2, std::vector<std::uint32_t>{1}, {}, {})),
      ContractViolation);
}

TEST(Identify, StopsOnRequest) {
  StopFlag stop;
  stop.request();
  const Data data = random_people(4, 2, 0.5, 6);
  const auto result =
      identify(data.embeddings, data.d, data.identities, {}, {.threads = 1, .stop = &stop});
  EXPECT_EQ(result.error().code(), ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kface
