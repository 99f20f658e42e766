// Writes that start an operation, and waiting for operations. A part of akua.hpp.
#ifndef AKUA_LAUNCHES_HPP
#define AKUA_LAUNCHES_HPP

#include "list.hpp"

#include <exception>

namespace akua {

// Whether whoever waits has asked for the operation to be cancelled; `by_token`: if the token is of a cancel.
enum class asked : std::int32_t {
  by_token = AKUA_ASKED_BY_TOKEN,
  yes = AKUA_ASKED_YES,
  no = AKUA_ASKED_NO,
  unknown = AKUA_ASKED_UNKNOWN
};

namespace detail {
inline std::optional<operation> lent_operation(const std::shared_ptr<const akua_report>& report) {
  const akua_resource* one = akua_report_operation(report.get());
  if (!one) return std::nullopt;
  return operation(std::shared_ptr<const akua_resource>(report, one));
}
}  // namespace detail

// A launch that was accepted, or that had nothing to do. What becomes of its operation is another question: wait for it.
class launched : public detail::report {
 public:
  using report::report;
  std::string_view outcome() const noexcept { return text(AKUA_REPORT_OUTCOME).value_or(std::string_view()); }
  maybe_text proof() const noexcept { return text(AKUA_REPORT_PROOF); }
  std::string_view explain() const noexcept { return text(AKUA_REPORT_EXPLAIN).value_or(std::string_view()); }
  // The operation that was started, and the token to wait for it with; nothing where none was by this launch.
  maybe_text operation_id() const noexcept { return text(AKUA_REPORT_OPERATION); }
  // The id of what was made with the answer, by an import, of a workspace or of a worker bootstrap; nothing for every other
  // launch.
  maybe_text made() const noexcept { return text(AKUA_REPORT_MADE); }
  // What was made, if it is an R: of a worker bootstrap, whose secrets only this has.
  template <class R>
  std::optional<R> resource() const {
    return detail::lent<R>(it_);
  }
  maybe_text resume_token() const noexcept { return text(AKUA_REPORT_RESUME_TOKEN); }
  // Where there is none: those of that kind that are listed. Any may be ours, and any somebody else's. Of a create, resources.
  std::vector<std::string_view> candidates() const { return operations(AKUA_REPORT_CANDIDATES); }
};

// A wait for an operation that has succeeded. It has done what it was to do; that it is still so is not said.
class waited : public detail::report {
 public:
  using report::report;
  std::string_view operation_id() const noexcept { return text(AKUA_REPORT_OPERATION).value_or(std::string_view()); }
  // The operation as it was shown last.
  std::optional<operation> shown() const { return detail::lent_operation(it_); }
  // What it worked on, as that stands now, if it is an R.
  template <class R>
  std::optional<R> now() const {
    return detail::lent<R>(it_);
  }
  // The operations on the same resource that were started later, the newest first.
  std::vector<std::string_view> later() const { return operations(AKUA_REPORT_LATER); }
};

inline std::optional<operation> error::shown() const { return akua::detail::lent_operation(it_); }

namespace detail {

// What keeps no resume token.
struct kept_nowhere {
  bool operator()(std::string_view) const noexcept { return true; }
};

// A function that is shown each answer, as C calls one. What it throws waits until C is through.
template <class Show>
class showing {
 public:
  explicit showing(Show& show) : show_(show) {}
  static bool call(void* context, const akua_resource* shown) noexcept {
    auto& self = *static_cast<showing*>(context);
    const auto go_on = [&] { return self.show_(operation(own(akua_resource_clone(shown), akua_resource_free))); };
#ifdef AKUA_EXCEPTIONS
    try {
      return go_on();
    } catch (...) {
      self.thrown_ = std::current_exception();
      return false;
    }
  }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  Show& show_;
  std::exception_ptr thrown_ = nullptr;
#else
    return go_on();
  }
  void rethrow() const noexcept {}

 private:
  Show& show_;
#endif
};

// What the launches of all kinds are made of.
template <class R>
class launching : public reads<R> {
 public:
  // As of the client, with the options of this collection. What it is about is told by the token.
  result<launched> resolve_launch(std::string_view token, akua::resume mode) const {
    if (refused()) return refused()->while_resolving();
    return wrap<launched>(akua_report_free, [&](auto made, auto why) {
      return akua_launch_resolve(client_.get(), with(), in(token), static_cast<std::int32_t>(mode), made, why);
    });
  }

 protected:
  using reads<R>::reads, reads<R>::client_, reads<R>::with, reads<R>::refused;
  template <class Target, class Keep>
  result<launched> launch(akua_launch_kind kind, const Target& target, Keep& keep) const {
    return steps(keep, [&](auto made, auto why) { return begin(kind, target, made, why); });
  }
  template <class New, class Keep>
  result<launched> made_of(const New& one, Keep& keep) const {
    if (one.refused()) return *one.refused();
    return steps(keep, [&](auto made, auto why) {
      return akua_launch_new_create(client_.get(), with(), one.handle(), made, why);
    });
  }
  template <class Made, class New>
  result<Made> made_once_of(const New& one, maybe_text key) const {
    if (one.refused()) return *one.refused();
    if (refused()) return *refused();
    return wrap<Made>(akua_resource_free, [&](auto made, auto why) {
      return akua_launch_once_create(client_.get(), with(), one.handle(), in(key), made, why);
    });
  }
  result<operation> once(akua_launch_kind kind, std::string_view id, maybe_text if_match, maybe_text key) const {
    if (refused()) return *refused();
    return wrap<operation>(akua_resource_free, [&](auto made, auto why) {
      return akua_launch_once(client_.get(), with(), kind, in(id), in(if_match), in(key), made, why);
    });
  }

 private:
  template <class Keep, class Begin>
  result<launched> steps(Keep& keep, Begin start) const {
    if (refused()) return *refused();
    akua_launch* made = nullptr;
    akua_report* why = nullptr;
    if (start(&made, &why) != AKUA_OK) return error(why);
    const std::unique_ptr<akua_launch, void (*)(akua_launch*)> begun(made, akua_launch_free);
    for (;;) {
      std::int32_t progress = 0;
      akua_report* done = nullptr;
      if (akua_launch_next(begun.get(), &progress, &done, &why) != AKUA_OK) return error(why);
      if (progress == AKUA_LAUNCH_DONE) return launched(own(done, akua_report_free));
      if (!keep(out(akua_launch_resume_token(begun.get()))))
        if (akua_launch_decline(begun.get(), akua_str_of("the resume token was not kept"), &why) != AKUA_OK)
          return error(why);
    }
  }
  template <class... Outs>
  akua_status begin(akua_launch_kind kind, const R& seen, Outs... outs) const {
    return akua_launch_new(client_.get(), with(), kind, seen.handle(), outs...);
  }
  template <class... Outs>
  akua_status begin(akua_launch_kind kind, std::string_view id, Outs... outs) const {
    return akua_launch_new_by_id(client_.get(), with(), kind, in(id), outs...);
  }
};

// The launches of one kind. Of all of them: `target` is the version that was seen, and it is done on that one or not at all;
// or an id, and the current version is read and meant. A lost answer is settled where it can be; nothing is ever issued anew.
// `keep_resume_token` is called with the token before the write goes out for the first time; if it gives false, nothing is
// sent. An exception out of it goes through, and nothing more is sent.
//
// Those whose names end with `_once` send one request, and give the operation that it was answered with.
template <class R>
class launches : public reads<R> {
 protected:
  using reads<R>::reads;
};

template <>
class launches<cluster> : public launching<cluster> {
 public:
  template <class Target, class Keep = kept_nowhere>
  result<launched> suspend(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_SUSPEND_CLUSTER, target, keep_resume_token);
  }
  template <class Target, class Keep = kept_nowhere>
  result<launched> resume(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_RESUME_CLUSTER, target, keep_resume_token);
  }
  // Deletes a cluster, which the language has another use of the word for.
  template <class Target, class Keep = kept_nowhere>
  result<launched> remove(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_DELETE_CLUSTER, target, keep_resume_token);
  }
  // Asks for the capabilities to be found out anew, as often as one likes. No version guards it.
  template <class Target, class Keep = kept_nowhere>
  result<launched> refresh_capabilities(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_REFRESH_CAPABILITIES, target, keep_resume_token);
  }
  // Makes a cluster. It is sent under a key of its own, which settles a lost answer for as long as the server is documented to
  // keep it. If nobody could know, the error has the token to keep, and in `candidates` the clusters that are listed under
  // that name: any may be the new one, and any somebody else's. Wait for the operation: what stands there `now` is the cluster.
  template <class Keep = kept_nowhere>
  result<launched> create(const new_cluster& one, Keep&& keep_resume_token = Keep()) const {
    return made_of(one, keep_resume_token);
  }
  result<operation> create_once(const new_cluster& one, maybe_text key = std::nullopt) const {
    return made_once_of<operation>(one, key);
  }
  // Imports a cluster of the user's own. It is sent once, as nothing stops a second one, and `made` is its id: no operation goes
  // on after the answer. If nobody could know, the error has the clusters of that name in `candidates`.
  template <class Keep = kept_nowhere>
  result<launched> import_cluster(const cluster_import& one, Keep&& keep_resume_token = Keep()) const {
    return made_of(one, keep_resume_token);
  }
  result<cluster> import_cluster_once(const cluster_import& one, maybe_text key = std::nullopt) const {
    return made_once_of<cluster>(one, key);
  }
  result<operation> suspend_once(std::string_view id, std::string_view if_match, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_SUSPEND_CLUSTER, id, if_match, key);
  }
  result<operation> resume_once(std::string_view id, std::string_view if_match, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_RESUME_CLUSTER, id, if_match, key);
  }
  result<operation> remove_once(std::string_view id, std::string_view if_match, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_DELETE_CLUSTER, id, if_match, key);
  }
  result<operation> refresh_capabilities_once(std::string_view id, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_REFRESH_CAPABILITIES, id, std::nullopt, key);
  }

 protected:
  using launching::launching;
};

template <>
class launches<workspace> : public launching<workspace> {
 public:
  // Deletes a workspace. After it the workspace's own token is presumably of no use any more.
  template <class Target, class Keep = kept_nowhere>
  result<launched> remove(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_DELETE_WORKSPACE, target, keep_resume_token);
  }
  result<operation> remove_once(std::string_view id, std::string_view if_match, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_DELETE_WORKSPACE, id, if_match, key);
  }
  // Makes a workspace. It is sent once, as it takes no key, and `made` is its id: no operation goes on after the answer. If nobody
  // could know, the error has the workspaces of that name, and of that slug if one was set, in `candidates`.
  template <class Keep = kept_nowhere>
  result<launched> create(const new_workspace& one, Keep&& keep_resume_token = Keep()) const {
    return made_of(one, keep_resume_token);
  }
  result<workspace> create_once(const new_workspace& one) const { return made_once_of<workspace>(one, std::nullopt); }

 protected:
  using launching::launching;
};

template <>
class launches<worker_bootstrap> : public launching<worker_bootstrap> {
 public:
  // Makes what lets machines join a cluster. It is sent once, as nothing stops a second one. `resource` is what was made, with the
  // secrets that nothing shows again. If nobody could know, they are lost: the error has those that were not listed before in
  // `candidates`. Revoke the ones that nobody else needs; none is revoked by itself.
  template <class Keep = kept_nowhere>
  result<launched> create(const new_worker_bootstrap& one, Keep&& keep_resume_token = Keep()) const {
    return made_of(one, keep_resume_token);
  }
  result<worker_bootstrap> create_once(const new_worker_bootstrap& one, maybe_text key = std::nullopt) const {
    return made_once_of<worker_bootstrap>(one, key);
  }
  // Revokes one, so that no machine joins with it any more. Its id is two: `clu_1/wbs_1`.
  template <class Target, class Keep = kept_nowhere>
  result<launched> revoke(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP, target, keep_resume_token);
  }
  result<operation> revoke_once(std::string_view id, std::string_view if_match, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP, id, if_match, key);
  }

 protected:
  using launching::launching;
};

template <>
class launches<operation> : public launching<operation> {
 public:
  // Asks for it to be cancelled, and says no more than that this was accepted. Wait for it with the token of that.
  template <class Target, class Keep = kept_nowhere>
  result<launched> cancel(const Target& target, Keep&& keep_resume_token = Keep()) const {
    return launch(AKUA_LAUNCH_CANCEL_OPERATION, target, keep_resume_token);
  }
  result<operation> cancel_once(std::string_view id, maybe_text key = std::nullopt) const {
    return once(AKUA_LAUNCH_CANCEL_OPERATION, id, std::nullopt, key);
  }

  // Waits until an operation has ended: `awaited` is the token of a launch, or an id. It only reads. The time for it is that
  // of the options, else 30 minutes. An error tells of every other end than success: failed, cancelled, still running, lost.
  result<waited> wait(std::string_view awaited, akua::asked asked = akua::asked::by_token) const {
    return waiting(awaited, asked, nullptr, nullptr);
  }
  // `progress` is given each answer that shows the operation; if it gives false, the wait ends. An exception out of it goes
  // through once the wait has ended.
  template <class Progress>
  result<waited> wait(std::string_view awaited, akua::asked asked, Progress&& progress) const {
    using show = showing<std::remove_reference_t<Progress>>;
    show each(progress);
    auto ended = waiting(awaited, asked, show::call, &each);
    each.rethrow();
    return ended;
  }

 protected:
  using launching::launching;

 private:
  result<waited> waiting(std::string_view awaited, akua::asked asked, akua_operation_sink progress, void* context) const {
    if (refused()) return *refused();
    return wrap<waited>(akua_report_free, [&](auto made, auto why) {
      return akua_operation_wait(client_.get(), with(), in(awaited), static_cast<std::int32_t>(asked), progress, context,
                                 made, why);
    });
  }
};

}  // namespace detail

}  // namespace akua

#endif  // AKUA_LAUNCHES_HPP
