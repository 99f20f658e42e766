// The setters of options.hpp: made by `make generate` of akua-http/src/settings/table.rs; do not edit.
// A part of akua.hpp. Each setting is described at its number in akua.h.
#ifndef AKUA_SETTINGS_HPP
#define AKUA_SETTINGS_HPP

#include <chrono>
#include <cstdint>
#include <string_view>

#include "../../akua.h"

namespace akua {
namespace detail {

template <class Self, class Base>
class call_setters : public Base {
 public:
  Self& context(std::string_view value) { return this->text(AKUA_OPTION_CONTEXT, value); }
  Self& timeout(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_TIMEOUT, value); }
  Self& traceparent(std::string_view value) { return this->text(AKUA_OPTION_TRACEPARENT, value); }
  Self& page_size(std::uint64_t value) { return this->number(AKUA_OPTION_PAGE_SIZE, value); }
  Self& cursor(std::string_view value) { return this->text(AKUA_OPTION_CURSOR, value); }
  Self& overwrite_unseen(bool value = true) { return this->flag(AKUA_OPTION_OVERWRITE_UNSEEN, value); }
  Self& max_attempts(std::uint64_t value) { return this->number(AKUA_OPTION_MAX_ATTEMPTS, value); }
  Self& max_versions(std::uint64_t value) { return this->number(AKUA_OPTION_MAX_VERSIONS, value); }
  Self& settle_reserve(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_SETTLE_RESERVE, value); }
  Self& backoff(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_BACKOFF, value); }
  Self& backoff_limit(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_BACKOFF_LIMIT, value); }
  Self& owner_type(std::string_view value) { return this->text(AKUA_OPTION_OWNER_TYPE, value); }
  Self& owner_id(std::string_view value) { return this->text(AKUA_OPTION_OWNER_ID, value); }
  Self& cluster_id(std::string_view value) { return this->text(AKUA_OPTION_CLUSTER_ID, value); }

 protected:
  using Base::Base;
};

template <class Self, class Base>
class client_setters : public Base {
 public:
  Self& use_env(bool value = true) { return this->flag(AKUA_OPTION_USE_ENV, value); }
  Self& base_url(std::string_view value) { return this->text(AKUA_OPTION_BASE_URL, value); }
  Self& token(std::string_view value) { return this->text(AKUA_OPTION_TOKEN, value); }
  Self& context(std::string_view value) { return this->text(AKUA_OPTION_CONTEXT, value); }
  Self& timeout(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_TIMEOUT, value); }
  Self& connect_timeout(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_CONNECT_TIMEOUT, value); }
  Self& read_timeout(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_READ_TIMEOUT, value); }
  Self& max_response_bytes(std::uint64_t value) { return this->number(AKUA_OPTION_MAX_RESPONSE_BYTES, value); }
  Self& user_agent_suffix(std::string_view value) { return this->text(AKUA_OPTION_USER_AGENT_SUFFIX, value); }
  Self& extra_root_certificates(std::string_view value) { return this->text(AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, value); }
  Self& proxy(std::string_view value) { return this->text(AKUA_OPTION_PROXY, value); }
  Self& no_proxy(bool value = true) { return this->flag(AKUA_OPTION_NO_PROXY, value); }
  Self& allow_insecure_http(bool value = true) { return this->flag(AKUA_OPTION_ALLOW_INSECURE_HTTP, value); }
  Self& retry_attempts(std::uint64_t value) { return this->number(AKUA_OPTION_RETRY_ATTEMPTS, value); }
  Self& retry_base(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_RETRY_BASE, value); }
  Self& retry_cap(std::chrono::milliseconds value) { return this->time(AKUA_OPTION_RETRY_CAP, value); }
  Self& retry_budget(std::uint64_t value) { return this->number(AKUA_OPTION_RETRY_BUDGET, value); }

 protected:
  using Base::Base;
};

}  // namespace detail
}  // namespace akua

#endif  // AKUA_SETTINGS_HPP
