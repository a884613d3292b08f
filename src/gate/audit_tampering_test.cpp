// Whatever is done to a log without its key is found.
#include "gate/audit_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class AuditTampering : public AuditFolder {
 protected:
  void SetUp() override {
    AuditFolder::SetUp();
    write(0, 5);
    text_ = text_of(log_);
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = text_.find('\n', at) + 1;
      lines_.push_back(text_.substr(at, end - at));
      at = end;
    }
    ASSERT_EQ(lines_.size(), 5U);
    ASSERT_EQ(verify().fault, "");
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += line;
    }
    return text;
  }
  std::string fault_of(const std::string& text) const {
    put(log_, text);
    return verify().fault;
  }

  std::string text_;
  std::vector<std::string> lines_;
};

// Without syncing: thousands of versions are tried.
void overwrite(const fs::path& path, const std::string& text) {
  FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
  ASSERT_EQ(std::fclose(file), 0);
}

TEST_F(AuditTampering, FindsEverySingleBitOfTheLog) {
  for (std::size_t byte = 0; byte < text_.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = text_;
      changed[byte] = static_cast<char>(changed[byte] ^ (1U << bit));
      overwrite(log_, changed);
      ASSERT_NE(verify().fault, "") << "byte " << byte << " bit " << bit;
    }
  }
}

TEST_F(AuditTampering, FindsEverySingleBitOfTheHead) {
  const std::string head = text_of(head_);
  for (std::size_t byte = 0; byte < head.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = head;
      changed[byte] = static_cast<char>(changed[byte] ^ (1U << bit));
      overwrite(head_, changed);
      ASSERT_NE(verify().fault, "") << "byte " << byte << " bit " << bit;
    }
  }
}

TEST_F(AuditTampering, FindsACutAtEveryByteOfTheLogAndTheHead) {
  for (std::size_t size = 0; size < text_.size(); ++size) {
    overwrite(log_, text_.substr(0, size));
    ASSERT_NE(verify().fault, "") << size;
    ASSERT_FALSE(AuditLog::open(log_, key_for_test()).ok()) << size;
  }
  overwrite(log_, text_);
  const std::string head = text_of(head_);
  for (std::size_t size = 0; size < head.size(); ++size) {
    overwrite(head_, head.substr(0, size));
    ASSERT_NE(verify().fault, "") << size;
  }
}

TEST_F(AuditTampering, FindsARecordThatWasTakenOut) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    auto fewer = lines_;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const std::string fault = fault_of(joined(fewer));
    EXPECT_NE(fault.find("record " + std::to_string(i + 1)), std::string::npos) << fault;
  }
}

TEST_F(AuditTampering, FindsARecordThatWasPutInTwiceOrMoved) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    for (std::size_t j = 0; j <= lines_.size(); ++j) {
      auto more = lines_;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(j), lines_[i]);
      EXPECT_NE(fault_of(joined(more)), "") << i << " before " << j;
    }
    for (std::size_t j = i + 1; j < lines_.size(); ++j) {
      auto swapped = lines_;
      std::swap(swapped[i], swapped[j]);
      const std::string fault = fault_of(joined(swapped));
      EXPECT_NE(fault.find("record " + std::to_string(i + 1) + " (line"), std::string::npos)
          << fault;
      EXPECT_NE(fault.find("taken out, put in or moved"), std::string::npos) << fault;
    }
  }
}

TEST_F(AuditTampering, FindsARecordWrittenWithAnotherKey) {
  fs::remove(log_);
  fs::remove(head_);
  {
    const auto forger = open(key_for_test(100));
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(forger->append(decision_for_test(i)).ok());
    }
  }
  const std::string forged = text_of(log_);
  EXPECT_NE(verify().fault.find("another key"), std::string::npos) << verify().fault;
  const std::string sixth = forged.substr(forged.rfind('\n', forged.size() - 2) + 1);
  const std::string fault = fault_of(text_ + sixth);
  EXPECT_NE(fault.find("record 6 (line 6, byte " + std::to_string(text_.size()) +
                       "): it does not follow"),
            std::string::npos)
      << fault;
}

TEST_F(AuditTampering, FindsAHeadThatIsGoneOrOfAnotherLog) {
  const std::string head = text_of(head_);
  fs::remove(head_);
  EXPECT_NE(verify().fault.find("audit.log.head"), std::string::npos) << verify().fault;

  // The head of another log with the same key and as many records.
  fs::remove(log_);
  write(10, 15);
  const std::string other_head = text_of(head_);
  put(log_, text_);
  EXPECT_NE(verify().fault.find("record 5: the head file knows another record"), std::string::npos)
      << verify().fault;
  put(head_, head);
  EXPECT_EQ(verify().fault, "");
  EXPECT_NE(other_head, head);
}

TEST_F(AuditTampering, NeedsAnAnchorToFindLogAndHeadPutBackTogether) {
  const std::string old_head = text_of(head_);
  write(5, 8);
  const AuditHead anchor = verify().head;
  EXPECT_EQ(anchor.sequence, 8U);
  EXPECT_EQ(verify(anchor).fault, "");
  put(log_, text_);
  put(head_, old_head);
  EXPECT_EQ(verify().fault, "");  // docs/formats/audit.md says so
  const std::string fault = verify(anchor).fault;
  EXPECT_NE(fault.find("record 6: is not there, but the anchor knows records up to 8"),
            std::string::npos)
      << fault;
}

TEST_F(AuditTampering, AnAnchorInTheMiddleHoldsTheLogToItsRecord) {
  const auto records = search_audit(log_, {.before = 4}, 1);
  ASSERT_TRUE(records.ok());
  const AuditHead anchor{3, records.value()[0].chain};
  EXPECT_EQ(verify(anchor).fault, "");
  EXPECT_NE(verify(AuditHead{2, anchor.chain}).fault.find("record 2: the anchor knows another"),
            std::string::npos);
  EXPECT_NE(verify(AuditHead{0, anchor.chain}).fault, "");
}

TEST_F(AuditTampering, SaysHowFarTheLogIsGood) {
  auto changed = lines_;
  changed[3].replace(changed[3].find("denied"), 6, "grante");
  put(log_, joined(changed));
  const AuditCheck check = verify();
  EXPECT_EQ(check.num_records, 3U);
  EXPECT_EQ(check.head.sequence, 3U);
  EXPECT_NE(check.fault.find("record 4 (line 4"), std::string::npos) << check.fault;
}

TEST_F(AuditTampering, RefusesWhatIsNoLogAtAll) {
  for (const std::string& text :
       {std::string(1, '\0'), std::string("\n"), std::string("\n\n\n"), std::string("{}\n"),
        std::string(3'000'000, 'x'), std::string(3'000'000, '['), std::string("\xFF\xFE\n")}) {
    EXPECT_NE(fault_of(text), "") << text.substr(0, 20);
    EXPECT_FALSE(AuditLog::open(log_, key_for_test()).ok());
  }
}

TEST_F(AuditTampering, PutsAsideAnythingBeyondTheHeadThatIsNoRecord) {
  for (const std::string& tail : {std::string(3'000'000, 'x'), std::string("\n\n"),
                                  std::string(5000, '\0'), lines_[4], lines_[0] + "{"}) {
    put(log_, text_ + tail);
    fs::remove(folder_ / "audit.log.torn");
    const auto log = open();
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->head().sequence, 6U);
    EXPECT_EQ(text_of(folder_ / "audit.log.torn"), tail);
    EXPECT_EQ(verify().fault, "");
    put(log_, text_);
    fs::remove(head_);
    // Back to the five records for the next one.
    fs::remove(log_);
    write(0, 5);
    ASSERT_EQ(text_of(log_), text_);
  }
}

}  // namespace
}  // namespace kface
