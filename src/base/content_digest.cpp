#include "base/content_digest.h"

#include <algorithm>
#include <vector>

#include "base/digest.h"
#include "base/parallel.h"

namespace kface {
namespace {

// Small enough for a core's second-level cache, so that hashing and checking read memory once.
constexpr std::size_t kBlock = std::size_t{256} << 10U;

Result<std::string> digest_piece(const MappedFile& file, std::size_t begin, std::size_t end,
                                 const BlockCheck& check) {
  file.prefetch(begin, end - begin);
  Sha256 hash;
  for (std::size_t at = begin; at < end; at += kBlock) {
    const auto block = file.bytes().subspan(at, std::min(kBlock, end - at));
    hash.update(std::as_bytes(block));
    if (check) {
      KF_TRY(check(at, block));
    }
  }
  file.release(begin, end - begin);
  return hash.finish();
}

}  // namespace

Result<std::string> content_digest(const MappedFile& file, unsigned threads,
                                   const BlockCheck& check) {
  const std::size_t size = file.bytes().size();
  std::vector<std::string> digests((size + kDigestPiece - 1) / kDigestPiece);
  KF_TRY(parallel_for(digests.size(), {.threads = threads}, [&](std::size_t piece, unsigned) {
    const std::size_t begin = piece * kDigestPiece;
    auto digest = digest_piece(file, begin, std::min(begin + kDigestPiece, size), check);
    if (!digest.ok()) {
      return digest.error();
    }
    digests[piece] = std::move(digest).value();
    return Status{};
  }));
  Sha256 whole;
  for (const std::string& digest : digests) {
    whole.update(digest + "\n");
  }
  return whole.finish();
}

Result<std::string> content_digest_of_file(const std::filesystem::path& path, unsigned threads) {
  KF_ASSIGN(const MappedFile file, MappedFile::open(path));
  return content_digest(file, threads);
}

}  // namespace kface
