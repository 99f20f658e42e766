// Akua for C++17: akua.h in values that clean up after themselves. Header only; link with the C library.
//
// Calls give a result<T>: a value, or an error that says what happened and whether the call may have taken effect.
// `result::value()` throws that error where exceptions are on and ends the program where they are off, so that both
// styles are one interface. Works with -fno-exceptions and -fno-rtti. No exception ever crosses into the library: where
// it asks the program for something, it is asked in a loop on this side.
//
// What a call gives is shared by its copies, which are cheap, and texts that it gives live as long as any copy. Patches
// and options are copied for real.
// What a setter refuses is kept and reported by the call that the options or the patch are given to. So is the use of
// something that was moved from: the call ends with status::misuse, and nothing is sent. Assign to it to use it again.
#ifndef AKUA_HPP
#define AKUA_HPP

#include "akua.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
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

template <class R>
struct of;  // The C functions about a resource.

}  // namespace detail

// The name of a status, such as "conflict": the same in every language.
inline std::string_view name(status one) noexcept {
  return detail::out(akua_status_name(static_cast<akua_status>(one)));
}
inline std::string_view version() noexcept { return detail::out(akua_version()); }

// A cluster as one answer showed it.
class cluster {
 public:
  explicit cluster(std::shared_ptr<const akua_cluster> handle) : it_(std::move(handle)) {}
  std::string_view id() const noexcept { return detail::out(akua_cluster_id(it_.get())); }
  maybe_text html_url() const noexcept { return detail::maybe(akua_cluster_html_url(it_.get())); }
  std::string_view name() const noexcept { return detail::out(akua_cluster_name(it_.get())); }
  std::string_view workspace_id() const noexcept { return detail::out(akua_cluster_workspace_id(it_.get())); }
  std::string_view state() const noexcept { return detail::out(akua_cluster_state(it_.get())); }
  std::string_view provider() const noexcept { return detail::out(akua_cluster_provider(it_.get())); }
  bool reconciling() const noexcept { return akua_cluster_reconciling(it_.get()); }
  std::int64_t created_at() const noexcept { return akua_cluster_created_at(it_.get()); }
  std::string_view created_at_text() const noexcept { return detail::out(akua_cluster_created_at_text(it_.get())); }
  std::int64_t updated_at() const noexcept { return akua_cluster_updated_at(it_.get()); }
  std::string_view updated_at_text() const noexcept { return detail::out(akua_cluster_updated_at_text(it_.get())); }
  std::string_view etag() const noexcept { return detail::out(akua_cluster_etag(it_.get())); }
  std::string_view json() const noexcept { return detail::out(akua_cluster_json(it_.get())); }
  const akua_cluster* handle() const noexcept { return it_.get(); }

 private:
  std::shared_ptr<const akua_cluster> it_;
};

// A workspace as one answer showed it.
class workspace {
 public:
  explicit workspace(std::shared_ptr<const akua_workspace> handle) : it_(std::move(handle)) {}
  std::string_view id() const noexcept { return detail::out(akua_workspace_id(it_.get())); }
  std::string_view name() const noexcept { return detail::out(akua_workspace_name(it_.get())); }
  std::string_view slug() const noexcept { return detail::out(akua_workspace_slug(it_.get())); }
  maybe_text plan_tier() const noexcept { return detail::maybe(akua_workspace_plan_tier(it_.get())); }
  maybe_text plan_billed_by() const noexcept { return detail::maybe(akua_workspace_plan_billed_by(it_.get())); }
  maybe_text workspace_class() const noexcept { return detail::maybe(akua_workspace_workspace_class(it_.get())); }
  std::int64_t created_at() const noexcept { return akua_workspace_created_at(it_.get()); }
  std::string_view created_at_text() const noexcept { return detail::out(akua_workspace_created_at_text(it_.get())); }
  std::int64_t updated_at() const noexcept { return akua_workspace_updated_at(it_.get()); }
  std::string_view updated_at_text() const noexcept { return detail::out(akua_workspace_updated_at_text(it_.get())); }
  std::string_view etag() const noexcept { return detail::out(akua_workspace_etag(it_.get())); }
  std::string_view json() const noexcept { return detail::out(akua_workspace_json(it_.get())); }
  const akua_workspace* handle() const noexcept { return it_.get(); }

 private:
  std::shared_ptr<const akua_workspace> it_;
};

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
};

// Why a call did not do what its name says. The texts live as long as any copy of the error.
class error {
 public:
  explicit error(akua_error* handle) : it_(detail::own(handle, akua_error_free)) {}
  explicit error(std::shared_ptr<const akua_error> handle) : it_(std::move(handle)) {}
  explicit error(detail::moved_from what) noexcept : moved_(what) {}
  akua::status status() const noexcept {
    return it_ ? static_cast<akua::status>(akua_error_status(it_.get())) : akua::status::misuse;
  }
  std::string_view kind() const noexcept { return it_ ? detail::out(akua_error_kind(it_.get())) : "invalid_input"; }
  std::string_view message() const noexcept { return it_ ? detail::out(akua_error_message(it_.get())) : moved_.words; }
  maybe_text hint() const noexcept {
    if (resolving_) return "keep the resume token, and resolve it once this is mended";
    return detail::maybe(akua_error_hint(it_.get()));
  }
  int http_status() const noexcept { return akua_error_http_status(it_.get()); }
  std::string_view effect() const noexcept {
    if (resolving_) return "unknown";
    return it_ ? detail::out(akua_error_effect(it_.get())) : moved_.effect;
  }
  bool may_have_taken_effect() const noexcept {
    return it_ && !resolving_ ? akua_error_may_have_taken_effect(it_.get()) : effect() == "unknown";
  }
  bool may_still_land() const noexcept {
    return it_ && !resolving_ ? akua_error_may_still_land(it_.get()) : effect() == "unknown";
  }
  // The same, of a call that was to settle the write of a resume token: nothing new is known of that write.
  error while_resolving() const {
    error same = *this;
    same.resolving_ = true;
    return same;
  }
  maybe_text request_id() const noexcept { return detail::maybe(akua_error_request_id(it_.get())); }
  maybe_text current_etag() const noexcept { return detail::maybe(akua_error_current_etag(it_.get())); }
  maybe_text new_etag() const noexcept { return detail::maybe(akua_error_new_etag(it_.get())); }
  std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    const std::int64_t ms = akua_error_retry_after_ms(it_.get());
    return ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
  }
  unsigned attempts() const noexcept { return akua_error_attempts(it_.get()); }
  unsigned requests() const noexcept { return akua_error_requests(it_.get()); }
  maybe_text outcome() const noexcept { return detail::maybe(akua_error_outcome(it_.get())); }
  maybe_text cause() const noexcept { return detail::maybe(akua_error_cause(it_.get())); }
  maybe_text detail() const noexcept { return detail::maybe(akua_error_detail(it_.get())); }
  maybe_text explain() const noexcept { return detail::maybe(akua_error_explain(it_.get())); }
  maybe_text resume_token() const noexcept { return detail::maybe(akua_error_resume_token(it_.get())); }

  // The version that was read last, if one was.
  std::optional<akua::cluster> cluster() const {
    const akua_cluster* lent = akua_error_cluster(it_.get());
    if (!lent) return std::nullopt;
    return akua::cluster(std::shared_ptr<const akua_cluster>(it_, lent));
  }
  std::optional<akua::workspace> workspace() const {
    const akua_workspace* lent = akua_error_workspace(it_.get());
    if (!lent) return std::nullopt;
    return akua::workspace(std::shared_ptr<const akua_workspace>(it_, lent));
  }

  std::vector<server_error> server_errors() const {
    std::vector<server_error> all;
    for (std::size_t i = 0; i < akua_error_server_error_count(it_.get()); ++i) {
      server_error one{detail::maybe(akua_error_server_error_code(it_.get(), i)),
                       detail::out(akua_error_server_error_message(it_.get(), i)),
                       {},
                       {}};
      for (std::size_t j = 0; j < akua_error_server_error_path_count(it_.get(), i); ++j)
        one.path.push_back(detail::out(akua_error_server_error_path(it_.get(), i, j)));
      for (std::size_t j = 0; j < akua_error_server_error_metadata_count(it_.get(), i); ++j)
        one.metadata.emplace_back(detail::out(akua_error_server_error_metadata_name(it_.get(), i, j)),
                                  detail::out(akua_error_server_error_metadata_value(it_.get(), i, j)));
      all.push_back(std::move(one));
    }
    return all;
  }
  std::vector<problem> problems() const {
    std::vector<problem> all;
    for (std::size_t i = 0; i < akua_error_problem_count(it_.get()); ++i)
      all.push_back(
          {detail::out(akua_error_problem_field(it_.get(), i)), detail::out(akua_error_problem_message(it_.get(), i))});
    return all;
  }
  std::vector<field> fields() const {
    std::vector<field> all;
    for (std::size_t i = 0; i < akua_error_field_count(it_.get()); ++i)
      all.push_back(
          {detail::out(akua_error_field_name(it_.get(), i)), detail::maybe(akua_error_field_base(it_.get(), i)),
           detail::maybe(akua_error_field_ours(it_.get(), i)), detail::maybe(akua_error_field_theirs(it_.get(), i)),
           detail::maybe(akua_error_field_state(it_.get(), i))});
    return all;
  }

 private:
  std::shared_ptr<const akua_error> it_;
  detail::moved_from moved_ = detail::nothing_known;
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
template <class Self, class T, T* (*New)(), T* (*Clone)(const T*), void (*Free)(T*)>
class settable {
 public:
  settable() : it_(New(), Free) {}
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
    akua_error* why = nullptr;
    if (setter(it_.get(), values..., &why) != AKUA_OK && !refused_)
      refused_.emplace(why);
    else
      akua_error_free(why);
    return static_cast<Self&>(*this);
  }

 private:
  std::unique_ptr<T, void (*)(T*)> it_;
  std::optional<akua::error> refused_;
};

}  // namespace detail

// A change of some fields of a cluster: what is not set stays as it is.
class cluster_patch : public detail::settable<cluster_patch, akua_cluster_patch, akua_cluster_patch_new,
                                              akua_cluster_patch_clone, akua_cluster_patch_free> {
 public:
  cluster_patch& name(std::string_view text) { return set(akua_cluster_patch_set_name, detail::in(text)); }
  cluster_patch& region_id(std::string_view text) { return set(akua_cluster_patch_set_region_id, detail::in(text)); }
  cluster_patch& provider(std::string_view text) { return set(akua_cluster_patch_set_provider, detail::in(text)); }
  cluster_patch& kubeconfig(std::string_view text) { return set(akua_cluster_patch_set_kubeconfig, detail::in(text)); }
};

// A change of some fields of a workspace: what is not set stays as it is.
class workspace_patch : public detail::settable<workspace_patch, akua_workspace_patch, akua_workspace_patch_new,
                                                akua_workspace_patch_clone, akua_workspace_patch_free> {
 public:
  workspace_patch& name(std::string_view text) { return set(akua_workspace_patch_set_name, detail::in(text)); }
  workspace_patch& slug(std::string_view text) { return set(akua_workspace_patch_set_slug, detail::in(text)); }
};

// Ends calls from another thread, or from a signal handler.
class cancel {
 public:
  cancel() : it_(detail::own(akua_cancel_new(), akua_cancel_free)) {}
  void trigger() const noexcept { akua_cancel_trigger(it_.get()); }
  bool is_triggered() const noexcept { return akua_cancel_is_triggered(it_.get()); }
  const akua_cancel* handle() const noexcept { return it_.get(); }

 private:
  std::shared_ptr<akua_cancel> it_;
};

enum class on_conflict : std::int32_t { fail = AKUA_ON_CONFLICT_FAIL, rebase = AKUA_ON_CONFLICT_REBASE };
enum class resume : std::int32_t { finish = AKUA_RESUME_FINISH, look = AKUA_RESUME_LOOK };

// The options of calls; each is described at its setter in akua.h.
class call_options : public detail::settable<call_options, akua_call_options, akua_call_options_new,
                                             akua_call_options_clone, akua_call_options_free> {
  using time = std::chrono::milliseconds;

 public:
  call_options& timeout(time t) { return set(akua_call_options_set_timeout_ms, detail::ms(t)); }
  call_options& context(std::string_view text) { return set(akua_call_options_set_context, detail::in(text)); }
  call_options& cancel(const akua::cancel& one) {
    if (!one.handle()) return refuse(error(detail::nothing_to_send));
    return set(akua_call_options_set_cancel, one.handle());
  }
  call_options& traceparent(std::string_view text) { return set(akua_call_options_set_traceparent, detail::in(text)); }
  call_options& page_items(std::uint64_t items) { return set(akua_call_options_set_page_items, items); }
  call_options& page_cursor(std::string_view text) { return set(akua_call_options_set_page_cursor, detail::in(text)); }
  call_options& on_conflict(akua::on_conflict what) {
    return set(akua_call_options_set_on_conflict, static_cast<std::int32_t>(what));
  }
  call_options& overwrite_unseen(bool overwrite) { return set(akua_call_options_set_overwrite_unseen, overwrite); }
  call_options& attempts(std::uint32_t attempts) { return set(akua_call_options_set_attempts, attempts); }
  call_options& epochs(std::uint32_t epochs) { return set(akua_call_options_set_epochs, epochs); }
  call_options& settle_reserve(time t) { return set(akua_call_options_set_settle_reserve_ms, detail::ms(t)); }
  call_options& backoff(time t) { return set(akua_call_options_set_backoff_ms, detail::ms(t)); }
  call_options& backoff_limit(time t) { return set(akua_call_options_set_backoff_limit_ms, detail::ms(t)); }
};

// The settings of a client; each is described at its setter in akua.h.
class client_options : public detail::settable<client_options, akua_client_options, akua_client_options_new,
                                               akua_client_options_clone, akua_client_options_free> {
  using self = client_options;
  using text = std::string_view;
  using time = std::chrono::milliseconds;

 public:
  self& use_environment() { return set(akua_client_options_use_environment); }
  self& base_url(text url) { return set(akua_client_options_set_base_url, detail::in(url)); }
  self& allow_insecure_http(bool allow) { return set(akua_client_options_set_allow_insecure_http, allow); }
  self& token(text token) { return set(akua_client_options_set_token, detail::in(token)); }
  self& context(text context) { return set(akua_client_options_set_context, detail::in(context)); }
  self& timeout(time t) { return set(akua_client_options_set_timeout_ms, detail::ms(t)); }
  self& connect_timeout(time t) { return set(akua_client_options_set_connect_timeout_ms, detail::ms(t)); }
  self& read_timeout(time t) { return set(akua_client_options_set_read_timeout_ms, detail::ms(t)); }
  self& max_response_bytes(std::size_t bytes) { return set(akua_client_options_set_max_response_bytes, bytes); }
  self& user_agent_suffix(text suffix) { return set(akua_client_options_set_user_agent_suffix, detail::in(suffix)); }
  self& add_root_certificates(text pem) { return set(akua_client_options_add_root_certificates, detail::in(pem)); }
  self& client_certificate(text chain_pem, text key_pem) {
    return set(akua_client_options_set_client_certificate, detail::in(chain_pem), detail::in(key_pem));
  }
  self& proxy(text url) { return set(akua_client_options_set_proxy, detail::in(url)); }
  self& no_proxy() { return set(akua_client_options_set_no_proxy); }
  self& read_attempts(std::uint32_t attempts) { return set(akua_client_options_set_read_attempts, attempts); }
  self& read_backoff(time first, time longest) {
    return set(akua_client_options_set_read_backoff_ms, detail::ms(first), detail::ms(longest));
  }
  self& retry_budget(std::uint32_t repeats) { return set(akua_client_options_set_retry_budget, repeats); }
  self& contract_etag_never_repeats(bool holds) {
    return set(akua_client_options_set_contract_etag_never_repeats, holds);
  }
  self& contract_key_checked_before_if_match(bool holds) {
    return set(akua_client_options_set_contract_key_checked_before_if_match, holds);
  }
  self& contract_key_retention(time t) { return set(akua_client_options_set_contract_key_retention_ms, detail::ms(t)); }
  self& contract_stores_rejections_per_key(bool holds) {
    return set(akua_client_options_set_contract_stores_rejections_per_key, holds);
  }
  self& contract_reads_linearizable(bool holds) {
    return set(akua_client_options_set_contract_reads_linearizable, holds);
  }
  self& contract_etag_covers_write_only(bool holds) {
    return set(akua_client_options_set_contract_etag_covers_write_only, holds);
  }
  self& contract_hidden_retries(bool holds) { return set(akua_client_options_set_contract_hidden_retries, holds); }
  self& contract_clock_skew(time t) { return set(akua_client_options_set_contract_clock_skew_ms, detail::ms(t)); }
  self& contract_answers_show_written_version(bool holds) {
    return set(akua_client_options_set_contract_answers_show_written_version, holds);
  }
  self& contract_conflicts_name_current_etag(bool holds) {
    return set(akua_client_options_set_contract_conflicts_name_current_etag, holds);
  }
};

namespace detail {

#define AKUA_DETAIL_RESOURCE(noun)                                             \
  template <>                                                                  \
  struct of<noun> {                                                            \
    using shown = akua_##noun;                                                 \
    using patch = noun##_patch;                                                \
    using edited = akua_##noun##_edited;                                       \
    using edit = akua_##noun##_edit;                                           \
    using list = akua_##noun##_list;                                           \
    static constexpr auto free = akua_##noun##_free;                           \
    static constexpr auto clone = akua_##noun##_clone;                         \
    static constexpr auto get = akua_##noun##_get;                             \
    static constexpr auto update = akua_##noun##_update;                       \
    static constexpr auto list_new = akua_##noun##_list_new;                   \
    static constexpr auto list_next = akua_##noun##_list_next;                 \
    static constexpr auto list_free = akua_##noun##_list_free;                 \
    static constexpr auto edit_new = akua_##noun##_edit_new;                   \
    static constexpr auto edit_new_by_id = akua_##noun##_edit_new_by_id;       \
    static constexpr auto edit_next = akua_##noun##_edit_next;                 \
    static constexpr auto edit_current = akua_##noun##_edit_current;           \
    static constexpr auto edit_resume_token = akua_##noun##_edit_resume_token; \
    static constexpr auto edit_submit = akua_##noun##_edit_submit;             \
    static constexpr auto edit_fail = akua_##noun##_edit_fail;                 \
    static constexpr auto edit_decline = akua_##noun##_edit_decline;           \
    static constexpr auto edit_free = akua_##noun##_edit_free;                 \
    static constexpr auto edited_free = akua_##noun##_edited_free;             \
    static constexpr auto outcome = akua_##noun##_edited_outcome;              \
    static constexpr auto proof = akua_##noun##_edited_proof;                  \
    static constexpr auto etag = akua_##noun##_edited_etag;                    \
    static constexpr auto resource = akua_##noun##_edited_##noun;              \
    static constexpr auto unreadable = akua_##noun##_edited_unreadable;        \
    static constexpr auto attempts = akua_##noun##_edited_attempts;            \
    static constexpr auto requests = akua_##noun##_edited_requests;            \
    static constexpr auto explain = akua_##noun##_edited_explain;              \
    static constexpr auto field_count = akua_##noun##_edited_field_count;      \
    static constexpr auto field_result = akua_##noun##_edited_field_result;    \
    static constexpr auto field_name = akua_##noun##_edited_field_name;        \
    static constexpr auto field_base = akua_##noun##_edited_field_base;        \
    static constexpr auto field_ours = akua_##noun##_edited_field_ours;        \
    static constexpr auto field_theirs = akua_##noun##_edited_field_theirs;    \
    static constexpr auto field_state = akua_##noun##_edited_field_state;      \
  }
AKUA_DETAIL_RESOURCE(cluster);
AKUA_DETAIL_RESOURCE(workspace);
#undef AKUA_DETAIL_RESOURCE

// Makes one call that gives a handle, and wraps what comes back: a value of V, or the error.
template <class V, class T, class Call>
result<V> wrap(void (*free)(T*), Call call) {
  T* made = nullptr;
  akua_error* why = nullptr;
  if (call(&made, &why) != AKUA_OK) return error(why);
  return V(own(made, free));
}

}  // namespace detail

// Why a function gives no patch.
struct give_up {
  std::string why;
};

// What a function gives for a version: a patch, nothing if nothing is to change, or why there is none.
template <class R>
class change {
 public:
  using patch = typename detail::of<R>::patch;
  change(patch one) : it_(std::optional<patch>(std::move(one))) {}
  change(std::optional<patch> one) : it_(std::move(one)) {}
  change(std::nullopt_t) : it_(std::optional<patch>()) {}
  change(give_up why) : it_(std::move(why)) {}
  const std::variant<std::optional<patch>, give_up>& get() const noexcept { return it_; }

 private:
  std::variant<std::optional<patch>, give_up> it_;
};

// An edit that is in effect. What the server has stored otherwise than it was wanted is in `adjusted` and `not_taken`; both
// are empty where everything that answers show is as wanted.
template <class R>
class edited {
  using c = detail::of<R>;

 public:
  explicit edited(std::shared_ptr<const typename c::edited> handle) : it_(std::move(handle)) {}
  std::string_view outcome() const noexcept { return detail::out(c::outcome(it_.get())); }
  maybe_text proof() const noexcept { return detail::maybe(c::proof(it_.get())); }
  std::string_view etag() const noexcept { return detail::out(c::etag(it_.get())); }
  unsigned attempts() const noexcept { return c::attempts(it_.get()); }
  unsigned requests() const noexcept { return c::requests(it_.get()); }
  std::string_view explain() const noexcept { return detail::out(c::explain(it_.get())); }
  // The fields that show neither the wanted value nor the one from before, as where a server trims; `theirs` is what they
  // show.
  std::vector<field> adjusted() const { return fields("adjusted"); }
  // The fields that still show the value from before, though others show that the write was carried out.
  std::vector<field> not_taken() const { return fields("not_taken"); }
  // The version with the change in it; nothing if the answer to the write could not be read in full.
  std::optional<R> resource() const {
    const typename c::shown* lent = c::resource(it_.get());
    if (!lent) return std::nullopt;
    return R(std::shared_ptr<const typename c::shown>(it_, lent));
  }
  // Why it could not be read.
  std::optional<error> unreadable() const {
    const akua_error* lent = c::unreadable(it_.get());
    if (!lent) return std::nullopt;
    return error(std::shared_ptr<const akua_error>(it_, lent));
  }
  const typename c::edited* handle() const noexcept { return it_.get(); }

 private:
  std::vector<field> fields(std::string_view result) const {
    std::vector<field> all;
    for (std::size_t i = 0; i < c::field_count(it_.get()); ++i)
      if (detail::out(c::field_result(it_.get(), i)) == result)
        all.push_back({detail::out(c::field_name(it_.get(), i)), detail::maybe(c::field_base(it_.get(), i)),
                       detail::maybe(c::field_ours(it_.get(), i)), detail::maybe(c::field_theirs(it_.get(), i)),
                       detail::maybe(c::field_state(it_.get(), i))});
    return all;
  }
  std::shared_ptr<const typename c::edited> it_;
};

// A list, read page by page: a range of result<R>. It ends after the last item and after an error.
template <class R>
class list {
  using c = detail::of<R>;

 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = result<R>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;
    iterator() = default;
    explicit iterator(list* of) : list_(of) { ++*this; }
    reference operator*() const { return *list_->item_; }
    pointer operator->() const { return &*list_->item_; }
    iterator& operator++() {
      if (!list_->read()) list_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.list_ == b.list_; }
    friend bool operator!=(const iterator& a, const iterator& b) noexcept { return a.list_ != b.list_; }

   private:
    list* list_ = nullptr;
  };

  explicit list(std::shared_ptr<typename c::list> handle) : it_(std::move(handle)) {}
  explicit list(error why) : first_(std::move(why)) {}
  list(const list&) = default;
  list(list&& other) noexcept : it_(other.it_), first_(other.first_), item_(other.item_), gone_(other.gone_) {
    other.leave();
  }
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
  iterator begin() { return iterator(this); }
  iterator end() noexcept { return iterator(); }

 private:
  // What it was moved to reads on; whoever reads here is told so, once.
  void leave() noexcept {
    it_.reset();
    first_.reset();
    gone_ = true;
  }
  bool read() {
    if (gone_) {
      if (told_) return false;
      told_ = true;
      item_.emplace(error(detail::nothing_to_send));
      return true;
    }
    if (first_) {
      item_.emplace(*std::exchange(first_, std::nullopt));
      return true;
    }
    typename c::shown* made = nullptr;
    akua_error* why = nullptr;
    if (!it_ || (item_ && !*item_)) return false;
    if (c::list_next(it_.get(), &made, &why) != AKUA_OK) {
      item_.emplace(error(why));
      return true;
    }
    if (!made) return false;
    item_.emplace(R(detail::own(made, c::free)));
    return true;
  }
  std::shared_ptr<typename c::list> it_;
  std::optional<error> first_;
  std::optional<result<R>> item_;
  bool gone_ = false, told_ = false;
};

class client;

// The clusters or workspaces of a client, with the options of the calls made through it.
template <class R>
class collection {
  using c = detail::of<R>;
  using patch = typename c::patch;

 public:
  result<R> get(std::string_view id) const {
    if (refused()) return *refused();
    return detail::wrap<R>(
        c::free, [&](auto made, auto why) { return c::get(client_.get(), with(), detail::in(id), made, why); });
  }

  // A range of result<R>.
  akua::list<R> list() const {
    if (refused()) return akua::list<R>(*refused());
    auto begun = detail::wrap<akua::list<R>>(
        c::list_free, [&](auto made, auto why) { return c::list_new(client_.get(), with(), made, why); });
    return begun ? std::move(*begun) : akua::list<R>(begun.error());
  }

  // Exactly one conditional request, never sent again.
  result<R> update(std::string_view id, std::string_view if_match, const patch& change) const {
    if (refused(change)) return *refused(change);
    return detail::wrap<R>(c::free, [&](auto made, auto why) {
      return c::update(client_.get(), with(), detail::in(id), detail::in(if_match), change.handle(), made, why);
    });
  }

  // The same with an idempotency key of the caller's. Only clusters take one.
  template <class Q = R, std::enable_if_t<std::is_same_v<Q, cluster>, int> = 0>
  result<cluster> update(std::string_view id, std::string_view if_match, const patch& change,
                         std::string_view key) const {
    if (refused(change)) return *refused(change);
    return detail::wrap<cluster>(akua_cluster_free, [&](auto made, auto why) {
      return akua_cluster_update_with_key(client_.get(), with(), detail::in(id), detail::in(if_match), change.handle(),
                                          detail::in(key), made, why);
    });
  }

  // Changes what `change` says, whatever happens in between, and tells the truth about it. `target` is the version that
  // was seen, all of which is protected, or an id. `change` is a patch, or a function that is given each fresh version
  // and gives an akua::change for it: a patch, nothing, or akua::give_up. `keep` is called with the resume token before
  // each write goes out for the first time; if it gives false, nothing of that write is sent. An exception out of
  // either goes through, and nothing more is sent.
  template <class Target, class Change>
  result<edited<R>> edit(const Target& target, Change&& change) const {
    return edit(target, std::forward<Change>(change), [](std::string_view) { return true; });
  }

  template <class Target, class Change, class Keep>
  result<edited<R>> edit(const Target& target, Change&& change, Keep&& keep) const {
    constexpr bool given = std::is_convertible_v<const std::decay_t<Change>&, const patch&>;
    const patch* first = nullptr;
    if constexpr (given) first = &change;
    if (first ? refused(*first) : refused()) return first ? *refused(*first) : *refused();
    typename c::edit* made = nullptr;
    akua_error* why = nullptr;
    const auto status = begin(target, first ? first->handle() : nullptr, &made, &why);
    if (status != AKUA_OK) return error(why);
    const std::unique_ptr<typename c::edit, decltype(c::edit_free)> edit(made, c::edit_free);
    for (;;) {
      std::int32_t progress = 0;
      typename c::edited* done = nullptr;
      if (c::edit_next(edit.get(), &progress, &done, &why) != AKUA_OK) return error(why);
      if (progress == AKUA_EDIT_DONE) return edited<R>(detail::own(done, c::edited_free));
      if (progress == AKUA_EDIT_READY) {
        if (!keep(detail::out(c::edit_resume_token(edit.get()))))
          if (c::edit_decline(edit.get(), akua_str_of("the resume token was not kept"), &why) != AKUA_OK)
            return error(why);
        continue;
      }
      if constexpr (!given) {
        const R current(detail::own(c::clone(c::edit_current(edit.get())), c::free));
        const akua::change<R> given_now = change(current);
        if (lost(given_now)) return error(detail::nothing_to_change);
        if (!submit(edit.get(), given_now, &why)) return error(why);
      }
    }
  }

  // Settles a write that an earlier edit left behind. `kubeconfig` is the one that was written, if one was.
  // Keep the token after any error of it but an end of the write itself: see the table in docs/c.md.
  result<edited<R>> resolve(std::string_view token, resume mode, maybe_text kubeconfig = std::nullopt) const {
    if (refused()) return refused()->while_resolving();
    return detail::wrap<edited<R>>(c::edited_free, [&](auto made, auto why) {
      const auto how = static_cast<std::int32_t>(mode);
      if constexpr (std::is_same_v<R, cluster>) {
        return akua_cluster_resolve(client_.get(), with(), detail::in(token), how, detail::in(kubeconfig), made, why);
      } else {
        static_cast<void>(kubeconfig);
        return akua_workspace_resolve(client_.get(), with(), detail::in(token), how, made, why);
      }
    });
  }

  // Reads a cluster until the server has stopped reconciling it: after an edit, or by hand (see akua.h).
  template <class Q = R, std::enable_if_t<std::is_same_v<Q, cluster>, int> = 0>
  result<cluster> wait_settled(const edited<Q>& after) const {
    if (refused()) return *refused();
    return detail::wrap<cluster>(akua_cluster_free, [&](auto made, auto why) {
      return akua_cluster_edited_wait_settled(client_.get(), with(), after.handle(), made, why);
    });
  }
  template <class Q = R, std::enable_if_t<std::is_same_v<Q, cluster>, int> = 0>
  result<cluster> wait_settled(std::string_view id, maybe_text after = std::nullopt,
                               const patch* holding = nullptr) const {
    if (holding ? refused(*holding) : refused()) return holding ? *refused(*holding) : *refused();
    return detail::wrap<cluster>(akua_cluster_free, [&](auto made, auto why) {
      return akua_cluster_wait_settled(client_.get(), with(), detail::in(id), detail::in(after),
                                       holding ? holding->handle() : nullptr, made, why);
    });
  }

 private:
  friend class client;
  collection(std::shared_ptr<akua_client> client, std::shared_ptr<const call_options> options)
      : client_(std::move(client)), options_(std::move(options)) {}
  const akua_call_options* with() const noexcept { return options_ ? options_->handle() : nullptr; }
  const error* refused() const noexcept { return options_ && options_->refused() ? &*options_->refused() : nullptr; }
  const error* refused(const patch& one) const noexcept { return one.refused() ? &*one.refused() : refused(); }
  template <class... Outs>
  akua_status begin(const R& seen, const typename std::remove_pointer_t<decltype(std::declval<patch>().handle())>* one,
                    Outs... outs) const {
    return c::edit_new(client_.get(), with(), seen.handle(), one, outs...);
  }
  template <class... Outs>
  akua_status begin(std::string_view id,
                    const typename std::remove_pointer_t<decltype(std::declval<patch>().handle())>* one,
                    Outs... outs) const {
    return c::edit_new_by_id(client_.get(), with(), detail::in(id), one, outs...);
  }
  // Whether a patch was given that was moved from.
  static bool lost(const akua::change<R>& change) {
    const auto* one = std::get_if<0>(&change.get());
    return one && *one && !(*one)->handle();
  }
  // A patch that can't be is a reason for none.
  static bool submit(typename c::edit* edit, const akua::change<R>& change, akua_error** why) {
    if (const auto* none = std::get_if<give_up>(&change.get()))
      return c::edit_fail(edit, detail::in(std::string_view(none->why)), why) == AKUA_OK;
    const std::optional<patch>& one = *std::get_if<0>(&change.get());
    if (one && one->refused()) return c::edit_fail(edit, detail::in(one->refused()->message()), why) == AKUA_OK;
    if (c::edit_submit(edit, one ? one->handle() : nullptr, why) == AKUA_OK) return true;
    const error refused(std::exchange(*why, nullptr));
    return c::edit_fail(edit, detail::in(refused.message()), why) == AKUA_OK;
  }
  std::shared_ptr<akua_client> client_;
  std::shared_ptr<const call_options> options_;
};

// A client of one service with one token. Copies share connections; it may be used from many threads at a time.
class client {
 public:
  explicit client(std::shared_ptr<akua_client> handle) : it_(std::move(handle)) {}
  static result<client> make(const client_options& options) {
    if (options.refused()) return *options.refused();
    return detail::wrap<client>(akua_client_free,
                                [&](auto made, auto why) { return akua_client_new(options.handle(), made, why); });
  }
  std::string_view base_url() const noexcept { return detail::out(akua_client_base_url(it_.get())); }
  collection<cluster> clusters() const { return {it_, nullptr}; }
  collection<cluster> clusters(call_options options) const { return {it_, shared(std::move(options))}; }
  collection<workspace> workspaces() const { return {it_, nullptr}; }
  collection<workspace> workspaces(call_options options) const { return {it_, shared(std::move(options))}; }
  akua_client* handle() const noexcept { return it_.get(); }

 private:
  static std::shared_ptr<const call_options> shared(call_options options) {
    return std::make_shared<const call_options>(std::move(options));
  }
  std::shared_ptr<akua_client> it_;
};

// What a resume token is for: "cluster" or "workspace".
inline result<std::string_view> resume_token_kind(std::string_view token) {
  akua_str kind = {nullptr, 0};
  akua_error* why = nullptr;
  if (akua_resume_token_kind(detail::in(token), &kind, &why) != AKUA_OK) return error(why);
  return detail::out(kind);
}

// Tells `sink` what the clients of this program do, on the threads of their calls, until `log_to(nullptr)`. It is a
// function that takes a std::string_view and does not throw; it has to be there for as long as it may be called.
template <class Sink>
void log_to(Sink* sink) {
  static_assert(noexcept((*sink)(std::string_view())), "a log sink may not throw: mark it noexcept");
  akua_log_set_sink([](void* context, akua_str line) { (*static_cast<Sink*>(context))(detail::out(line)); }, sink,
                    nullptr);
}
inline void log_to(std::nullptr_t) { akua_log_set_sink(nullptr, nullptr, nullptr); }

}  // namespace akua

#endif  // AKUA_HPP
