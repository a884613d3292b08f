#include "gate/service/tokens.h"

#include <gtest/gtest.h>

#include <set>

#include "gate/service/fakes_for_test.h"

namespace kface::service {
namespace {

TEST(MakeToken, HasItsFormAndIsNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = make_token();
    EXPECT_TRUE(has_token_form(token)) << token;
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 100u);
  EXPECT_FALSE(has_token_form("kf_short"));
  EXPECT_FALSE(has_token_form("kx_" + std::string(43, 'a')));
  EXPECT_FALSE(has_token_form("kf_" + std::string(42, 'a') + "="));
}

// BLAKE2b-256 as `b2sum -l 256` gives it.
TEST(HashToken, IsBlake2b256) {
  EXPECT_EQ(hash_token("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Roles, HaveNames) {
  for (const Role role : {Role::kGate, Role::kOperator, Role::kAdmin, Role::kAuditor}) {
    EXPECT_EQ(parse_role(role_name(role)), role);
  }
  EXPECT_EQ(parse_role("root"), std::nullopt);
  EXPECT_EQ(parse_role("Admin"), std::nullopt);
}

TEST(TokenTable, FindsATokenByItsHashAlone) {
  FakeGallery gallery;
  const auto made = add_service_token(gallery, "door", Role::kGate, 5000, 1000);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(gallery.tokens().value()[0].hash, hash_token(made.value().token));
  TokenTable table(gallery);
  EXPECT_EQ(table.find(made.value().token, 2000, 0).value()->name, "door");
  EXPECT_FALSE(table.find(made.value().token, 5000, 0).value());  // expired
  EXPECT_FALSE(table.find(make_token(), 2000, 0).value());
  EXPECT_FALSE(table.find(gallery.tokens().value()[0].hash, 2000, 0).value());
  EXPECT_FALSE(table.find("", 2000, 0).value());
}

TEST(TokenTable, SeesWhatAnotherProcessChanged) {
  FakeGallery gallery;
  TokenTable table(gallery);
  const auto made = add_service_token(gallery, "door", Role::kGate, {}, 0);
  EXPECT_TRUE(table.find(made.value().token, 0, 10).value());
  ASSERT_TRUE(gallery.remove_token(made.value().entry.id).ok());
  EXPECT_TRUE(table.find(made.value().token, 0, 10.1).value());  // for at most 0.2 s
  EXPECT_FALSE(table.find(made.value().token, 0, 10.3).value());
}

TEST(TokenTable, LetsNobodyInWhileTheGalleryFails) {
  FakeGallery gallery;
  TokenTable table(gallery);
  const auto made = add_service_token(gallery, "door", Role::kGate, {}, 0);
  EXPECT_TRUE(table.find(made.value().token, 0, 10).value());
  gallery.broken = {ErrorCode::kIo, "gone"};
  const auto found = table.find(made.value().token, 0, 11);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message(), "gone");
}

}  // namespace
}  // namespace kface::service
