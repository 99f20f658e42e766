// The settings of clients and calls. A part of akua.hpp.
#ifndef AKUA_OPTIONS_HPP
#define AKUA_OPTIONS_HPP

#include "result.hpp"

namespace akua {

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

enum class on_conflict { none, fail, rebase };
enum class resume : std::int32_t { finish = AKUA_RESUME_FINISH, look = AKUA_RESUME_LOOK };

// The options of calls; each is described at its number in akua.h.
class call_options : public detail::settable<call_options, akua_call_options, akua_call_options_clone, akua_call_options_free> {
  using self = call_options;
  using time = std::chrono::milliseconds;

 public:
  call_options() : settable(akua_call_options_new()) {}
  self& timeout(time t) { return number(AKUA_OPTION_TIMEOUT, detail::ms(t)); }
  self& context(std::string_view context) { return text(AKUA_OPTION_CONTEXT, context); }
  self& cancel(const akua::cancel& one) {
    if (!one.handle()) return refuse(error(detail::nothing_to_send));
    return set(akua_call_options_set_cancel, one.handle());
  }
  self& traceparent(std::string_view position) { return text(AKUA_OPTION_TRACEPARENT, position); }
  self& page_size(std::uint64_t items) { return number(AKUA_OPTION_PAGE_SIZE, items); }
  self& cursor(std::string_view cursor) { return text(AKUA_OPTION_CURSOR, cursor); }
  self& on_conflict(akua::on_conflict what) {
    return text(AKUA_OPTION_ON_CONFLICT, what == akua::on_conflict::fail     ? "fail"
                                         : what == akua::on_conflict::rebase ? "rebase"
                                                                             : "");
  }
  self& overwrite_unseen(bool overwrite) {
    return set(akua_call_options_set_flag, AKUA_OPTION_OVERWRITE_UNSEEN, overwrite);
  }
  self& max_attempts(std::uint32_t attempts) { return number(AKUA_OPTION_MAX_ATTEMPTS, attempts); }
  self& max_versions(std::uint32_t versions) { return number(AKUA_OPTION_MAX_VERSIONS, versions); }
  self& settle_reserve(time t) { return number(AKUA_OPTION_SETTLE_RESERVE, detail::ms(t)); }
  self& backoff(time t) { return number(AKUA_OPTION_BACKOFF, detail::ms(t)); }
  self& backoff_limit(time t) { return number(AKUA_OPTION_BACKOFF_LIMIT, detail::ms(t)); }

 private:
  self& text(akua_option which, std::string_view text) { return set(akua_call_options_set_text, which, detail::in(text)); }
  self& number(akua_option which, std::uint64_t number) { return set(akua_call_options_set_number, which, number); }
};

// The settings of a client; each is described at its number in akua.h.
class client_options
    : public detail::settable<client_options, akua_client_options, akua_client_options_clone, akua_client_options_free> {
  using self = client_options;
  using time = std::chrono::milliseconds;

 public:
  client_options() : settable(akua_client_options_new()) {}
  self& use_env(bool use = true) { return flag(AKUA_OPTION_USE_ENV, use); }
  self& base_url(std::string_view url) { return text(AKUA_OPTION_BASE_URL, url); }
  self& allow_insecure_http(bool allow) { return flag(AKUA_OPTION_ALLOW_INSECURE_HTTP, allow); }
  self& token(std::string_view token) { return text(AKUA_OPTION_TOKEN, token); }
  self& context(std::string_view context) { return text(AKUA_OPTION_CONTEXT, context); }
  self& timeout(time t) { return number(AKUA_OPTION_TIMEOUT, detail::ms(t)); }
  self& connect_timeout(time t) { return number(AKUA_OPTION_CONNECT_TIMEOUT, detail::ms(t)); }
  self& read_timeout(time t) { return number(AKUA_OPTION_READ_TIMEOUT, detail::ms(t)); }
  self& max_response_bytes(std::uint64_t bytes) { return number(AKUA_OPTION_MAX_RESPONSE_BYTES, bytes); }
  self& user_agent_suffix(std::string_view suffix) { return text(AKUA_OPTION_USER_AGENT_SUFFIX, suffix); }
  self& extra_root_certificates(std::string_view pem) { return text(AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, pem); }
  self& client_certificate(std::string_view chain_pem, std::string_view key_pem) {
    return text(AKUA_OPTION_CLIENT_CERTIFICATE, chain_pem).text(AKUA_OPTION_CLIENT_KEY, key_pem);
  }
  self& proxy(std::string_view url) { return text(AKUA_OPTION_PROXY, url); }
  self& no_proxy() { return flag(AKUA_OPTION_NO_PROXY, true); }
  self& retry_attempts(std::uint32_t attempts) { return number(AKUA_OPTION_RETRY_ATTEMPTS, attempts); }
  self& retry_base(time t) { return number(AKUA_OPTION_RETRY_BASE, detail::ms(t)); }
  self& retry_cap(time t) { return number(AKUA_OPTION_RETRY_CAP, detail::ms(t)); }
  self& retry_budget(std::uint32_t repeats) { return number(AKUA_OPTION_RETRY_BUDGET, repeats); }
  // What the server guarantees: one of the AKUA_OPTION_CONTRACT_ numbers, which say what comes of a false claim.
  self& contract(akua_option which, bool holds) { return flag(which, holds); }
  self& contract(akua_option which, time t) { return number(which, detail::ms(t)); }

 private:
  self& text(akua_option which, std::string_view text) { return set(akua_client_options_set_text, which, detail::in(text)); }
  self& number(akua_option which, std::uint64_t number) { return set(akua_client_options_set_number, which, number); }
  self& flag(akua_option which, bool flag) { return set(akua_client_options_set_flag, which, flag); }
};

}  // namespace akua

#endif  // AKUA_OPTIONS_HPP
