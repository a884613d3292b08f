#include "gate/audit_anchor.h"

#include "gate/audit_for_test.h"

namespace kface {
namespace {

using AuditAnchor = AuditFolder;

TEST_F(AuditAnchor, IsReadBackAsItIsWritten) {
  const AuditHead head{42, std::string(64, 'c')};
  const auto read = parse_anchor(anchor_text(head));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read.value().sequence, 42U);
  EXPECT_EQ(read.value().chain, head.chain);
}

TEST_F(AuditAnchor, RefusesAnythingElse) {
  const std::string chain(64, 'c');
  for (const std::string& text :
       {std::string(), std::string("42"), "42:" + chain + "0", ":" + chain, "-1:" + chain,
        "42 " + chain, "42:" + std::string(64, 'C'), "99999999999999999999:" + chain,
        " 42:" + chain, "42:" + chain + " "}) {
    const auto read = parse_anchor(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(read.error().message().find("expected SEQUENCE:CHAIN"), std::string::npos);
  }
}

TEST_F(AuditAnchor, IsTheHeadOfTheLog) {
  EXPECT_EQ(read_audit_head(log_path, key_for_test()).error().code(), ErrorCode::kNotFound);
  write(0, 3);
  const auto head = read_audit_head(log_path, key_for_test());
  ASSERT_TRUE(head.ok()) << head.error().message();
  EXPECT_EQ(anchor_text(head.value()), anchor_text(verify().head));
  EXPECT_EQ(read_audit_head(log_path, key_for_test(3)).error().code(), ErrorCode::kCorruption);
}

}  // namespace
}  // namespace kface
