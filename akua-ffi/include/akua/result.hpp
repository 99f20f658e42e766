// What calls give: statuses, errors, results, and what resources, patches and options are made of. A part of akua.hpp.
#ifndef AKUA_RESULT_HPP
#define AKUA_RESULT_HPP

#include "../akua.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) && !defined(AKUA_NO_EXCEPTIONS)
#define AKUA_EXCEPTIONS 1
#endif

namespace akua {

// How a call ended. A later library may give numbers that are not in this list.
enum class status : akua_status {
  ok = AKUA_OK,
  invalid_input = AKUA_INVALID_INPUT,
  configuration = AKUA_CONFIGURATION,
  authentication = AKUA_AUTHENTICATION,
  permission_denied = AKUA_PERMISSION_DENIED,
  not_found = AKUA_NOT_FOUND,
  conflict = AKUA_CONFLICT,
  rejected = AKUA_REJECTED,
  rate_limited = AKUA_RATE_LIMITED,
  server = AKUA_SERVER,
  unexpected_answer = AKUA_UNEXPECTED_ANSWER,
  decode = AKUA_DECODE,
  transport = AKUA_TRANSPORT,
  timeout = AKUA_TIMEOUT,
  cancelled = AKUA_CANCELLED,
  not_sent = AKUA_NOT_SENT,
  indeterminate = AKUA_INDETERMINATE,
  superseded = AKUA_SUPERSEDED,
  ignored = AKUA_IGNORED,
  operation_failed = AKUA_OPERATION_FAILED,
  operation_cancelled = AKUA_OPERATION_CANCELLED,
  still_running = AKUA_STILL_RUNNING,
  lost_track = AKUA_LOST_TRACK,
  misuse = AKUA_MISUSE,
  panic = AKUA_PANIC
};

using maybe_text = std::optional<std::string_view>;

namespace detail {

inline akua_str in(std::string_view text) noexcept { return {text.data() ? text.data() : "", text.size()}; }
inline akua_str in(const maybe_text& text) noexcept { return text ? in(*text) : akua_str{nullptr, 0}; }
inline std::string_view out(akua_str text) noexcept {
  return text.data ? std::string_view(text.data, text.len) : std::string_view();
}
inline maybe_text maybe(akua_str text) noexcept { return text.data ? maybe_text(out(text)) : std::nullopt; }
inline std::uint64_t ms(std::chrono::milliseconds time) noexcept {
  return time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
}

// Takes a handle over, to be freed with the last copy.
template <class T>
std::shared_ptr<T> own(T* handle, void (*free)(T*)) {
  return std::shared_ptr<T>(handle, free);
}

// Why something that was moved from can't be used, and what is known of the effect of whoever tried.
struct moved_from {
  const char* words;
  const char* effect;
};
inline constexpr moved_from nothing_to_send = {
    "something that was moved from was used, so there is nothing left in it; nothing was sent (assign to it before it is "
    "used again)",
    "not_sent"};
inline constexpr moved_from nothing_to_change = {
    "the patch that was given for the version that stands was moved from, so there is nothing left in it; this call has "
    "changed nothing (give a patch that still has its fields, or std::nullopt if nothing is to change)",
    "not_applied"};
inline constexpr moved_from nothing_known = {
    "an error that was moved from was used: what it said is with the one that it was moved to", "unknown"};

}  // namespace detail

// The name of a status, such as "conflict": the same in every language.
inline std::string_view name(status one) noexcept {
  return detail::out(akua_status_name(static_cast<akua_status>(one)));
}
inline std::string_view version() noexcept { return detail::out(akua_version()); }

// A secret text, such as a kubeconfig: nothing shows it but `expose`. No stream takes it, it is no text by itself, and it is
// wiped from memory with the last of its copies.
class secret {
 public:
  explicit secret(std::shared_ptr<const akua_secret> handle) : it_(std::move(handle)) {}
  // The secret itself, for whoever has to keep it; never for people. It lives as long as any copy of this.
  std::string_view expose() const noexcept { return detail::out(akua_secret_expose(it_.get())); }

 private:
  std::shared_ptr<const akua_secret> it_;
};

template <class Stream>
Stream& operator<<(Stream& stream, const secret&) = delete;

namespace detail {

// A resource as one answer showed it: what the types of all kinds are made of.
class shown {
 public:
  explicit shown(std::shared_ptr<const akua_resource> handle) : it_(std::move(handle)) {}
  // All of it, with the properties that this version does not know.
  std::string_view json() const noexcept { return out(akua_resource_json(it_.get(), 0, nullptr)); }
  const akua_resource* handle() const noexcept { return it_.get(); }

 protected:
  std::string_view text(akua_property which) const noexcept { return out(akua_resource_text(it_.get(), which, nullptr)); }
  maybe_text maybe(akua_property which) const noexcept {
    return detail::maybe(akua_resource_text(it_.get(), which, nullptr));
  }
  maybe_text maybe_json(akua_property which) const noexcept {
    return detail::maybe(akua_resource_json(it_.get(), which, nullptr));
  }
  // A secret that this answer has shown, if it has.
  std::optional<secret> once(akua_property which) const {
    akua_secret* made = nullptr;
    if (akua_resource_secret(it_.get(), which, &made, nullptr) != AKUA_OK || !made) return std::nullopt;
    return secret(std::shared_ptr<const akua_secret>(made, akua_secret_free));
  }
  bool flag(akua_property which) const noexcept { return akua_resource_flag(it_.get(), which, nullptr); }
  std::int64_t time(akua_property which) const noexcept { return akua_resource_time(it_.get(), which, nullptr); }
  std::optional<std::int64_t> maybe_time(akua_property which) const noexcept {
    if (akua_resource_shown(it_.get(), which, nullptr) != AKUA_SHOWN) return std::nullopt;
    return time(which);
  }
  std::optional<std::int64_t> number(akua_property which) const noexcept {
    if (akua_resource_shown(it_.get(), which, nullptr) != AKUA_SHOWN) return std::nullopt;
    return akua_resource_number(it_.get(), which, nullptr);
  }

 private:
  std::shared_ptr<const akua_resource> it_;
};

// A resource that a report lends, if it is an R.
template <class R>
std::optional<R> lent(const std::shared_ptr<const akua_report>& report) {
  const akua_resource* one = akua_report_resource(report.get());
  if (!one || akua_resource_kind(one) != R::kind) return std::nullopt;
  return R(std::shared_ptr<const akua_resource>(report, one));
}

}  // namespace detail

class operation;

namespace detail {
// The operation that the report of a wait lends.
inline std::optional<operation> lent_operation(const std::shared_ptr<const akua_report>& report);
}  // namespace detail

struct server_error {
  maybe_text code;
  std::string_view message;
  std::vector<std::string_view> path;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
};

struct problem {
  std::string_view field, message;
};

// One field of an edit's patch as the three sides have it.
struct field {
  std::string_view name;
  maybe_text base, ours, theirs, state;
  // The sides that are known to have no value, `base` and `theirs`; of every other one without a text it is not known.
  std::vector<std::string_view> absent;
};

namespace detail {

// What a report says; nothing where there is none.
class report {
 public:
  explicit report(std::shared_ptr<const akua_report> handle) : it_(std::move(handle)) {}
  int http_status() const noexcept { return static_cast<int>(number(AKUA_REPORT_HTTP_STATUS)); }
  maybe_text request_id() const noexcept { return text(AKUA_REPORT_REQUEST_ID); }
  maybe_text current_etag() const noexcept { return text(AKUA_REPORT_CURRENT_ETAG); }
  maybe_text seen_etag() const noexcept { return text(AKUA_REPORT_SEEN_ETAG); }
  std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    const std::int64_t ms = number(AKUA_REPORT_RETRY_AFTER);
    return !it_ || ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
  }
  unsigned attempts() const noexcept { return static_cast<unsigned>(number(AKUA_REPORT_ATTEMPTS)); }
  unsigned requests() const noexcept { return static_cast<unsigned>(number(AKUA_REPORT_REQUESTS)); }
  std::vector<problem> problems() const {
    std::vector<problem> all;
    for (std::size_t i = 0; i < count(AKUA_REPORT_PROBLEMS); ++i)
      all.push_back({out(item(AKUA_REPORT_PROBLEMS, i, AKUA_REPORT_FIELD)),
                     out(item(AKUA_REPORT_PROBLEMS, i, AKUA_REPORT_MESSAGE))});
    return all;
  }
  const akua_report* handle() const noexcept { return it_.get(); }

 protected:
  maybe_text text(akua_report_key key) const noexcept { return maybe(akua_report_text(it_.get(), key)); }
  std::int64_t number(akua_report_key key) const noexcept { return akua_report_number(it_.get(), key); }
  bool flag(akua_report_key key) const noexcept { return akua_report_flag(it_.get(), key); }
  std::size_t count(akua_report_key list) const noexcept { return akua_report_count(it_.get(), list); }
  akua_str item(akua_report_key list, std::size_t i, akua_report_key key, std::size_t part = 0) const noexcept {
    return akua_report_item(it_.get(), list, i, key, part);
  }
  std::vector<std::string_view> parts(akua_report_key list, std::size_t i, akua_report_key key) const {
    std::vector<std::string_view> all;
    akua_str part;
    for (std::size_t j = 0; (part = item(list, i, key, j)).data; ++j) all.push_back(out(part));
    return all;
  }
  // The ids of a list of operations.
  std::vector<std::string_view> operations(akua_report_key list) const {
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < count(list); ++i) all.push_back(out(item(list, i, AKUA_REPORT_OPERATION)));
    return all;
  }
  std::vector<field> fields(akua_report_key list) const {
    std::vector<field> all;
    for (std::size_t i = 0; i < count(list); ++i)
      all.push_back({out(item(list, i, AKUA_REPORT_FIELD)), maybe(item(list, i, AKUA_REPORT_BASE)),
                     maybe(item(list, i, AKUA_REPORT_OURS)), maybe(item(list, i, AKUA_REPORT_THEIRS)),
                     maybe(item(list, i, AKUA_REPORT_STATE)), parts(list, i, AKUA_REPORT_ABSENT)});
    return all;
  }
  std::shared_ptr<const akua_report> it_;
};

}  // namespace detail

// Why a call did not do what its name says. The texts live as long as any copy of the error.
class error : public detail::report {
 public:
  explicit error(akua_report* handle) : report(detail::own(handle, akua_report_free)) {}
  explicit error(std::shared_ptr<const akua_report> handle) : report(std::move(handle)) {}
  explicit error(detail::moved_from what) noexcept : report(nullptr), moved_(what) {}
  akua::status status() const noexcept {
    return it_ ? static_cast<akua::status>(akua_report_status(it_.get())) : akua::status::misuse;
  }
  std::string_view kind() const noexcept { return text(AKUA_REPORT_KIND).value_or("invalid_input"); }
  std::string_view message() const noexcept { return text(AKUA_REPORT_MESSAGE).value_or(moved_.words); }
  maybe_text hint() const noexcept {
    if (resolving_) return "keep the resume token, and resolve it once this is mended";
    return text(AKUA_REPORT_HINT);
  }
  std::string_view effect() const noexcept {
    if (resolving_) return "unknown";
    return text(AKUA_REPORT_EFFECT).value_or(moved_.effect);
  }
  bool may_have_taken_effect() const noexcept {
    return it_ && !resolving_ ? flag(AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT) : effect() == "unknown";
  }
  bool may_still_land() const noexcept {
    return it_ && !resolving_ ? flag(AKUA_REPORT_MAY_STILL_LAND) : effect() == "unknown";
  }
  // The same, of a call that was to settle the write of a resume token: nothing new is known of that write.
  error while_resolving() const {
    error same = *this;
    same.resolving_ = true;
    return same;
  }
  // The etag of the version that the write has made, though its answer can't be read in full.
  maybe_text new_etag() const noexcept { return effect() == "applied" ? etag() : std::nullopt; }
  // The same; of an ignored write that of the version which its answer shows.
  maybe_text etag() const noexcept { return text(AKUA_REPORT_ETAG); }
  maybe_text outcome() const noexcept { return text(AKUA_REPORT_OUTCOME); }
  maybe_text end() const noexcept { return text(AKUA_REPORT_END); }
  maybe_text cause() const noexcept { return text(AKUA_REPORT_CAUSE); }
  maybe_text detail() const noexcept { return text(AKUA_REPORT_DETAIL); }
  maybe_text explain() const noexcept { return text(AKUA_REPORT_EXPLAIN); }
  maybe_text resume_token() const noexcept { return text(AKUA_REPORT_RESUME_TOKEN); }
  std::vector<field> fields() const { return report::fields(AKUA_REPORT_FIELDS); }

  // Of a wait for an operation: which, as it was shown last, and what else is known of it.
  maybe_text operation_id() const noexcept { return text(AKUA_REPORT_OPERATION); }
  std::optional<akua::operation> shown() const;
  maybe_text blocked_on() const noexcept { return text(AKUA_REPORT_BLOCKED_ON); }
  maybe_text asked_here() const noexcept { return text(AKUA_REPORT_ASKED_HERE); }
  std::vector<std::string_view> later() const { return operations(AKUA_REPORT_LATER); }
  // Of a launch: the operations that are listed and may be its own, and may be somebody else's. Of a create, the resources.
  std::vector<std::string_view> candidates() const { return operations(AKUA_REPORT_CANDIDATES); }

  // The version that was read last, if one was and it is an R; of a wait for an operation what stands there now.
  template <class R>
  std::optional<R> resource() const {
    return akua::detail::lent<R>(it_);
  }

  std::vector<server_error> server_errors() const {
    constexpr auto list = AKUA_REPORT_SERVER_ERRORS;
    std::vector<server_error> all;
    for (std::size_t i = 0; i < count(list); ++i) {
      server_error one{akua::detail::maybe(item(list, i, AKUA_REPORT_CODE)),
                       akua::detail::out(item(list, i, AKUA_REPORT_MESSAGE)),
                       parts(list, i, AKUA_REPORT_PATH),
                       {}};
      akua_str part;
      for (std::size_t j = 0; (part = item(list, i, AKUA_REPORT_METADATA_NAME, j)).data; ++j)
        one.metadata.emplace_back(akua::detail::out(part),
                                  akua::detail::out(item(list, i, AKUA_REPORT_METADATA_VALUE, j)));
      all.push_back(std::move(one));
    }
    return all;
  }

 private:
  akua::detail::moved_from moved_ = akua::detail::nothing_known;
  bool resolving_ = false;
};

#ifdef AKUA_EXCEPTIONS
// What `result::value()` throws.
class failure : public std::runtime_error {
 public:
  explicit failure(error why) : std::runtime_error(std::string(why.message())), why_(std::move(why)) {}
  const error& why() const noexcept { return why_; }

 private:
  error why_;
};
#endif

// A value, or the error that there is in its place.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : it_(std::in_place_index<0>, std::move(value)) {}
  result(akua::error why) : it_(std::in_place_index<1>, std::move(why)) {}
  bool has_value() const noexcept { return it_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  const akua::error& error() const noexcept { return *std::get_if<1>(&it_); }  // Only where there is no value.
  T& operator*() & noexcept { return *std::get_if<0>(&it_); }                  // These only where there is one.
  const T& operator*() const& noexcept { return *std::get_if<0>(&it_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&it_)); }
  T* operator->() noexcept { return std::get_if<0>(&it_); }
  const T* operator->() const noexcept { return std::get_if<0>(&it_); }

  // The value. Without one it throws a `failure`, or ends the program where exceptions are off.
  T& value() & { return check(), **this; }
  const T& value() const& { return check(), **this; }
  T&& value() && { return check(), *std::move(*this); }

 private:
  void check() const {
    if (has_value()) return;
#ifdef AKUA_EXCEPTIONS
    throw failure(error());
#else
    std::fprintf(stderr, "akua: %.*s\n", static_cast<int>(error().message().size()), error().message().data());
    std::abort();
#endif
  }
  std::variant<T, akua::error> it_;
};

namespace detail {

// A C handle that is set up with setters. The first refusal is kept for whoever uses it.
template <class Self, class T, T* (*Clone)(const T*), void (*Free)(T*)>
class settable {
 public:
  explicit settable(T* made) : it_(made, Free) {}
  settable(const settable& other) : it_(Clone(other.handle()), Free), refused_(other.refused_) {}
  settable(settable&& other) noexcept : it_(std::move(other.it_)), refused_(std::move(other.refused_)) {
    other.refused_.emplace(nothing_to_send);
  }
  settable& operator=(const settable& other) { return *this = settable(other); }
  settable& operator=(settable&& other) noexcept {
    if (this != &other) {
      it_ = std::move(other.it_);
      refused_ = std::move(other.refused_);
      other.refused_.emplace(nothing_to_send);
    }
    return *this;
  }
  T* handle() const noexcept { return it_.get(); }
  const std::optional<akua::error>& refused() const noexcept { return refused_; }

 protected:
  Self& refuse(error why) {
    if (!refused_) refused_.emplace(std::move(why));
    return static_cast<Self&>(*this);
  }

  template <class Setter, class... Values>
  Self& set(Setter setter, Values... values) {
    akua_report* why = nullptr;
    if (setter(it_.get(), values..., &why) != AKUA_OK && !refused_)
      refused_.emplace(why);
    else
      akua_report_free(why);
    return static_cast<Self&>(*this);
  }

 private:
  std::unique_ptr<T, void (*)(T*)> it_;
  std::optional<akua::error> refused_ = std::nullopt;
};

// A change of some properties of a resource, or what something new is made of: what the patches of all kinds are made of.
template <class Self, std::int32_t Kind, akua_patch* (*New)(std::int32_t) = akua_patch_new>
class patch : public settable<Self, akua_patch, akua_patch_clone, akua_patch_free> {
 protected:
  patch() : patch::settable(New(Kind)) {}
  Self& set_text(akua_property which, std::string_view text) { return this->set(akua_patch_set_text, which, in(text)); }
  Self& set_flag(akua_property which, bool flag) { return this->set(akua_patch_set_flag, which, flag); }
  Self& set_number(akua_property which, std::int64_t number) { return this->set(akua_patch_set_number, which, number); }
  Self& set_json(akua_property which, std::string_view json) { return this->set(akua_patch_set_json, which, in(json)); }
};

}  // namespace detail

}  // namespace akua

#endif  // AKUA_RESULT_HPP
