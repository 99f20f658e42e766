// Drives what was added, from C++: see tools/adding.sh.
#include <akua.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

static void expect(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "C++: not so: " << what << "\n";
  std::exit(1);
}

int main(int, char** argv) {
  const auto client = akua::client::make(akua::client_options().base_url(argv[1]).token(argv[2])).value();
  const auto clusters = client.clusters();
  const auto widgets = client.widgets();

  clusters.edit(clusters.get("clu_1").value(), akua::cluster_patch().blurb("from C++")).value();
  expect(clusters.get("clu_1").value().blurb() == "from C++", "the blurb");
  const auto refused = clusters.edit("clu_1", akua::cluster_patch().blurb(std::string(501, 'x')));
  expect(!refused && refused.error().status() == akua::status::invalid_input, "a blurb that is too long is refused");

  int count = 0;
  for (const auto& widget : widgets.list()) count += widget.value().in_use();
  expect(count == 2, "two widgets");
  const auto seen = widgets.get("wid_1").value();
  const auto made = widgets.update("wid_1", seen.etag(), akua::widget_patch().amount(13)).value();
  expect(made.amount() == 13, "the amount");
  widgets.edit(made, akua::widget_patch().label("from C++")).value();
  expect(widgets.get("wid_1").value().label() == "from C++", "the label");
  std::cout << "C++: blurb of a cluster and widgets were read, listed, updated and edited\n";
}
