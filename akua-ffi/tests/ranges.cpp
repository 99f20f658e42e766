// A list as algorithms and ranges use it: a C++17 input iterator, and the C++20 concepts.
#include "checks.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

using list = akua::list<akua::cluster>;
using iterator = list::iterator;
using item = akua::result<akua::cluster>;

// What Cpp17InputIterator asks for, by its letter.
using traits = std::iterator_traits<iterator>;
static_assert(std::is_same_v<traits::iterator_category, std::input_iterator_tag>);
static_assert(std::is_same_v<traits::value_type, item> && std::is_same_v<traits::reference, item&>);
static_assert(std::is_same_v<decltype(*std::declval<const iterator&>()), traits::reference>);
static_assert(std::is_same_v<decltype(std::declval<const iterator&>().operator->()), traits::pointer>);
static_assert(std::is_same_v<decltype(++std::declval<iterator&>()), iterator&>);
static_assert(std::is_convertible_v<decltype(*std::declval<iterator&>()++), item>);
static_assert(std::is_signed_v<traits::difference_type>);
static_assert(std::is_default_constructible_v<iterator> && std::is_copy_assignable_v<iterator>);
static_assert(std::is_nothrow_move_constructible_v<iterator> && std::is_nothrow_swappable_v<iterator>);

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::input_iterator<iterator> && !std::forward_iterator<iterator>);
static_assert(std::sentinel_for<iterator, iterator>);
static_assert(std::ranges::input_range<list> && std::ranges::common_range<list>);
static_assert(std::indirectly_copyable<iterator, item*> && std::indirectly_movable<iterator, item*>);
#endif

// Everything a template has, so that its warnings are seen.
template class akua::list<akua::cluster>;
template class akua::collection<akua::workspace>;
template class akua::edited<akua::cluster>;
template class akua::result<akua::cluster>;
template class akua::change<akua::workspace>;

static bool is(const item& one, std::string_view id) { return one && one->id() == id; }

int main(int count, char** arguments) {
  if (count != 2) return 2;
  sim it = sim_start(arguments[1], 5);
  {
    const auto client = *akua::client::make(akua::client_options().base_url(it.url).token(it.token));
    const auto begun = [&] { return client.clusters(akua::call_options().page_size(2)).list(); };

    // Written by hand, as before there were algorithms.
    auto all = begun();
    iterator at = all.begin(), first = at;
    CHECK(is(*at, "clu_1") && is(*at++, "clu_1") && is(*at, "clu_2") && at->value().id() == "clu_2");
    const item kept = *at++;
    iterator before = at++;
    CHECK(is(kept, "clu_2") && is(*before, "clu_3") && is(*at, "clu_4") && is(*first, "clu_1"));
    (void)at++;
    CHECK(is(*at, "clu_5") && at != all.end());
    CHECK(is(*at++, "clu_5") && at == all.end() && at == iterator());

    auto copied = begun();
    const std::vector<item> items(copied.begin(), copied.end());
    CHECK(items.size() == 5 && is(items[0], "clu_1") && is(items[4], "clu_5"));
    auto counted = begun();
    CHECK(std::distance(counted.begin(), counted.end()) == 5);
    auto searched = begun();
    const auto found = std::find_if(searched.begin(), searched.end(), [](const item& one) { return is(one, "clu_3"); });
    CHECK(found != searched.end() && is(*found, "clu_3"));
    auto told = begun();
    std::set<std::string> ids;
    std::transform(told.begin(), told.end(), std::inserter(ids, ids.end()), [](const item& one) { return std::string(one->id()); });
    CHECK(ids.size() == 5);
    auto taken = begun();
    std::vector<item> moved;
    std::copy_n(std::make_move_iterator(taken.begin()), 2, std::back_inserter(moved));
    CHECK(moved.size() == 2 && is(moved[1], "clu_2"));

    // What can't be read is an item too, and the last one.
    auto refused = client.clusters(akua::call_options().page_size(101)).list();
    const std::vector<item> errors(refused.begin(), refused.end());
    CHECK(errors.size() == 1 && errors[0].error().status() == akua::status::invalid_input);
    sim_tell(&it, "{\"op\":\"inject\",\"fault\":{\"nth\":2,\"answer\":{\"status\":403}}}");
    auto broken = begun();
    std::vector<item> some(broken.begin(), broken.end());
    CHECK(!some.empty() && !some.back() && std::count_if(some.begin(), some.end(), [](const item& one) { return !one; }) == 1);
    sim_tell(&it, "{\"op\":\"clear\"}");

// Older compilers of the one kind do not understand the views of the other kind's library.
#if __cplusplus >= 202002L && (!defined(__clang__) || __clang_major__ >= 16)
    std::size_t names = 0;
    for (const auto& id : begun() | std::views::filter([](const item& one) { return one.has_value(); }) |
                              std::views::transform([](const item& one) { return one->id(); }) | std::views::take(3))
      names += id.size();
    CHECK(names == 15);
    auto last = begun();
    CHECK(std::ranges::count_if(last, [](const item& one) { return one.has_value(); }) == 5);
#endif
  }
  sim_stop(&it);
  std::printf("%d checks\n", checks);
}
