// Lists, and what reads the resources of a kind. A part of akua.hpp.
#ifndef AKUA_LIST_HPP
#define AKUA_LIST_HPP

#include "generated/kinds.hpp"

#include <iterator>

namespace akua {

namespace detail {

// Makes one call that gives a handle, and wraps what comes back: a value of V, or the error.
template <class V, class T, class Call>
result<V> wrap(void (*free)(T*), Call call) {
  T* made = nullptr;
  akua_report* why = nullptr;
  if (call(&made, &why) != AKUA_OK) return error(why);
  return V(own(made, free));
}

}  // namespace detail

// A list, read page by page: a range of result<R>. It ends after the last item and after an error.
template <class R>
class list {
 public:
  // A C++17 and C++20 input iterator. It holds its item, as one of a stream does.
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = result<R>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;
    reference operator*() const noexcept { return *item_; }
    pointer operator->() const noexcept { return item_.get(); }
    iterator& operator++() {
      auto next = of_->next();
      item_ = next ? std::make_shared<value_type>(std::move(*next)) : nullptr;
      if (!next) of_ = nullptr;
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.of_ == b.of_; }
    friend bool operator!=(const iterator& a, const iterator& b) noexcept { return a.of_ != b.of_; }

   private:
    friend class list;
    list* of_ = nullptr;
    std::shared_ptr<value_type> item_ = nullptr;
  };

  explicit list(std::shared_ptr<akua_list> handle) : it_(std::move(handle)) {}
  explicit list(error why) : first_(std::move(why)) {}
  list(const list&) = default;
  list(list&& other) noexcept : it_(other.it_), first_(other.first_) { other.leave(); }
  list& operator=(const list&) = default;
  list& operator=(list&& other) noexcept {
    if (this != &other) {
      *this = static_cast<const list&>(other);
      other.leave();
    }
    return *this;
  }
  ~list() = default;
  // Reads on from where the list stands; to be called once.
  iterator begin() {
    iterator at;
    at.of_ = this;
    return ++at;
  }
  iterator end() const noexcept { return iterator(); }

 private:
  // What it was moved to reads on; whoever reads here is told so, once.
  void leave() noexcept {
    it_.reset();
    first_.emplace(detail::nothing_to_send);
  }
  std::optional<result<R>> next() {
    if (first_) return *std::exchange(first_, std::nullopt);
    akua_resource* made = nullptr;
    akua_report* why = nullptr;
    if (!it_) return std::nullopt;
    if (akua_list_next(it_.get(), &made, &why) != AKUA_OK) {
      it_.reset();
      return error(why);
    }
    if (!made) return std::nullopt;
    return R(detail::own(made, akua_resource_free));
  }
  std::shared_ptr<akua_list> it_ = nullptr;
  std::optional<error> first_ = std::nullopt;
};

class client;

namespace detail {

// What lists the resources of one kind of a client, with the options of the calls made through it.
template <class R>
class lists {
 public:
  // A range of result<R>.
  akua::list<R> list() const {
    static_assert(R::listed, "there is no list of this kind: get it by the id");
    if (refused()) return akua::list<R>(*refused());
    auto begun = detail::wrap<akua::list<R>>(
        akua_list_free, [&](auto made, auto why) { return akua_list_new(client_.get(), with(), R::kind, made, why); });
    return begun ? std::move(*begun) : akua::list<R>(begun.error());
  }

 protected:
  friend class akua::client;
  lists(std::shared_ptr<akua_client> client, std::shared_ptr<const call_options> options)
      : client_(std::move(client)), options_(std::move(options)) {}
  const akua_call_options* with() const noexcept { return options_ ? options_->handle() : nullptr; }
  const error* refused() const noexcept { return options_ && options_->refused() ? &*options_->refused() : nullptr; }
  template <class Call>
  static result<R> called(Call call) {
    return wrap<R>(akua_resource_free, call);
  }
  std::shared_ptr<akua_client> client_;
  std::shared_ptr<const call_options> options_;
};

// What reads them: some kinds can only be listed.
template <class R, bool Readable = R::readable>
class reads : public lists<R> {
 protected:
  using lists<R>::lists;
};

template <class R>
class reads<R, true> : public lists<R> {
 public:
  result<R> get(std::string_view id) const {
    if (refused()) return *refused();
    return called([&](auto made, auto why) {
      return akua_resource_get(client_.get(), with(), R::kind, detail::in(id), made, why);
    });
  }

 protected:
  using lists<R>::lists, lists<R>::client_, lists<R>::with, lists<R>::refused, lists<R>::called;
};

}  // namespace detail

}  // namespace akua

#endif  // AKUA_LIST_HPP
