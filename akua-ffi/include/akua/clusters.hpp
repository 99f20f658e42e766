// What can be read of a cluster beside itself. A part of akua.hpp.
#ifndef AKUA_CLUSTERS_HPP
#define AKUA_CLUSTERS_HPP

#include "launches.hpp"

namespace akua {

namespace detail {

// What there is of one beside itself: of most kinds nothing.
template <class R>
class looks : public launches<R> {
 protected:
  using launches<R>::launches;
};

template <>
class looks<cluster> : public launches<cluster> {
 public:
  // The kubeconfig, which makes whoever has it the cluster's administrator. That it was handed out is written into the audit
  // log of the workspace: it is asked for once, and never again by itself. No error shows anything of it.
  result<secret> kubeconfig(std::string_view id) const {
    if (refused()) return *refused();
    return wrap<secret>(akua_secret_free, [&](auto made, auto why) {
      return akua_secret_get(client_.get(), with(), AKUA_CLUSTER, in(id), AKUA_KUBECONFIG, made, why);
    });
  }

 protected:
  using launches<cluster>::launches;
};

}  // namespace detail

}  // namespace akua

#endif  // AKUA_CLUSTERS_HPP
