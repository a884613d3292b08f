// Whatever is done to a log without its key is found.
#include <fstream>

#include "gate/audit_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

char flipped(char byte, unsigned bit) {
  return static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
}

class AuditTampering : public AuditFolder {
 protected:
  void SetUp() override {
    AuditFolder::SetUp();
    write(0, 5);
    log_text = text_of(log_path);
    for (std::size_t at = 0; at < log_text.size();) {
      const std::size_t end = log_text.find('\n', at) + 1;
      log_lines.push_back(log_text.substr(at, end - at));
      at = end;
    }
    ASSERT_EQ(log_lines.size(), 5U);
    ASSERT_EQ(verify().fault, "");
  }
  // A shorter log, where thousands of versions of it are read.
  void begin_anew(int records) {
    fs::remove(log_path);
    fs::remove(head_path);
    write(0, records);
    log_text = text_of(log_path);
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += line;
    }
    return text;
  }
  std::string fault_of(const std::string& text) const {
    put(log_path, text);
    return verify().fault;
  }

  std::string log_text;
  std::vector<std::string> log_lines;
};

// In place: a file written anew thousands of times is flushed to the disk as often.
void put_byte(const fs::path& path, std::size_t at, char byte) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  ASSERT_TRUE(file.flush().good());
}

TEST_F(AuditTampering, FindsEverySingleBitOfTheLogAndOfTheHead) {
  begin_anew(2);
  for (const fs::path& path : {log_path, head_path}) {
    const std::string original = text_of(path);
    for (std::size_t byte = 0; byte < original.size(); ++byte) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        put_byte(path, byte, flipped(original[byte], bit));
        ASSERT_NE(verify().fault, "") << path << " byte " << byte << " bit " << bit;
      }
      put_byte(path, byte, original[byte]);
    }
    ASSERT_EQ(verify().fault, "");
  }
}

TEST_F(AuditTampering, FindsACutAtEveryByteOfTheLogAndTheHead) {
  for (std::size_t size = log_text.size(); size-- > 0;) {
    fs::resize_file(log_path, size);
    ASSERT_NE(verify().fault, "") << size;
    ASSERT_FALSE(AuditLog::open(log_path, key_for_test()).ok()) << size;
  }
  put(log_path, log_text);
  for (std::size_t size = text_of(head_path).size(); size-- > 0;) {
    fs::resize_file(head_path, size);
    ASSERT_NE(verify().fault, "") << size;
  }
}

TEST_F(AuditTampering, FindsARecordThatWasTakenOut) {
  for (std::size_t i = 0; i < log_lines.size(); ++i) {
    auto fewer = log_lines;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const std::string fault = fault_of(joined(fewer));
    EXPECT_NE(fault.find("record " + std::to_string(i + 1)), std::string::npos) << fault;
  }
}

TEST_F(AuditTampering, FindsARecordThatWasPutInTwiceOrMoved) {
  for (std::size_t i = 0; i < log_lines.size(); ++i) {
    for (std::size_t j = 0; j <= log_lines.size(); ++j) {
      auto more = log_lines;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(j), log_lines[i]);
      EXPECT_NE(fault_of(joined(more)), "") << i << " before " << j;
    }
    for (std::size_t j = i + 1; j < log_lines.size(); ++j) {
      auto swapped = log_lines;
      std::swap(swapped[i], swapped[j]);
      const std::string fault = fault_of(joined(swapped));
      EXPECT_NE(fault.find("record " + std::to_string(i + 1) + " (line"), std::string::npos)
          << fault;
      EXPECT_NE(fault.find("taken out, put in or moved"), std::string::npos) << fault;
    }
  }
}

TEST_F(AuditTampering, FindsARecordWrittenWithAnotherKey) {
  fs::remove(log_path);
  fs::remove(head_path);
  {
    const auto forger = open(key_for_test(100));
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(forger->append(decision_for_test(i)).ok());
    }
  }
  const std::string forged = text_of(log_path);
  EXPECT_NE(verify().fault.find("another key"), std::string::npos) << verify().fault;
  const std::string sixth = forged.substr(forged.rfind('\n', forged.size() - 2) + 1);
  const std::string fault = fault_of(log_text + sixth);
  EXPECT_NE(fault.find("record 6 (line 6, byte " + std::to_string(log_text.size()) +
                       "): it does not follow"),
            std::string::npos)
      << fault;
}

TEST_F(AuditTampering, FindsAHeadThatIsGoneOrOfAnotherLog) {
  const std::string head = text_of(head_path);
  fs::remove(head_path);
  EXPECT_NE(verify().fault.find("audit.log.head"), std::string::npos) << verify().fault;

  // The head of another log with the same key and as many records.
  fs::remove(log_path);
  write(10, 15);
  const std::string other_head = text_of(head_path);
  put(log_path, log_text);
  EXPECT_NE(verify().fault.find("record 5: the head file knows another record"), std::string::npos)
      << verify().fault;
  put(head_path, head);
  EXPECT_EQ(verify().fault, "");
  EXPECT_NE(other_head, head);
}

TEST_F(AuditTampering, NeedsAnAnchorToFindLogAndHeadPutBackTogether) {
  const std::string old_head = text_of(head_path);
  write(5, 8);
  const AuditHead anchor = verify().head;
  EXPECT_EQ(anchor.sequence, 8U);
  EXPECT_EQ(verify(anchor).fault, "");
  put(log_path, log_text);
  put(head_path, old_head);
  EXPECT_EQ(verify().fault, "");  // docs/formats/audit.md says so
  const std::string fault = verify(anchor).fault;
  EXPECT_NE(fault.find("record 6: is not there, but the anchor knows records up to 8"),
            std::string::npos)
      << fault;
}

TEST_F(AuditTampering, AnAnchorInTheMiddleHoldsTheLogToItsRecord) {
  const auto records = search_audit(log_path, {.before = 4}, 1);
  ASSERT_TRUE(records.ok());
  const AuditHead anchor{3, records.value()[0].chain};
  EXPECT_EQ(verify(anchor).fault, "");
  EXPECT_NE(verify(AuditHead{2, anchor.chain}).fault.find("record 2: the anchor knows another"),
            std::string::npos);
  EXPECT_NE(verify(AuditHead{0, anchor.chain}).fault, "");
}

TEST_F(AuditTampering, SaysHowFarTheLogIsGood) {
  auto changed = log_lines;
  changed[3].replace(changed[3].find("denied"), 6, "grante");
  put(log_path, joined(changed));
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
    EXPECT_FALSE(AuditLog::open(log_path, key_for_test()).ok());
  }
}

TEST_F(AuditTampering, PutsAsideAnythingBeyondTheHeadThatIsNoRecord) {
  for (const std::string& tail : {std::string(3'000'000, 'x'), std::string("\n\n"),
                                  std::string(5000, '\0'), log_lines[4], log_lines[0] + "{"}) {
    put(log_path, log_text + tail);
    fs::remove(folder / "audit.log.torn");
    const auto log = open();
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->head().sequence, 6U);
    EXPECT_EQ(text_of(folder / "audit.log.torn"), tail);
    EXPECT_EQ(verify().fault, "");
    put(log_path, log_text);
    fs::remove(head_path);
    // Back to the five records for the next one.
    fs::remove(log_path);
    write(0, 5);
    ASSERT_EQ(text_of(log_path), log_text);
  }
}

}  // namespace
}  // namespace kface
