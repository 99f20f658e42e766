// The settings of clients and calls. A part of akua.hpp.
#ifndef AKUA_OPTIONS_HPP
#define AKUA_OPTIONS_HPP

#include "generated/settings.hpp"
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

class call_options;
class client_options;

enum class on_conflict { none, fail, rebase };
enum class resume : std::int32_t { finish = AKUA_RESUME_FINISH, look = AKUA_RESUME_LOOK };

namespace detail {
// What takes settings by their numbers, through these three functions of C.
template <class Self, class T, T* (*Clone)(const T*), void (*Free)(T*), auto Text, auto Number, auto Flag>
class optioned : public settable<Self, T, Clone, Free> {
 protected:
  using settable<Self, T, Clone, Free>::settable;
  Self& text(akua_option which, std::string_view text) { return this->set(Text, which, in(text)); }
  Self& number(akua_option which, std::uint64_t number) { return this->set(Number, which, number); }
  Self& time(akua_option which, std::chrono::milliseconds time) { return number(which, ms(time)); }
  Self& flag(akua_option which, bool flag) { return this->set(Flag, which, flag); }
};

using call_optioned = optioned<call_options, akua_call_options, akua_call_options_clone, akua_call_options_free,
                               akua_call_options_set_text, akua_call_options_set_number, akua_call_options_set_flag>;
using client_optioned =
    optioned<client_options, akua_client_options, akua_client_options_clone, akua_client_options_free,
             akua_client_options_set_text, akua_client_options_set_number, akua_client_options_set_flag>;
}  // namespace detail

// The options of calls; each is described at its number in akua.h.
class call_options : public detail::call_setters<call_options, detail::call_optioned> {
 public:
  call_options() : call_setters(akua_call_options_new()) {}
  call_options& cancel(const akua::cancel& one) {
    if (!one.handle()) return refuse(error(detail::nothing_to_send));
    return set(akua_call_options_set_cancel, one.handle());
  }
  call_options& on_conflict(akua::on_conflict what) {
    return text(AKUA_OPTION_ON_CONFLICT, what == akua::on_conflict::fail     ? "fail"
                                         : what == akua::on_conflict::rebase ? "rebase"
                                                                             : "");
  }
};

// The settings of a client; each is described at its number in akua.h.
class client_options : public detail::client_setters<client_options, detail::client_optioned> {
 public:
  client_options() : client_setters(akua_client_options_new()) {}
  client_options& client_certificate(std::string_view chain_pem, std::string_view key_pem) {
    return text(AKUA_OPTION_CLIENT_CERTIFICATE, chain_pem).text(AKUA_OPTION_CLIENT_KEY, key_pem);
  }
  // What the server guarantees: one of the AKUA_OPTION_CONTRACT_ numbers, which say what comes of a false claim.
  client_options& contract(akua_option which, bool holds) { return flag(which, holds); }
  client_options& contract(akua_option which, std::chrono::milliseconds t) { return time(which, t); }
};

}  // namespace akua

#endif  // AKUA_OPTIONS_HPP
