// The second translation unit of calls.cpp: the header again, and a function that uses it.
#include "akua.hpp"
#include "akua.hpp"

std::string elsewhere(const akua::client& client) {
  auto got = client.clusters().get("clu_1");
  return got ? std::string(got->id()) : std::string(got.error().message());
}
