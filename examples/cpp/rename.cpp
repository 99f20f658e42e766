// Renames a cluster, whatever happens in between, and tells the truth about it:
//
//   AKUA_API_TOKEN=... ./rename clu_7h2k prod-eu
#include <akua.hpp>
#include <iostream>

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: rename CLUSTER NAME\n";
    return 2;
  }
  try {
    const auto client = akua::client::make(akua::client_options().use_env()).value();
    const auto clusters = client.clusters();
    const auto seen = clusters.get(arguments[1]).value();
    const auto edited = clusters.edit(seen, akua::cluster_patch().name(arguments[2])).value();
    std::cout << "in effect, etag " << edited.etag() << "\n";
  } catch (const akua::failure& failed) {
    std::cerr << failed.what() << "\n";
    if (const auto token = failed.why().resume_token()) std::cerr << "to settle it later: " << *token << "\n";
    return 1;
  }
}
