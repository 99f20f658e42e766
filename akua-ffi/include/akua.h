#ifndef AKUA_H
#define AKUA_H

/* Made by cbindgen from akua-ffi/src; do not edit. The conventions of all signatures are in docs/c.md. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The longest text that is taken, in bytes. Longer ones are a mistake, such as a length of -1.
#define AKUA_MAX_TEXT ((64 * 1024) * 1024)

// What an edit does about another writer: stops and reports, even where the other change touches none of its fields.
#define AKUA_ON_CONFLICT_FAIL 1

// What an edit does about another writer: goes on with the new version if the other change touched none of its
// fields, else stops and reports. This is the default.
#define AKUA_ON_CONFLICT_REBASE 2

// How a write is settled: the same bytes are sent again where they can't land twice, so it may land now.
#define AKUA_RESUME_FINISH 1

// How a write is settled: by reading alone. No write is ever sent.
#define AKUA_RESUME_LOOK 2

// Where a stepwise edit stands: it wants a patch for `akua_cluster_edit_current`; give one with `_submit`.
#define AKUA_EDIT_NEEDS_PATCH 1

// Where a stepwise edit stands: its next step sends a write for the first time, which `_resume_token` would settle.
#define AKUA_EDIT_READY 2

// Where a stepwise edit stands: it has ended, and the change is in effect.
#define AKUA_EDIT_DONE 3

// The version of this interface. It is raised only when programs that were built for an older one would break, and
// is the number in the name of the shared library, `libakua.so.0`.
#define AKUA_ABI_VERSION 0

// The options of calls. One may serve many calls, one after another and at the same time; a call takes what is set
// when it begins. Setting one while another thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
typedef struct akua_call_options akua_call_options;

// Ends calls from outside: from another thread, or from a signal handler.
//
// Give it to calls with `akua_call_options_set_cancel`. One handle may serve many calls. Once triggered it stays so.
// It may be freed while calls go on that have it.
typedef struct akua_cancel akua_cancel;

// A client of one service with one token. It holds the connections; one is enough for a program, and it may be used
// from many threads at a time. After `fork` a child may go on with it: it opens connections of its own.
typedef struct akua_client akua_client;

// The settings of a client. What is not set has a safe default; only the token has none. One may serve to make many
// clients. Setting one while another thread does, or makes a client with it, is refused with `AKUA_MISUSE`.
typedef struct akua_client_options akua_client_options;

// A cluster as one answer showed it. It never changes. What a getter gives is borrowed: it lives as long as the
// cluster. It may be used from many threads at a time.
typedef struct akua_cluster akua_cluster;

// An edit of a cluster, step by step. For one thread at a time; it need not be the one that began it.
typedef struct akua_cluster_edit akua_cluster_edit;

// An edit of a cluster that is in effect; `akua_cluster_edited_field_count` tells whether the server has stored a field
// otherwise than it was wanted. What a getter gives is borrowed: it lives as long
// as this. It may be used from many threads at a time.
typedef struct akua_cluster_edited akua_cluster_edited;

// All clusters that the token may see, one after the other; pages are read as the list gets there. For one thread at
// a time.
typedef struct akua_cluster_list akua_cluster_list;

// A change of some fields of a cluster: what is not set stays as it is. One may serve many calls. Whether it is
// within the limits is looked at by the call it is given to, before anything is sent. Setting a field while another
// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
typedef struct akua_cluster_patch akua_cluster_patch;

// Why a call did not do what its name says. It holds no token and no kubeconfig, whatever a server repeats.
//
// What a getter gives is borrowed: it lives as long as the error. A getter about something that this error has
// nothing to say of gives no text, 0, false or NULL. It may be used from many threads at a time.
typedef struct akua_error akua_error;

// A workspace as one answer showed it. It never changes. What a getter gives is borrowed: it lives as long as the
// workspace. It may be used from many threads at a time.
typedef struct akua_workspace akua_workspace;

// An edit of a workspace, step by step. For one thread at a time; it need not be the one that began it.
typedef struct akua_workspace_edit akua_workspace_edit;

// An edit of a workspace that is in effect; `akua_workspace_edited_field_count` tells whether the server has stored a field
// otherwise than it was wanted. What a getter gives is borrowed: it lives as long
// as this. It may be used from many threads at a time.
typedef struct akua_workspace_edited akua_workspace_edited;

// All workspaces that the token may see, one after the other; pages are read as the list gets there. For one thread at
// a time.
typedef struct akua_workspace_list akua_workspace_list;

// A change of some fields of a workspace: what is not set stays as it is. One may serve many calls. Whether it is
// within the limits is looked at by the call it is given to, before anything is sent. Setting a field while another
// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
typedef struct akua_workspace_patch akua_workspace_patch;

// How a call ended: 0 if it did what its name says, else one of the `AKUA_` numbers below. Later versions may know
// more of them; compare with those you handle, and treat every other one as a failure.
typedef int32_t akua_status;

// A text: `len` bytes of UTF-8 at `data`. `{NULL, 0}` is no text at all.
//
// What this library gives out also has a NUL at `data[len]`, so that `data` can be used where a C string is wanted.
// A text from a server may have a NUL inside; then only `len` tells all of it. What it takes in needs no NUL.
typedef struct {
  // The bytes; NULL if there is no text.
  const char *data;
  // How many bytes, a NUL at the end not counted.
  size_t len;
} akua_str;

// What is told of each event: the `context` that was given with the sink, and a line such as
// `GET /v1/clusters/{id}: attempt ended, attempt=1 status=200 duration_ms=3`. No token, no id and no body is in it.
// The line lives until the function returns.
//
// It is called on the thread of the call it is about, so by several threads at a time. It must return: no exception,
// no `longjmp`. It may call this library, but should be quick.
typedef void (*akua_log_sink)(void *context, akua_str line);

// The call did what its name says. From an update and an edit: the server answered 200 and shows the change, or a later read
// shows it, or everything was as wanted before. What an answer can't show is taken for written: `kubeconfig`, `region_id`,
// and whatever this one leaves out. Fields that the server has stored otherwise than they were wanted are listed by
// `akua_cluster_edited_field_count` after an edit; after an update compare the answer.
#define AKUA_OK 0

// The input breaks a rule of the API: `akua_error_problem_field` names the field. Nothing was sent.
#define AKUA_INVALID_INPUT 1

// A setting of the client is missing or can't be used. Nothing was sent.
#define AKUA_CONFIGURATION 2

// The token was refused (401).
#define AKUA_AUTHENTICATION 3

// The token may not do this (403).
#define AKUA_PERMISSION_DENIED 4

// There is no such resource, or the token may not see it (404). From a wait: the cluster is gone.
#define AKUA_NOT_FOUND 5

// From an update: the resource is not in the state that the write needs (409, 412). From an edit: somebody else
// changed the resource first, and `akua_error_field_name` tells who wants what. Nothing took effect.
#define AKUA_CONFLICT 6

// The server refused the request as it is (any other 4xx; to an update 400, 405, 413, 415, 422, 428, 431). From an edit: it
// refused in its own words, whatever its status was. Nothing took effect.
#define AKUA_REJECTED 7

// Too many requests (429): `akua_error_retry_after_ms` tells how long to wait.
#define AKUA_RATE_LIMITED 8

// The server, or something in front of it, failed (5xx, 408).
#define AKUA_SERVER 9

// An answer that this call can't have, or that proves nothing of it: a redirect, another success than 200, something that
// is not HTTP. To an update also a 4xx that the service does not refuse with (402, 407, 410, 451 and so on), and any 4xx
// where a proxy may have sent the request twice. An update may have taken effect.
#define AKUA_UNEXPECTED_ANSWER 10

// A 200 that can't be read as what was asked for.
#define AKUA_DECODE 11

// No answer: no connection, or it was lost.
#define AKUA_TRANSPORT 12

// No answer in time. From a wait: the time was up before the cluster had settled.
#define AKUA_TIMEOUT 13

// A cancel handle ended the call.
#define AKUA_CANCELLED 14

// From an edit: it was not sent, and `akua_error_cause` tells why. Nothing took effect.
#define AKUA_NOT_SENT 15

// From an edit: nobody could know whether it took effect. It is no conflict. Keep `akua_error_resume_token`.
#define AKUA_INDETERMINATE 16

// From a wait: somebody else has replaced what was waited for.
#define AKUA_SUPERSEDED 17

// From an edit: the server answered 200 and changed nothing: it shows the version from before the write, and
// `akua_error_field_name` tells which fields it left as they were. Nothing took effect.
#define AKUA_IGNORED 18

// The call breaks a rule of this interface: NULL where something has to be, a text that is not UTF-8, a handle of
// another type or in use by another thread. Nothing was sent.
#define AKUA_MISUSE 50

// A mistake in this library. What the call did is not known. Please report it.
#define AKUA_PANIC 51

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Makes options in which nothing is set. Free them with `akua_call_options_free`.
akua_call_options *akua_call_options_new(void);

// The time that the whole call may take, in milliseconds: everything from the name look-up to the last repeat, and for
// an edit also finding out what happened. The client's unless set.
akua_status akua_call_options_set_timeout_ms(akua_call_options *options,
                                             uint64_t timeout_ms,
                                             akua_error **error);

// The workspace that the call is about, 1 to 53 code points, in place of the client's.
akua_status akua_call_options_set_context(akua_call_options *options, akua_str context, akua_error **error);

// A handle that ends the call from outside; NULL for none.
akua_status akua_call_options_set_cancel(akua_call_options *options,
                                         const akua_cancel *cancel,
                                         akua_error **error);

// Where the call stands in the program's own trace: sent as `traceparent` with every request of it.
akua_status akua_call_options_set_traceparent(akua_call_options *options,
                                              akua_str traceparent,
                                              akua_error **error);

// How many items a list reads with each request, 1 to 100.
akua_status akua_call_options_set_page_items(akua_call_options *options, uint64_t items, akua_error **error);

// Where a list begins: the cursor of an earlier one.
akua_status akua_call_options_set_page_cursor(akua_call_options *options,
                                              akua_str cursor,
                                              akua_error **error);

// What an edit does about another writer: `AKUA_ON_CONFLICT_REBASE` unless set, or `AKUA_ON_CONFLICT_FAIL`.
akua_status akua_call_options_set_on_conflict(akua_call_options *options,
                                              int32_t on_conflict,
                                              akua_error **error);

// Whether an edit writes a field that no answer shows (`kubeconfig`, `region_id`) even after somebody else's change,
// which may have been to that very field. It does not unless set.
akua_status akua_call_options_set_overwrite_unseen(akua_call_options *options,
                                                   bool overwrite,
                                                   akua_error **error);

// How often an edit may send one request in all: 4 unless set; 0 counts as 1.
akua_status akua_call_options_set_attempts(akua_call_options *options, uint32_t attempts, akua_error **error);

// On how many versions an edit may try its change: 8 unless set; 0 counts as 1.
akua_status akua_call_options_set_epochs(akua_call_options *options, uint32_t epochs, akua_error **error);

// How much of an edit's time is kept for finding out what happened, in milliseconds: 5000 unless set, a quarter of the
// time at most.
akua_status akua_call_options_set_settle_reserve_ms(akua_call_options *options,
                                                    uint64_t reserve_ms,
                                                    akua_error **error);

// The longest first pause before an edit repeats a request, in milliseconds; it doubles each time. 100 unless set.
akua_status akua_call_options_set_backoff_ms(akua_call_options *options,
                                             uint64_t backoff_ms,
                                             akua_error **error);

// The longest pause before an edit repeats a request, in milliseconds. 5000 unless set.
akua_status akua_call_options_set_backoff_limit_ms(akua_call_options *options,
                                                   uint64_t limit_ms,
                                                   akua_error **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_call_options_free`.
akua_call_options *akua_call_options_clone(const akua_call_options *options);

// Frees options. NULL does nothing.
void akua_call_options_free(akua_call_options *options);

// Makes a cancel handle. Free it with `akua_cancel_free`.
akua_cancel *akua_cancel_new(void);

// Ends every call that has this handle, now and later. A call that waits ends within 100 ms, and says whether its
// request may have taken effect.
//
// From any thread at any time; it takes no lock and no memory, so from a signal handler too. NULL does nothing.
void akua_cancel_trigger(const akua_cancel *cancel);

// Whether the handle was triggered; false for NULL. From any thread, and from a signal handler.
bool akua_cancel_is_triggered(const akua_cancel *cancel);

// Frees a cancel handle. NULL does nothing.
void akua_cancel_free(akua_cancel *cancel);

// Makes a client. Nothing is sent yet. Free it with `akua_client_free`.
//
// Fails with `AKUA_CONFIGURATION`, naming the setting that is missing or can't be used.
akua_status akua_client_new(const akua_client_options *options, akua_client **client, akua_error **error);

// Where the service is. It lives as long as the client.
akua_str akua_client_base_url(const akua_client *client);

// Frees a client. NULL does nothing. Lists and edits that were begun with it go on.
void akua_client_free(akua_client *client);

// Makes settings in which nothing is set. Free them with `akua_client_options_free`.
akua_client_options *akua_client_options_new(void);

// Takes what is not set from the environment: `AKUA_API_URL`, `AKUA_API_TOKEN` (else the token of
// `~/.config/akua/config.json`), `AKUA_CONTEXT`, and the usual proxy variables. It is read when a client is made.
akua_status akua_client_options_use_environment(akua_client_options *options,
                                                akua_error **error);

// Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this machine only.
akua_status akua_client_options_set_base_url(akua_client_options *options, akua_str url, akua_error **error);

// Accepts plain `http` for every host: the token and all data then cross the network readable and changeable by anybody
// on the way. Off unless set.
akua_status akua_client_options_set_allow_insecure_http(akua_client_options *options,
                                                        bool allow,
                                                        akua_error **error);

// The token, exactly as it was issued. It is copied, never shown, and wiped when the options are freed.
akua_status akua_client_options_set_token(akua_client_options *options, akua_str token, akua_error **error);

// The workspace that all calls are about, 1 to 53 code points, unless one says otherwise. Only a token that is not a
// workspace's own needs it.
akua_status akua_client_options_set_context(akua_client_options *options,
                                            akua_str context,
                                            akua_error **error);

// The time that a whole call may take, in milliseconds, pauses and repeats included. 30000 unless set.
akua_status akua_client_options_set_timeout_ms(akua_client_options *options,
                                               uint64_t timeout_ms,
                                               akua_error **error);

// The longest that opening a connection may take, in milliseconds. 10000 unless set.
akua_status akua_client_options_set_connect_timeout_ms(akua_client_options *options,
                                                       uint64_t timeout_ms,
                                                       akua_error **error);

// The longest silence of the server while something is awaited from it, in milliseconds. 30000 unless set.
akua_status akua_client_options_set_read_timeout_ms(akua_client_options *options,
                                                    uint64_t timeout_ms,
                                                    akua_error **error);

// The largest body of an answer, in bytes. 4 MiB unless set.
akua_status akua_client_options_set_max_response_bytes(akua_client_options *options,
                                                       size_t bytes,
                                                       akua_error **error);

// Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters.
akua_status akua_client_options_set_user_agent_suffix(akua_client_options *options,
                                                      akua_str suffix,
                                                      akua_error **error);

// Trusts the certificate authorities in this PEM text too, besides the system's own. It may be called several times.
akua_status akua_client_options_add_root_certificates(akua_client_options *options,
                                                      akua_str pem,
                                                      akua_error **error);

// Who the client is, for servers that ask for a certificate: the chain up to (not including) the root, and the private
// key without a passphrase, both in PEM. The key is wiped when the options are freed.
akua_status akua_client_options_set_client_certificate(akua_client_options *options,
                                                       akua_str chain_pem,
                                                       akua_str key_pem,
                                                       akua_error **error);

// The HTTP proxy through which all connections are tunnelled, `http://[user:password@]host[:port]`, whatever the
// environment says.
akua_status akua_client_options_set_proxy(akua_client_options *options,
                                          akua_str url,
                                          akua_error **error);

// Connects straight to the service, whatever the environment says.
akua_status akua_client_options_set_no_proxy(akua_client_options *options, akua_error **error);

// How many requests one read may send in all: 4 unless set; 0 counts as 1. A write is never repeated by this.
akua_status akua_client_options_set_read_attempts(akua_client_options *options,
                                                  uint32_t attempts,
                                                  akua_error **error);

// The longest first pause before a read is repeated, and the longest of all, in milliseconds. 200 and 5000 unless set.
akua_status akua_client_options_set_read_backoff_ms(akua_client_options *options,
                                                    uint64_t first_ms,
                                                    uint64_t longest_ms,
                                                    akua_error **error);

// How many repeats of requests all threads of a client may have on credit. 50 unless set.
akua_status akua_client_options_set_retry_budget(akua_client_options *options,
                                                 uint32_t repeats,
                                                 akua_error **error);

// The server guarantees that an etag does not come back once the resource has moved on. True unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_etag_never_repeats(akua_client_options *options,
                                                                bool holds,
                                                                akua_error **error);

// The server looks the idempotency key up, compares `if-match` and writes in one step. False unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_key_checked_before_if_match(akua_client_options *options,
                                                                         bool holds,
                                                                         akua_error **error);

// How long the server remembers an idempotency key, in milliseconds from its first sending. 0 unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_key_retention_ms(akua_client_options *options,
                                                              uint64_t retention_ms,
                                                              akua_error **error);

// The server remembers a refusal under its idempotency key too. False unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_stores_rejections_per_key(akua_client_options *options,
                                                                       bool holds,
                                                                       akua_error **error);

// A read of the server never shows an older version than the one current when it began. False unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_reads_linearizable(akua_client_options *options,
                                                                bool holds,
                                                                akua_error **error);

// A change of `kubeconfig` or `region_id` alone moves the server's etag too. False unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_etag_covers_write_only(akua_client_options *options,
                                                                    bool holds,
                                                                    akua_error **error);

// Something on the way may repeat a request by itself. False unless set, or for plain `http` through a proxy.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_hidden_retries(akua_client_options *options,
                                                            bool holds,
                                                            akua_error **error);

// How far apart the times of day may be of machines that hand resume tokens to each other, in milliseconds. It is added to
// the age of a key that only the time of day tells. 30000 unless set.
akua_status akua_client_options_set_contract_clock_skew_ms(akua_client_options *options,
                                                           uint64_t skew_ms,
                                                           akua_error **error);

// A 200 to a write shows the version that this very write left behind, never an older one; then one that shows the old
// version proves that nothing was written. True unless set.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_answers_show_written_version(akua_client_options *options,
                                                                          bool holds,
                                                                          akua_error **error);

// An etag that a 409 names as current is that of this resource, at the moment of the refusal. False unless set: it is a
// hint then, which a read has to confirm.
// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
akua_status akua_client_options_set_contract_conflicts_name_current_etag(akua_client_options *options,
                                                                         bool holds,
                                                                         akua_error **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_client_options_free`.
akua_client_options *akua_client_options_clone(const akua_client_options *options);

// Frees settings. NULL does nothing.
void akua_client_options_free(akua_client_options *options);

// Reads a cluster. Free it with `akua_cluster_free`.
//
// `options` may be NULL. A read is tried again within its time, and never takes effect.
akua_status akua_cluster_get(const akua_client *client,
                             const akua_call_options *options,
                             akua_str id,
                             akua_cluster **cluster,
                             akua_error **error);

// Changes the fields in `patch`, if the cluster still has the etag `if_match`, and gives the cluster as it is then.
//
// Exactly one conditional request is sent, and never sent again. On a failure, `akua_error_may_have_taken_effect`
// tells whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
akua_status akua_cluster_update(const akua_client *client,
                                const akua_call_options *options,
                                akua_str id,
                                akua_str if_match,
                                const akua_cluster_patch *patch,
                                akua_cluster **cluster,
                                akua_error **error);

// As `akua_cluster_update`, with an idempotency key of the caller's, 1 to 64 printable ASCII characters.
//
// A server that knows the key may answer what it answered before: take a fresh key for every change.
akua_status akua_cluster_update_with_key(const akua_client *client,
                                         const akua_call_options *options,
                                         akua_str id,
                                         akua_str if_match,
                                         const akua_cluster_patch *patch,
                                         akua_str key,
                                         akua_cluster **cluster,
                                         akua_error **error);

// Reads a cluster again and again until the server has stopped reconciling it, and gives it as it is then. Set the
// time for that with `akua_call_options_set_timeout_ms`.
//
// `after` is the etag that guarded the write before: a read that shows it never counts; it may be no text. `holding`
// is the change that was made: the wait ends as soon as it is there no longer; it may be NULL. `options` may be NULL.
//
// Ends with `AKUA_OK`, `AKUA_NOT_FOUND` (the cluster is gone), `AKUA_SUPERSEDED` (somebody else has changed what
// `holding` has, as a read shows that can't be stale), `AKUA_TIMEOUT` or `AKUA_CANCELLED`; none of these changes how the
// write before ended. `akua_error_cluster` has the version read last. After `AKUA_TIMEOUT` that may be another version
// without the values in `holding`, and the message says that it is not known whether it is newer.
//
// After an edit `akua_cluster_edited_wait_settled` knows more: its own version is never another's, and one that was updated
// later is known to be newer.
akua_status akua_cluster_wait_settled(const akua_client *client,
                                      const akua_call_options *options,
                                      akua_str id,
                                      akua_str after,
                                      const akua_cluster_patch *holding,
                                      akua_cluster **cluster,
                                      akua_error **error);

// As `akua_cluster_wait_settled`, after an edit that is in effect.
akua_status akua_cluster_edited_wait_settled(const akua_client *client,
                                             const akua_call_options *options,
                                             const akua_cluster_edited *edited,
                                             akua_cluster **cluster,
                                             akua_error **error);

// The id.
akua_str akua_cluster_id(const akua_cluster *cluster);

// Its page for people; no text if the answer has none.
akua_str akua_cluster_html_url(const akua_cluster *cluster);

// The name.
akua_str akua_cluster_name(const akua_cluster *cluster);

// The workspace it belongs to.
akua_str akua_cluster_workspace_id(const akua_cluster *cluster);

// Where it is in its life: `pending`, `provisioning`, `active`, `suspended`, `deleting`, or what a newer server says.
akua_str akua_cluster_state(const akua_cluster *cluster);

// Who runs its control plane: `managed_kaas`, `imported_byoc`, or what a newer server says.
akua_str akua_cluster_provider(const akua_cluster *cluster);

// Whether the server is still bringing it into the state that was asked for.
bool akua_cluster_reconciling(const akua_cluster *cluster);

// When it was made, in Unix seconds; `INT64_MIN` if that does not fit.
int64_t akua_cluster_created_at(const akua_cluster *cluster);

// When it was made, as RFC 3339 in UTC, or the raw number where that can't be.
akua_str akua_cluster_created_at_text(const akua_cluster *cluster);

// When it last changed, in Unix seconds; `INT64_MIN` if that does not fit.
int64_t akua_cluster_updated_at(const akua_cluster *cluster);

// When it last changed, as RFC 3339 in UTC, or the raw number where that can't be.
akua_str akua_cluster_updated_at_text(const akua_cluster *cluster);

// The etag of this version: what an update takes as `if_match`.
akua_str akua_cluster_etag(const akua_cluster *cluster);

// The whole cluster as JSON, with the properties that this version does not know.
akua_str akua_cluster_json(const akua_cluster *cluster);

// Makes a copy of a cluster, such as of one that an error lends. NULL if there is none. Free it with
// `akua_cluster_free`.
akua_cluster *akua_cluster_clone(const akua_cluster *cluster);

// Frees a cluster. NULL does nothing.
void akua_cluster_free(akua_cluster *cluster);

// Begins an edit of the version `seen`, everything in which is protected. Nothing is sent yet. Free it with
// `akua_cluster_edit_free`.
//
// `patch` is the change; with NULL it is asked for, for each fresh version. `options` may be NULL.
akua_status akua_cluster_edit_new(const akua_client *client,
                                  const akua_call_options *options,
                                  const akua_cluster *seen,
                                  const akua_cluster_patch *patch,
                                  akua_cluster_edit **edit,
                                  akua_error **error);

// As `akua_cluster_edit_new`, with an id only: the current version is read first, and only changes during the edit
// are noticed.
akua_status akua_cluster_edit_new_by_id(const akua_client *client,
                                        const akua_call_options *options,
                                        akua_str id,
                                        const akua_cluster_patch *patch,
                                        akua_cluster_edit **edit,
                                        akua_error **error);

// Goes on until the program is needed or the edit has ended, at the latest at its deadline; `progress` tells which.
//
// - `AKUA_EDIT_NEEDS_PATCH`: a patch for `akua_cluster_edit_current` is needed. Give it with
//   `akua_cluster_edit_submit`, or a reason for none with `akua_cluster_edit_fail`.
// - `AKUA_EDIT_READY`: the next step sends a write for the first time. Keep `akua_cluster_edit_resume_token` if the
//   program might not live to see the answer, and go on; or stop it with `akua_cluster_edit_decline`.
// - `AKUA_EDIT_DONE`: the change is in effect. `edited` tells more; free it with `akua_cluster_edited_free`.
//
// Any other end is a failure: `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED`, `AKUA_NOT_SENT` or `AKUA_INDETERMINATE`.
// After an end each further step gives that end again.
akua_status akua_cluster_edit_next(akua_cluster_edit *edit,
                                   int32_t *progress,
                                   akua_cluster_edited **edited,
                                   akua_error **error);

// The version for which a patch is needed; NULL if none is. It lives until the next call that changes the edit;
// `akua_cluster_clone` keeps it longer.
const akua_cluster *akua_cluster_edit_current(const akua_cluster_edit *edit);

// The token that settles the write that is about to be sent, or was sent last, should its answer never come; no text
// before the first `AKUA_EDIT_READY`. It lives until the next call that changes the edit. Names and slugs stand in it
// readably.
akua_str akua_cluster_edit_resume_token(const akua_cluster_edit *edit);

// Gives the patch that was asked for; NULL if nothing is to change.
akua_status akua_cluster_edit_submit(akua_cluster_edit *edit,
                                     const akua_cluster_patch *patch,
                                     akua_error **error);

// Gives no patch but a reason, which stands in the error that the edit ends with. Nothing more is sent.
akua_status akua_cluster_edit_fail(akua_cluster_edit *edit, akua_str reason, akua_error **error);

// Stops the write that is about to be sent, for a reason that stands in the error that the edit ends with. Nothing of
// it is sent.
akua_status akua_cluster_edit_decline(akua_cluster_edit *edit,
                                      akua_str reason,
                                      akua_error **error);

// Frees an edit. NULL does nothing. One that has not ended is left as it stands: a write that was sent may land.
void akua_cluster_edit_free(akua_cluster_edit *edit);

// Changes the fields in `patch`, whatever happens in between, and tells the truth about it: `AKUA_OK` if it is in
// effect. Everything in the version `seen` is protected.
//
// If somebody else changed other fields meanwhile, the patch is applied to the new version; if they touched the same
// ones, it is `AKUA_CONFLICT` and nothing is written. If an answer is lost, the truth is found out where it can be,
// else it is `AKUA_INDETERMINATE`. `options` may be NULL. Free `edited` with `akua_cluster_edited_free`.
akua_status akua_cluster_edit_run(const akua_client *client,
                                  const akua_call_options *options,
                                  const akua_cluster *seen,
                                  const akua_cluster_patch *patch,
                                  akua_cluster_edited **edited,
                                  akua_error **error);

// As `akua_cluster_edit_run`, with an id only: the current version is read first, and only changes during the call
// are noticed.
akua_status akua_cluster_edit_run_by_id(const akua_client *client,
                                        const akua_call_options *options,
                                        akua_str id,
                                        const akua_cluster_patch *patch,
                                        akua_cluster_edited **edited,
                                        akua_error **error);

// Settles a write that an earlier edit left behind, also in another process or language.
//
// `mode` is `AKUA_RESUME_FINISH`, which may land the write now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK`
// then means: in effect at some time between the first sending and now. `kubeconfig` is the one that was written, if
// one was, as a token holds only its hash; else no text. A token for another service, context or kind of resource is
// `AKUA_INVALID_INPUT` and nothing is sent.
//
// Whatever it fails with before it could find out, the effect of the error is `unknown` and `akua_error_may_still_land`
// is true: nothing new is known of the token's write, and **the token has to be kept**. After `AKUA_OK` it may go (but for
// an outcome `unchanged`), after `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED` and `AKUA_NOT_SENT` it must, as the write
// could land if it was finished later. docs/c.md has the table.
//
// `options` may be NULL. Free `edited` with `akua_cluster_edited_free`.
akua_status akua_cluster_resolve(const akua_client *client,
                                 const akua_call_options *options,
                                 akua_str resume_token,
                                 int32_t mode,
                                 akua_str kubeconfig,
                                 akua_cluster_edited **edited,
                                 akua_error **error);

// How the edit ended: `applied`, or `unchanged` (everything already was as wanted, and nothing took effect).
akua_str akua_cluster_edited_outcome(const akua_cluster_edited *edited);

// How it is known that the change is in effect: `acknowledged` (the server answered 200 to the write) or `observed` (a
// later read showed every wanted value; somebody else may have written them). No text if nothing was changed.
akua_str akua_cluster_edited_proof(const akua_cluster_edited *edited);

// The etag of the version in which the change is in effect.
akua_str akua_cluster_edited_etag(const akua_cluster_edited *edited);

// That version; NULL if the answer to the write could not be read in full, though the change is in effect.
const akua_cluster *akua_cluster_edited_cluster(const akua_cluster_edited *edited);

// Why that version could not be read, where it is NULL after an applied edit; NULL otherwise. It lives as long as
// `edited`.
const akua_error *akua_cluster_edited_unreadable(const akua_cluster_edited *edited);

// How many times a write was sent.
uint32_t akua_cluster_edited_attempts(const akua_cluster_edited *edited);

// How many requests were sent, reads included.
uint32_t akua_cluster_edited_requests(const akua_cluster_edited *edited);

// What happened and why, step by step, for a person. No secret is in it.
akua_str akua_cluster_edited_explain(const akua_cluster_edited *edited);

// Frees an edit that is in effect. NULL does nothing.
void akua_cluster_edited_free(akua_cluster_edited *edited);

// Begins a list. Nothing is sent yet. Free it with `akua_cluster_list_free`.
//
// `options` may be NULL; their time is that of each page.
akua_status akua_cluster_list_new(const akua_client *client,
                                  const akua_call_options *options,
                                  akua_cluster_list **list,
                                  akua_error **error);

// Gives the next cluster, or NULL with `AKUA_OK` after the last one. Free it with `akua_cluster_free`.
//
// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
akua_status akua_cluster_list_next(akua_cluster_list *list,
                                   akua_cluster **cluster,
                                   akua_error **error);

// Frees a list. NULL does nothing. The clusters it has given stay.
void akua_cluster_list_free(akua_cluster_list *list);

// Makes a patch in which nothing is set. Free it with `akua_cluster_patch_free`.
akua_cluster_patch *akua_cluster_patch_new(void);

// The new name, 1 to 100 code points.
akua_status akua_cluster_patch_set_name(akua_cluster_patch *patch, akua_str name, akua_error **error);

// The region to move to, 1 to 54 code points. No answer shows it.
akua_status akua_cluster_patch_set_region_id(akua_cluster_patch *patch,
                                             akua_str region_id,
                                             akua_error **error);

// Who is to run the control plane: `managed_kaas` or `imported_byoc`.
akua_status akua_cluster_patch_set_provider(akua_cluster_patch *patch, akua_str provider, akua_error **error);

// The kubeconfig to import with. A secret: no answer and no error shows it, and it is wiped with the patch.
akua_status akua_cluster_patch_set_kubeconfig(akua_cluster_patch *patch,
                                              akua_str kubeconfig,
                                              akua_error **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_cluster_patch_free`.
akua_cluster_patch *akua_cluster_patch_clone(const akua_cluster_patch *patch);

// Frees a patch. NULL does nothing.
void akua_cluster_patch_free(akua_cluster_patch *patch);

// How many fields the server has stored otherwise than they were wanted, as the answer to the write shows; 0 if everything
// that answers show is as wanted. Those that are as wanted are not among them.
size_t akua_cluster_edited_field_count(const akua_cluster_edited *edited);

// The field, as it stands on the wire.
akua_str akua_cluster_edited_field_name(const akua_cluster_edited *edited, size_t index);

// What the server has made of it: `adjusted` (it shows neither the wanted value nor the one from before, as where a server
// trims) or `not_taken` (it still shows the value from before).
akua_str akua_cluster_edited_field_result(const akua_cluster_edited *edited,
                                          size_t index);

// Its value from before the write; no text if that is not known.
akua_str akua_cluster_edited_field_base(const akua_cluster_edited *edited, size_t index);

// Its wanted value.
akua_str akua_cluster_edited_field_ours(const akua_cluster_edited *edited, size_t index);

// Its value in the version that the write made.
akua_str akua_cluster_edited_field_theirs(const akua_cluster_edited *edited, size_t index);

// What the comparison of the three says: `free` (as before the write) or `conflicting` (a third value).
akua_str akua_cluster_edited_field_state(const akua_cluster_edited *edited, size_t index);

// How many fields the server has stored otherwise than they were wanted, as the answer to the write shows; 0 if everything
// that answers show is as wanted. Those that are as wanted are not among them.
size_t akua_workspace_edited_field_count(const akua_workspace_edited *edited);

// The field, as it stands on the wire.
akua_str akua_workspace_edited_field_name(const akua_workspace_edited *edited, size_t index);

// What the server has made of it: `adjusted` (it shows neither the wanted value nor the one from before, as where a server
// trims) or `not_taken` (it still shows the value from before).
akua_str akua_workspace_edited_field_result(const akua_workspace_edited *edited,
                                            size_t index);

// Its value from before the write; no text if that is not known.
akua_str akua_workspace_edited_field_base(const akua_workspace_edited *edited, size_t index);

// Its wanted value.
akua_str akua_workspace_edited_field_ours(const akua_workspace_edited *edited, size_t index);

// Its value in the version that the write made.
akua_str akua_workspace_edited_field_theirs(const akua_workspace_edited *edited, size_t index);

// What the comparison of the three says: `free` (as before the write) or `conflicting` (a third value).
akua_str akua_workspace_edited_field_state(const akua_workspace_edited *edited, size_t index);

// The status that the call returned; `AKUA_OK` for NULL.
akua_status akua_error_status(const akua_error *error);

// What went wrong, by the name that it has in every language: that of the status, but of an edit what it ended by, such as
// `timeout` or `authentication`; `internal` is a mistake of this library.
akua_str akua_error_kind(const akua_error *error);

// What happened, for a person: the call, what the server said, whether the request may have taken effect, and what to
// do next. No secret is in it.
akua_str akua_error_message(const akua_error *error);

// What to do about it, if that is known. It is in the message too.
akua_str akua_error_hint(const akua_error *error);

// The HTTP status; 0 if no answer arrived.
int32_t akua_error_http_status(const akua_error *error);

// What is known about the effect of the call: `not_sent`, `not_applied`, `unknown` or `applied`. From a `_resolve`: about
// the effect of the token's write, so `unknown` for whatever kept the call from finding out.
akua_str akua_error_effect(const akua_error *error);

// Whether the call may have changed something: false only if it is certain that it did not and will not. From a
// `_resolve`: whether the token's write may have.
bool akua_error_may_have_taken_effect(const akua_error *error);

// Whether the write may take effect even now: false only if it is certain that it will not. From a `_resolve`, whatever it
// failed with: whether the token's write may.
bool akua_error_may_still_land(const akua_error *error);

// The server's id for the request, as its support asks for it.
akua_str akua_error_request_id(const akua_error *error);

// The etag that a refusal names as the resource's current one. Before writing with it, read the resource.
akua_str akua_error_current_etag(const akua_error *error);

// The etag of the version that an update has made whose answer can't be read in full (effect `applied`).
akua_str akua_error_new_etag(const akua_error *error);

// How long the server asks to be left alone, in milliseconds, counted from when its answer arrived; -1 if it does not.
int64_t akua_error_retry_after_ms(const akua_error *error);

// How many requests the call sent, or tried to send; of an edit how many writes.
uint32_t akua_error_attempts(const akua_error *error);

// How many requests the call sent, or tried to send, reads included.
uint32_t akua_error_requests(const akua_error *error);

// From an edit: how it ended, `not_applied` or `indeterminate`; `applied` where its answer can't be read in full. From a
// wait: `gone`, `superseded`, `deadline_passed` or `cancelled`.
akua_str akua_error_outcome(const akua_error *error);

// From an edit that was not sent or is indeterminate: what stood in the way, such as `deadline` or `answer_lost`.
akua_str akua_error_cause(const akua_error *error);

// From an edit: what was heard last, or why nothing more was sent.
akua_str akua_error_detail(const akua_error *error);

// From an edit: what happened and why, step by step, for a person. No secret is in it.
akua_str akua_error_explain(const akua_error *error);

// From an indeterminate edit: with this `akua_cluster_resolve` or `akua_workspace_resolve` can settle it later, also in
// another process or language. Names and slugs stand in it readably.
akua_str akua_error_resume_token(const akua_error *error);

// From an edit of a cluster or a wait: the version that was read last, if one was. It lives as long as the error;
// `akua_cluster_clone` keeps it longer.
const akua_cluster *akua_error_cluster(const akua_error *error);

// From an edit of a workspace: the version that was read last, if one was. It lives as long as the error;
// `akua_workspace_clone` keeps it longer.
const akua_workspace *akua_error_workspace(const akua_error *error);

// Frees an error. NULL does nothing.
void akua_error_free(akua_error *error);

// How many errors the server's answer names.
size_t akua_error_server_error_count(const akua_error *error);

// The server's own code, such as `7002`. Decide by the status, never by this.
akua_str akua_error_server_error_code(const akua_error *error, size_t index);

// The server's message; empty if it gave none.
akua_str akua_error_server_error_message(const akua_error *error, size_t index);

// How many parts the place in the request has that the server's error `index` names.
size_t akua_error_server_error_path_count(const akua_error *error, size_t index);

// The part `part` of the place in the request, such as `body` and `name`; it may use the server's inner names.
akua_str akua_error_server_error_path(const akua_error *error,
                                      size_t index,
                                      size_t part);

// How many further facts the server's error `index` has.
size_t akua_error_server_error_metadata_count(const akua_error *error, size_t index);

// The name of the fact `entry` of the server's error `index`.
akua_str akua_error_server_error_metadata_name(const akua_error *error, size_t index, size_t entry);

// The fact `entry` of the server's error `index`.
akua_str akua_error_server_error_metadata_value(const akua_error *error, size_t index, size_t entry);

// How many fields are wrong, in the input or in the answer.
size_t akua_error_problem_count(const akua_error *error);

// The field, as it stands on the wire, or the argument of the call.
akua_str akua_error_problem_field(const akua_error *error, size_t index);

// What is wrong with the field and what would be right. It does not repeat the value.
akua_str akua_error_problem_message(const akua_error *error, size_t index);

// From an edit with a conflict or an unknown end: how many fields its patch has.
size_t akua_error_field_count(const akua_error *error);

// The field, as it stands on the wire.
akua_str akua_error_field_name(const akua_error *error, size_t index);

// Its value when the caller saw it; no text if that is not known, or must not be shown.
akua_str akua_error_field_base(const akua_error *error, size_t index);

// Its wanted value; no text if it must not be shown.
akua_str akua_error_field_ours(const akua_error *error, size_t index);

// Its value in the version read last; no text if that is not known, or must not be shown.
akua_str akua_error_field_theirs(const akua_error *error, size_t index);

// What the comparison says: `done` (theirs is ours), `free` (ours can be written), `conflicting`, or `unseen` (nobody
// can read it).
akua_str akua_error_field_state(const akua_error *error,
                                size_t index);

// Sets the function that is told what the clients of this program do; NULL to be told no more. A call that goes on in
// another thread may tell it once more after that.
//
// `context` is passed to it as it is, and has to be there for as long as it may be called.
akua_status akua_log_set_sink(akua_log_sink sink,
                              void *context,
                              akua_error **error);

// What a resume token is for: `cluster` or `workspace`, so that the right `_resolve` can be called. The text lives as
// long as the program.
akua_status akua_resume_token_kind(akua_str resume_token,
                                   akua_str *kind,
                                   akua_error **error);

// The `AKUA_ABI_VERSION` that the library at hand was built with.
uint32_t akua_abi_version(void);

// The version of the library at hand, such as `0.1.0`. Lives as long as the program.
akua_str akua_version(void);

// The name of a status, such as `conflict`: lower case, and the same in every language. No text for a number that is
// none. Lives as long as the program.
akua_str akua_status_name(akua_status status);

// The text of a C string, not copied; no text if `text` is NULL.
akua_str akua_str_of(const char *text);

// Whether two texts are the same, byte for byte. No text and an empty one are the same.
bool akua_str_equals(akua_str one, akua_str other);

// Reads a workspace. Free it with `akua_workspace_free`.
//
// `options` may be NULL. A read is tried again within its time, and never takes effect.
akua_status akua_workspace_get(const akua_client *client,
                               const akua_call_options *options,
                               akua_str id,
                               akua_workspace **workspace,
                               akua_error **error);

// Changes the fields in `patch`, if the workspace still has the etag `if_match`, and gives the workspace as it is then.
//
// Exactly one conditional request is sent, and never sent again. On a failure, `akua_error_may_have_taken_effect`
// tells whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
akua_status akua_workspace_update(const akua_client *client,
                                  const akua_call_options *options,
                                  akua_str id,
                                  akua_str if_match,
                                  const akua_workspace_patch *patch,
                                  akua_workspace **workspace,
                                  akua_error **error);

// The id.
akua_str akua_workspace_id(const akua_workspace *workspace);

// The name.
akua_str akua_workspace_name(const akua_workspace *workspace);

// The part of its address that people choose.
akua_str akua_workspace_slug(const akua_workspace *workspace);

// The tier of its plan; no text if the answer has none.
akua_str akua_workspace_plan_tier(const akua_workspace *workspace);

// Who bills for its plan: `platform`, `seller`, or what a newer server says; no text if the answer has none.
akua_str akua_workspace_plan_billed_by(const akua_workspace *workspace);

// What it is for: `standard`, `platform`, `sandbox`, or what a newer server says; no text if the answer has none.
akua_str akua_workspace_workspace_class(const akua_workspace *workspace);

// When it was made, in Unix seconds; `INT64_MIN` if that does not fit.
int64_t akua_workspace_created_at(const akua_workspace *workspace);

// When it was made, as RFC 3339 in UTC, or the raw number where that can't be.
akua_str akua_workspace_created_at_text(const akua_workspace *workspace);

// When it last changed, in Unix seconds; `INT64_MIN` if that does not fit.
int64_t akua_workspace_updated_at(const akua_workspace *workspace);

// When it last changed, as RFC 3339 in UTC, or the raw number where that can't be.
akua_str akua_workspace_updated_at_text(const akua_workspace *workspace);

// The etag of this version: what an update takes as `if_match`.
akua_str akua_workspace_etag(const akua_workspace *workspace);

// The whole workspace as JSON, with the properties that this version does not know.
akua_str akua_workspace_json(const akua_workspace *workspace);

// Makes a copy of a workspace, such as of one that an error lends. NULL if there is none. Free it with
// `akua_workspace_free`.
akua_workspace *akua_workspace_clone(const akua_workspace *workspace);

// Frees a workspace. NULL does nothing.
void akua_workspace_free(akua_workspace *workspace);

// Begins an edit of the version `seen`, everything in which is protected. Nothing is sent yet. Free it with
// `akua_workspace_edit_free`.
//
// `patch` is the change; with NULL it is asked for, for each fresh version. `options` may be NULL.
akua_status akua_workspace_edit_new(const akua_client *client,
                                    const akua_call_options *options,
                                    const akua_workspace *seen,
                                    const akua_workspace_patch *patch,
                                    akua_workspace_edit **edit,
                                    akua_error **error);

// As `akua_workspace_edit_new`, with an id only: the current version is read first, and only changes during the edit
// are noticed.
akua_status akua_workspace_edit_new_by_id(const akua_client *client,
                                          const akua_call_options *options,
                                          akua_str id,
                                          const akua_workspace_patch *patch,
                                          akua_workspace_edit **edit,
                                          akua_error **error);

// Goes on until the program is needed or the edit has ended, at the latest at its deadline; `progress` tells which.
//
// - `AKUA_EDIT_NEEDS_PATCH`: a patch for `akua_workspace_edit_current` is needed. Give it with
//   `akua_workspace_edit_submit`, or a reason for none with `akua_workspace_edit_fail`.
// - `AKUA_EDIT_READY`: the next step sends a write for the first time. Keep `akua_workspace_edit_resume_token` if the
//   program might not live to see the answer, and go on; or stop it with `akua_workspace_edit_decline`.
// - `AKUA_EDIT_DONE`: the change is in effect. `edited` tells more; free it with `akua_workspace_edited_free`.
//
// Any other end is a failure: `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED`, `AKUA_NOT_SENT` or `AKUA_INDETERMINATE`.
// After an end each further step gives that end again.
akua_status akua_workspace_edit_next(akua_workspace_edit *edit,
                                     int32_t *progress,
                                     akua_workspace_edited **edited,
                                     akua_error **error);

// The version for which a patch is needed; NULL if none is. It lives until the next call that changes the edit;
// `akua_workspace_clone` keeps it longer.
const akua_workspace *akua_workspace_edit_current(const akua_workspace_edit *edit);

// The token that settles the write that is about to be sent, or was sent last, should its answer never come; no text
// before the first `AKUA_EDIT_READY`. It lives until the next call that changes the edit. Names and slugs stand in it
// readably.
akua_str akua_workspace_edit_resume_token(const akua_workspace_edit *edit);

// Gives the patch that was asked for; NULL if nothing is to change.
akua_status akua_workspace_edit_submit(akua_workspace_edit *edit,
                                       const akua_workspace_patch *patch,
                                       akua_error **error);

// Gives no patch but a reason, which stands in the error that the edit ends with. Nothing more is sent.
akua_status akua_workspace_edit_fail(akua_workspace_edit *edit, akua_str reason, akua_error **error);

// Stops the write that is about to be sent, for a reason that stands in the error that the edit ends with. Nothing of
// it is sent.
akua_status akua_workspace_edit_decline(akua_workspace_edit *edit,
                                        akua_str reason,
                                        akua_error **error);

// Frees an edit. NULL does nothing. One that has not ended is left as it stands: a write that was sent may land.
void akua_workspace_edit_free(akua_workspace_edit *edit);

// Changes the fields in `patch`, whatever happens in between, and tells the truth about it: `AKUA_OK` if it is in
// effect. Everything in the version `seen` is protected.
//
// If somebody else changed other fields meanwhile, the patch is applied to the new version; if they touched the same
// ones, it is `AKUA_CONFLICT` and nothing is written. If an answer is lost, the truth is found out where it can be,
// else it is `AKUA_INDETERMINATE`. `options` may be NULL. Free `edited` with `akua_workspace_edited_free`.
akua_status akua_workspace_edit_run(const akua_client *client,
                                    const akua_call_options *options,
                                    const akua_workspace *seen,
                                    const akua_workspace_patch *patch,
                                    akua_workspace_edited **edited,
                                    akua_error **error);

// As `akua_workspace_edit_run`, with an id only: the current version is read first, and only changes during the call
// are noticed.
akua_status akua_workspace_edit_run_by_id(const akua_client *client,
                                          const akua_call_options *options,
                                          akua_str id,
                                          const akua_workspace_patch *patch,
                                          akua_workspace_edited **edited,
                                          akua_error **error);

// Settles a write that an earlier edit left behind, also in another process or language.
//
// `mode` is `AKUA_RESUME_FINISH`, which may land the write now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK`
// then means: in effect at some time between the first sending and now. A token for another service, context or kind
// of resource is `AKUA_INVALID_INPUT` and nothing is sent.
//
// Whatever it fails with before it could find out, the effect of the error is `unknown` and `akua_error_may_still_land`
// is true: nothing new is known of the token's write, and **the token has to be kept**. After `AKUA_OK` it may go (but for
// an outcome `unchanged`), after `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED` and `AKUA_NOT_SENT` it must, as the write
// could land if it was finished later. docs/c.md has the table.
//
// `options` may be NULL. Free `edited` with `akua_workspace_edited_free`.
akua_status akua_workspace_resolve(const akua_client *client,
                                   const akua_call_options *options,
                                   akua_str resume_token,
                                   int32_t mode,
                                   akua_workspace_edited **edited,
                                   akua_error **error);

// How the edit ended: `applied`, or `unchanged` (everything already was as wanted, and nothing took effect).
akua_str akua_workspace_edited_outcome(const akua_workspace_edited *edited);

// How it is known that the change is in effect: `acknowledged` (the server answered 200 to the write) or `observed` (a
// later read showed every wanted value; somebody else may have written them). No text if nothing was changed.
akua_str akua_workspace_edited_proof(const akua_workspace_edited *edited);

// The etag of the version in which the change is in effect.
akua_str akua_workspace_edited_etag(const akua_workspace_edited *edited);

// That version; NULL if the answer to the write could not be read in full, though the change is in effect.
const akua_workspace *akua_workspace_edited_workspace(const akua_workspace_edited *edited);

// Why that version could not be read, where it is NULL after an applied edit; NULL otherwise. It lives as long as
// `edited`.
const akua_error *akua_workspace_edited_unreadable(const akua_workspace_edited *edited);

// How many times a write was sent.
uint32_t akua_workspace_edited_attempts(const akua_workspace_edited *edited);

// How many requests were sent, reads included.
uint32_t akua_workspace_edited_requests(const akua_workspace_edited *edited);

// What happened and why, step by step, for a person. No secret is in it.
akua_str akua_workspace_edited_explain(const akua_workspace_edited *edited);

// Frees an edit that is in effect. NULL does nothing.
void akua_workspace_edited_free(akua_workspace_edited *edited);

// Begins a list. Nothing is sent yet. Free it with `akua_workspace_list_free`.
//
// `options` may be NULL; their time is that of each page.
akua_status akua_workspace_list_new(const akua_client *client,
                                    const akua_call_options *options,
                                    akua_workspace_list **list,
                                    akua_error **error);

// Gives the next workspace, or NULL with `AKUA_OK` after the last one. Free it with `akua_workspace_free`.
//
// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
akua_status akua_workspace_list_next(akua_workspace_list *list,
                                     akua_workspace **workspace,
                                     akua_error **error);

// Frees a list. NULL does nothing. The workspaces it has given stay.
void akua_workspace_list_free(akua_workspace_list *list);

// Makes a patch in which nothing is set. Free it with `akua_workspace_patch_free`.
akua_workspace_patch *akua_workspace_patch_new(void);

// The new name, 1 to 100 code points.
akua_status akua_workspace_patch_set_name(akua_workspace_patch *patch, akua_str name, akua_error **error);

// The new slug, 3 to 39 code points.
akua_status akua_workspace_patch_set_slug(akua_workspace_patch *patch, akua_str slug, akua_error **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_workspace_patch_free`.
akua_workspace_patch *akua_workspace_patch_clone(const akua_workspace_patch *patch);

// Frees a patch. NULL does nothing.
void akua_workspace_patch_free(akua_workspace_patch *patch);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* AKUA_H */
