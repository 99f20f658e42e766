// Akua for C++17: akua.h in values that clean up after themselves. Header only; link with the C library.
//
// Calls give a result<T>: a value, or an error that says what happened and whether the call may have taken effect.
// `result::value()` throws that error where exceptions are on and ends the program where they are off, so that both
// styles are one interface. Works with -fno-exceptions and -fno-rtti. No exception ever crosses into the library: where
// it asks the program for something, it is asked in a loop on this side, and what is thrown at a wait's progress is kept until
// the wait has ended.
//
// What a call gives is shared by its copies, which are cheap, and texts that it gives live as long as any copy. Patches
// and options are copied for real.
// What a setter refuses is kept and reported by the call that the options or the patch are given to. So is the use of
// something that was moved from: the call ends with status::misuse, and nothing is sent. Assign to it to use it again.
#ifndef AKUA_HPP
#define AKUA_HPP

// curses.h has a macro in front of its function of this name, which stays. Macros of other headers are set aside meanwhile.
#if defined(NCURSES_VERSION) && defined(timeout)
#undef timeout
#endif
#pragma push_macro("timeout")
#pragma push_macro("min")
#pragma push_macro("max")
#undef timeout
#undef min
#undef max

#include "akua/result.hpp"
#include "akua/options.hpp"
#include "akua/generated/kinds.hpp"
#include "akua/clusters.hpp"
#include "akua/requests.hpp"

namespace akua {

// Why a function gives no patch.
struct give_up {
  std::string why;
};

// What a function gives for a version: a patch, nothing if nothing is to change, or why there is none.
template <class R>
class change {
 public:
  using patch = typename R::patch;
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
class edited : public detail::report {
 public:
  using report::report;
  std::string_view outcome() const noexcept { return text(AKUA_REPORT_OUTCOME).value_or(std::string_view()); }
  maybe_text proof() const noexcept { return text(AKUA_REPORT_PROOF); }
  std::string_view etag() const noexcept { return text(AKUA_REPORT_ETAG).value_or(std::string_view()); }
  std::string_view explain() const noexcept { return text(AKUA_REPORT_EXPLAIN).value_or(std::string_view()); }
  // The fields that show neither the wanted value nor the one from before, as where a server trims; `theirs` is what they
  // show.
  std::vector<field> adjusted() const { return fields(AKUA_REPORT_ADJUSTED); }
  // The fields that still show the value from before, though others show that the write was carried out.
  std::vector<field> not_taken() const { return fields(AKUA_REPORT_NOT_TAKEN); }
  // The version with the change in it; nothing if the answer to the write could not be read in full.
  std::optional<R> resource() const { return detail::lent<R>(it_); }
  // Why it could not be read; its status is `ok`, as the edit is in effect.
  std::optional<error> unreadable() const {
    return text(AKUA_REPORT_KIND) == maybe_text("decode") ? std::optional(error(it_)) : std::nullopt;
  }
};

class client;

// The resources of one kind of a client, with the options of the calls made through it: read alone, where that is all.
template <class R, bool Writable = R::writable>
class collection : public detail::looks<R> {
  using detail::looks<R>::looks;
};

// What changes them too.
template <class R>
class collection<R, true> : public detail::looks<R> {
  using patch = typename R::patch;
  using looks = detail::looks<R>;
  using looks::client_, looks::with, looks::called;

 public:
  // Exactly one conditional request, never sent again. Only clusters take an idempotency key of the caller's.
  result<R> update(std::string_view id, std::string_view if_match, const patch& change,
                   maybe_text idempotency_key = std::nullopt) const {
    if (refused(change)) return *refused(change);
    return called([&](auto made, auto why) {
      return akua_resource_update(client_.get(), with(), detail::in(id), detail::in(if_match), change.handle(),
                                  detail::in(idempotency_key), made, why);
    });
  }

  // Changes what `change` says, whatever happens in between, and tells the truth about it. `target` is the version that
  // was seen, all of which is protected, or an id. `change` is a patch, or a function that is given each fresh version
  // and gives an akua::change for it: a patch, nothing, or akua::give_up. `keep_resume_token` is called with the token
  // before each write goes out for the first time; if it gives false, nothing of that write is sent. An exception out
  // of either goes through, and nothing more is sent.
  template <class Target, class Change>
  result<edited<R>> edit(const Target& target, Change&& change) const {
    return edit(target, std::forward<Change>(change), [](std::string_view) { return true; });
  }

  template <class Target, class Change, class Keep>
  result<edited<R>> edit(const Target& target, Change&& change, Keep&& keep_resume_token) const {
    constexpr bool given = std::is_convertible_v<const std::decay_t<Change>&, const patch&>;
    const patch* first = nullptr;
    if constexpr (given) first = &change;
    if (first ? refused(*first) : refused()) return first ? *refused(*first) : *refused();
    akua_edit* made = nullptr;
    akua_report* why = nullptr;
    const auto status = begin(target, first ? first->handle() : nullptr, &made, &why);
    if (status != AKUA_OK) return error(why);
    const std::unique_ptr<akua_edit, void (*)(akua_edit*)> edit(made, akua_edit_free);
    for (;;) {
      std::int32_t progress = 0;
      akua_report* done = nullptr;
      if (akua_edit_next(edit.get(), &progress, &done, &why) != AKUA_OK) return error(why);
      if (progress == AKUA_EDIT_DONE) return edited<R>(detail::own(done, akua_report_free));
      if (progress == AKUA_EDIT_READY) {
        if (!keep_resume_token(detail::out(akua_edit_resume_token(edit.get()))))
          if (akua_edit_decline(edit.get(), akua_str_of("the resume token was not kept"), &why) != AKUA_OK)
            return error(why);
        continue;
      }
      if constexpr (!given) {
        const R current(detail::own(akua_resource_clone(akua_edit_current(edit.get())), akua_resource_free));
        const akua::change<R> given_now = change(current);
        if (lost(given_now)) return error(detail::nothing_to_change);
        if (!submit(edit.get(), given_now, &why)) return error(why);
      }
    }
  }

  // Settles a write that an earlier edit left behind. `secrets` sets the secrets that were written, if any were.
  // Keep the token after any error of it but an end of the write itself: see the table in docs/c.md.
  result<edited<R>> resolve(std::string_view token, resume mode, const patch* secrets = nullptr) const {
    if (secrets ? refused(*secrets) : refused()) return (secrets ? *refused(*secrets) : *refused()).while_resolving();
    return detail::wrap<edited<R>>(akua_report_free, [&](auto made, auto why) {
      return akua_edit_resolve(client_.get(), with(), R::kind, detail::in(token), static_cast<std::int32_t>(mode),
                               secrets ? secrets->handle() : nullptr, made, why);
    });
  }

  // Reads a cluster until the server has stopped reconciling it: after an edit, or by hand (see akua.h).
  result<R> wait_settled(const edited<R>& after) const {
    if (refused()) return *refused();
    return called([&](auto made, auto why) {
      return akua_edit_wait_settled(client_.get(), with(), after.handle(), made, why);
    });
  }
  result<R> wait_settled(std::string_view id, maybe_text after = std::nullopt, const patch* holding = nullptr) const {
    if (holding ? refused(*holding) : refused()) return holding ? *refused(*holding) : *refused();
    return called([&](auto made, auto why) {
      return akua_resource_wait_settled(client_.get(), with(), R::kind, detail::in(id), detail::in(after),
                                        holding ? holding->handle() : nullptr, made, why);
    });
  }

 private:
  friend class client;
  using looks::looks, looks::refused;
  const error* refused(const patch& one) const noexcept { return one.refused() ? &*one.refused() : refused(); }
  template <class... Outs>
  akua_status begin(const R& seen, const akua_patch* one, Outs... outs) const {
    return akua_edit_new(client_.get(), with(), seen.handle(), one, outs...);
  }
  template <class... Outs>
  akua_status begin(std::string_view id, const akua_patch* one, Outs... outs) const {
    return akua_edit_new_by_id(client_.get(), with(), R::kind, detail::in(id), one, outs...);
  }
  // Whether a patch was given that was moved from.
  static bool lost(const akua::change<R>& change) {
    const auto* one = std::get_if<0>(&change.get());
    return one && *one && !(*one)->handle();
  }
  // A patch that can't be is a reason for none.
  static bool submit(akua_edit* edit, const akua::change<R>& change, akua_report** why) {
    if (const auto* none = std::get_if<give_up>(&change.get()))
      return akua_edit_fail(edit, detail::in(std::string_view(none->why)), why) == AKUA_OK;
    const std::optional<patch>& one = *std::get_if<0>(&change.get());
    if (one && one->refused()) return akua_edit_fail(edit, detail::in(one->refused()->message()), why) == AKUA_OK;
    if (akua_edit_submit(edit, one ? one->handle() : nullptr, why) == AKUA_OK) return true;
    const error refused(std::exchange(*why, nullptr));
    return akua_edit_fail(edit, detail::in(refused.message()), why) == AKUA_OK;
  }
};

// A client of one service with one token. Copies share connections; it may be used from many threads at a time.
class client : public detail::kinds<client> {
 public:
  explicit client(std::shared_ptr<akua_client> handle) : it_(std::move(handle)) {}
  static result<client> make(const client_options& options) {
    if (options.refused()) return *options.refused();
    return detail::wrap<client>(akua_client_free,
                                [&](auto made, auto why) { return akua_client_new(options.handle(), made, why); });
  }
  std::string_view base_url() const noexcept { return detail::out(akua_client_base_url(it_.get())); }
  // The resources of one kind; `clusters()` and so on are short for it.
  template <class R>
  akua::collection<R> collection() const {
    return {it_, nullptr};
  }
  template <class R>
  akua::collection<R> collection(call_options options) const {
    return {it_, std::make_shared<const call_options>(std::move(options))};
  }
  // Settles a launch that an earlier call left behind; it is never issued anew. Keep the token after any error of it but an
  // end of the launch itself: see the table in docs/c.md.
  result<launched> resolve_launch(std::string_view token, resume mode) const {
    return operations().resolve_launch(token, mode);
  }
  result<launched> resolve_launch(std::string_view token, resume mode, call_options options) const {
    return operations(std::move(options)).resolve_launch(token, mode);
  }
  // Sends one request to any path, once, and gives what the service answers: for the calls that nothing here describes yet.
  // Nothing of it is checked, compared, repeated or settled, and no error of it has a resume token; whether it may have
  // taken effect is told as of an update. More is said at akua_request_send.
  result<answer> request(const akua::request& one) const { return request(one, nullptr); }
  result<answer> request(const akua::request& one, const call_options& options) const {
    if (options.refused()) return *options.refused();
    return request(one, options.handle());
  }
  akua_client* handle() const noexcept { return it_.get(); }

 private:
  result<answer> request(const akua::request& one, const akua_call_options* with) const {
    if (one.refused()) return *one.refused();
    return detail::wrap<answer>(akua_answer_free, [&](auto made, auto why) {
      return akua_request_send(it_.get(), with, one.handle(), made, why);
    });
  }
  std::shared_ptr<akua_client> it_;
};

// Which call a resume token is for.
enum class stage : std::int32_t { edit = AKUA_TOKEN_EDIT, launch = AKUA_TOKEN_LAUNCH, wait = AKUA_TOKEN_WAIT };

inline result<stage> resume_token_stage(std::string_view token) {
  std::int32_t number = 0;
  akua_report* why = nullptr;
  if (akua_resume_token_stage(detail::in(token), &number, &why) != AKUA_OK) return error(why);
  return static_cast<stage>(number);
}

// The kind of resource that a resume token is about: "cluster", "workspace" or "operation".
inline result<std::string_view> resume_token_kind(std::string_view token) {
  akua_kind kind = 0;
  akua_report* why = nullptr;
  if (akua_resume_token_kind(detail::in(token), &kind, &why) != AKUA_OK) return error(why);
  return detail::out(akua_kind_name(kind));
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

#pragma pop_macro("max")
#pragma pop_macro("min")
#pragma pop_macro("timeout")

#endif  // AKUA_HPP
