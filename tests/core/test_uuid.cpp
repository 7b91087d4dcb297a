#include <doctest/doctest.h>

#include <unordered_set>

#include "core/uuid.hpp"

using namespace jobmock;

TEST_CASE("a UUID is read in any case and written in lower case") {
  const auto uuid = parse_uuid("3C90c3cc-0D44-4b50-8888-8dd25736052A");
  REQUIRE(uuid);
  CHECK(format_uuid(*uuid) == "3c90c3cc-0d44-4b50-8888-8dd25736052a");
  CHECK(uuid == parse_uuid("3c90c3cc-0d44-4b50-8888-8dd25736052a"));
  CHECK(uuid != parse_uuid("3c90c3cc-0d44-4b50-8888-8dd25736052b"));
}

TEST_CASE("a UUID of any version and variant is a UUID") {
  CHECK(parse_uuid("00000000-0000-0000-0000-000000000000"));
  CHECK(parse_uuid("ffffffff-ffff-ffff-ffff-ffffffffffff"));
}

TEST_CASE("only the form 8-4-4-4-12 is a UUID") {
  for (const auto* text :
       {"", "not-a-uuid", "3c90c3cc0d444b5088888dd25736052a", "{3c90c3cc-0d44-4b50-8888-8dd25736052a}",
        "3c90c3cc-0d44-4b50-8888-8dd25736052", "3c90c3cc-0d44-4b50-8888-8dd25736052a0",
        "3c90c3cc-0d44-4b50-88888-dd25736052a", "3g90c3cc-0d44-4b50-8888-8dd25736052a",
        "3c90c3cc_0d44-4b50-8888-8dd25736052a", " 3c90c3cc-0d44-4b50-8888-8dd25736052a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
  }
}

TEST_CASE("UUIDs that differ in one place have different hashes") {
  std::unordered_set<std::size_t> hashes;
  Uuid uuid;
  hashes.insert(std::hash<Uuid>()(uuid));
  for (auto& byte : uuid.bytes) {
    byte = 1;
    hashes.insert(std::hash<Uuid>()(uuid));
    byte = 0;
  }
  CHECK(hashes.size() == 17);
}
