// Any request, for the calls that nothing else here describes. A part of akua.hpp.
#ifndef AKUA_REQUESTS_HPP
#define AKUA_REQUESTS_HPP

#include "list.hpp"

namespace akua {

// One request to any path: see client::request. The path is written without `/v1`, such as `/clusters/clu_1:suspend`; what a
// URL can't hold has to be percent-encoded in it. More is said at akua_request_new.
class request : public detail::settable<request, akua_request, akua_request_clone, akua_request_free> {
 public:
  request(std::string_view method, std::string_view path) : request(method, path, nullptr) {}
  // A parameter of the query, encoded here; one name may be given several times.
  request& query(std::string_view name, std::string_view value) {
    return set(akua_request_add_query, detail::in(name), detail::in(value));
  }
  // A text of JSON. It may hold a secret: nothing shows it. A GET has none.
  request& body(std::string_view json) { return text(AKUA_REQUEST_BODY, json); }
  // What they promise is up to the endpoint.
  request& if_match(std::string_view etag) { return text(AKUA_REQUEST_IF_MATCH, etag); }
  request& idempotency_key(std::string_view key) { return text(AKUA_REQUEST_IDEMPOTENCY_KEY, key); }

 private:
  request(std::string_view method, std::string_view path, akua_report* why) : settable(made(method, path, why)) {
    if (why) refuse(error(why));
  }
  static akua_request* made(std::string_view method, std::string_view path, akua_report*& why) {
    akua_request* one = nullptr;
    akua_request_new(detail::in(method), detail::in(path), &one, &why);
    return one;
  }
  request& text(akua_request_key which, std::string_view text) {
    return set(akua_request_set_text, which, detail::in(text));
  }
};

// What a request was answered with a 2xx. The texts live as long as any copy of it.
class answer {
 public:
  explicit answer(std::shared_ptr<const akua_answer> handle) : it_(std::move(handle)) {}
  int http_status() const noexcept { return akua_answer_http_status(it_.get()); }
  // The body as it was written; nothing if it was empty, as that of a 204. It may hold a secret.
  maybe_text json() const noexcept { return text(AKUA_ANSWER_JSON); }
  // The header of that name; of most answers the etag is in the body.
  maybe_text etag() const noexcept { return text(AKUA_ANSWER_ETAG); }
  maybe_text request_id() const noexcept { return text(AKUA_ANSWER_REQUEST_ID); }

 private:
  maybe_text text(akua_answer_key which) const noexcept { return detail::maybe(akua_answer_text(it_.get(), which)); }
  std::shared_ptr<const akua_answer> it_;
};

// An answer may hold a secret.
template <class Stream>
Stream& operator<<(Stream& stream, const answer&) = delete;

}  // namespace akua

#endif  // AKUA_REQUESTS_HPP
