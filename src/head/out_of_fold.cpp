#include "head/out_of_fold.h"

#include <algorithm>
#include <set>

#include "base/rng.h"
#include "eval/all_pairs.h"
#include "head/people_rows.h"

namespace kface {
namespace {

constexpr std::size_t kFewestPeople = 6;

// Rows of one group's people.
struct Group {
  std::vector<std::uint32_t> rows;
};

std::size_t count_real(const LabelledFeatures& data, std::span<const std::uint32_t> rows) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](std::uint32_t row) { return !data.is_simulated(row); }));
}

// The people, those with two real images or more first: dealt one by one, each group has its share
// of both.
Result<std::vector<Group>> deal(const LabelledFeatures& data, const FoldOptions& options) {
  const auto by_person = rows_by_person(data.identities);
  std::vector<std::uint32_t> many;
  std::vector<std::uint32_t> single;
  for (const auto& [person, rows] : by_person) {
    (count_real(data, rows) >= 2 ? many : single).push_back(person);
  }
  if (by_person.size() < kFewestPeople || many.empty()) {
    return Status{
        ErrorCode::kInvalidArgument,
        "found " + std::to_string(by_person.size()) + " people, " + std::to_string(many.size()) +
            " of them with two photos or more; fitting on some and measuring on others "
            "needs at least " +
            std::to_string(kFewestPeople) + " people, and two photos of some: import more"};
  }
  Rng rng(options.seed);
  rng.shuffle(many);
  rng.shuffle(single);
  many.insert(many.end(), single.begin(), single.end());
  std::vector<Group> groups(std::min(options.groups, by_person.size() / 2));
  std::size_t images = 0;
  for (std::size_t i = 0; i < many.size(); ++i) {
    const auto& rows = by_person.at(many[i]);
    images += rows.size();
    if (images > options.max_images && i >= kFewestPeople) {
      break;
    }
    auto& group = groups[i % groups.size()].rows;
    group.insert(group.end(), rows.begin(), rows.end());
  }
  for (Group& group : groups) {
    std::sort(group.rows.begin(), group.rows.end());
  }
  return groups;
}

// One round: two groups are measured, the others fitted on.
struct Round {
  std::size_t first;
  std::size_t second;
};

std::vector<Round> all_rounds(std::size_t groups) {
  std::vector<Round> rounds;
  for (std::size_t a = 0; a < groups; ++a) {
    for (std::size_t b = a + 1; b < groups; ++b) {
      rounds.push_back({a, b});
    }
  }
  return rounds;
}

// Is this round the one in which the pairs inside `group` are scored?
bool scores_inside(const Round& round, std::size_t group, std::size_t groups) {
  const std::size_t next = (group + 1) % groups;
  return (round.first == group && round.second == next) ||
         (round.first == next && round.second == group);
}

class Rounds {
 public:
  Rounds(const LabelledFeatures& data, std::vector<Group> groups, const FitCandidates& fit,
         std::size_t num_candidates)
      : data_(data), groups_(std::move(groups)), fit_(fit), num_candidates_(num_candidates) {}

  Result<OutOfFold> run(const JobContext& context) {
    const auto rounds = all_rounds(groups_.size());
    std::vector<std::vector<Scored>> scored(rounds.size());
    KF_TRY(parallel_for(rounds.size(), context, [&](std::size_t round, unsigned /*worker*/) {
      KF_ASSIGN(scored[round], score(rounds[round]));
      return Status{};
    }));
    return gather(scored);
  }

 private:
  struct Scored {
    std::vector<ScoredPair> pairs;
    std::string problem;
  };

  Result<std::vector<Scored>> score(const Round& round) const {
    std::vector<std::uint32_t> others;
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      if (group != round.first && group != round.second) {
        others.insert(others.end(), groups_[group].rows.begin(), groups_[group].rows.end());
      }
    }
    std::sort(others.begin(), others.end());
    const LabelledRows fitted_on = copy_rows(data_, others);
    const auto heads = fit_(fitted_on.view());
    KF_REQUIRE(heads.size() == num_candidates_, heads.size(), num_candidates_);
    const auto measured = real_rows(round);
    const LabelledRows test = copy_rows(data_, measured.rows);
    std::vector<Scored> result(heads.size());
    for (std::size_t candidate = 0; candidate < heads.size(); ++candidate) {
      if (!heads[candidate].ok()) {
        if (heads[candidate].error().code() == ErrorCode::kInterrupted) {
          return heads[candidate].error();
        }
        result[candidate].problem = heads[candidate].error().message();
        continue;
      }
      const Head& head = heads[candidate].value();
      const auto embeddings = embed(head, test.features);
      KF_ASSIGN(const auto pairs, all_pairs(embeddings, head.m, test.identities, {}));
      result[candidate].pairs = wanted(pairs, round, measured.group_of);
    }
    return result;
  }

  struct Measured {
    std::vector<std::uint32_t> rows;
    std::vector<std::size_t> group_of;
  };

  Measured real_rows(const Round& round) const {
    Measured measured;
    for (const std::size_t group : {round.first, round.second}) {
      for (const std::uint32_t row : groups_[group].rows) {
        if (!data_.is_simulated(row)) {
          measured.rows.push_back(row);
          measured.group_of.push_back(group);
        }
      }
    }
    return measured;
  }

  // Of all pairs i < j of a round's images, those that this round is to score.
  std::vector<ScoredPair> wanted(const std::vector<ScoredPair>& pairs, const Round& round,
                                 const std::vector<std::size_t>& group_of) const {
    const bool inside[2] = {scores_inside(round, round.first, groups_.size()),
                            scores_inside(round, round.second, groups_.size())};
    std::vector<ScoredPair> kept;
    auto pair = pairs.begin();
    for (std::size_t i = 0; i < group_of.size(); ++i) {
      for (std::size_t j = i + 1; j < group_of.size(); ++j, ++pair) {
        if (group_of[i] != group_of[j] || inside[group_of[i] == round.first ? 0 : 1]) {
          kept.push_back(*pair);
        }
      }
    }
    return kept;
  }

  OutOfFold gather(std::vector<std::vector<Scored>>& rounds) const {
    OutOfFold result;
    result.pairs.resize(num_candidates_);
    result.problems.resize(num_candidates_);
    for (std::size_t candidate = 0; candidate < num_candidates_; ++candidate) {
      auto& pairs = result.pairs[candidate];
      for (auto& round : rounds) {
        Scored& scored = round[candidate];
        if (!scored.problem.empty() && result.problems[candidate].empty()) {
          result.problems[candidate] = scored.problem;
        }
        pairs.insert(pairs.end(), scored.pairs.begin(), scored.pairs.end());
        scored.pairs = {};
      }
      if (!result.problems[candidate].empty()) {
        pairs.clear();
      }
    }
    std::set<std::uint32_t> people;
    for (const Group& group : groups_) {
      result.num_images += count_real(data_, group.rows);
      for (const std::uint32_t row : group.rows) {
        people.insert(data_.identities[row]);
      }
    }
    result.num_people = people.size();
    return result;
  }

  const LabelledFeatures& data_;
  std::vector<Group> groups_;
  const FitCandidates& fit_;
  std::size_t num_candidates_;
};

}  // namespace

LabelledRows copy_rows(const LabelledFeatures& data, std::span<const std::uint32_t> rows) {
  LabelledRows copy;
  copy.d = data.d;
  copy.features.reserve(rows.size() * data.d);
  for (const std::uint32_t row : rows) {
    const auto values = data.features.subspan(row * data.d, data.d);
    copy.features.insert(copy.features.end(), values.begin(), values.end());
    copy.identities.push_back(data.identities[row]);
    if (!data.simulated.empty()) {
      copy.simulated.push_back(data.simulated[row]);
    }
  }
  return copy;
}

Result<OutOfFold> out_of_fold_pairs(const LabelledFeatures& data, std::size_t num_candidates,
                                    const FitCandidates& fit, const FoldOptions& options,
                                    const JobContext& context) {
  KF_REQUIRE(options.groups >= 3, options.groups);
  KF_ASSIGN(auto groups, deal(data, options));
  return Rounds(data, std::move(groups), fit, num_candidates).run(context);
}

}  // namespace kface
