#ifndef AKUA_H
#define AKUA_H

/* Made by cbindgen from akua-ffi/src; do not edit. The conventions of all signatures are in docs/c.md. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The longest text that is taken, in bytes. Longer ones are a mistake, such as a length of -1.
#define AKUA_MAX_TEXT ((64 * 1024) * 1024)

// How a write is settled: the same bytes are sent again where they can't land twice, so it may land now.
#define AKUA_RESUME_FINISH 1

// How a write is settled: by reading alone. No write is ever sent.
#define AKUA_RESUME_LOOK 2

// Where a stepwise edit stands: it wants a patch for `akua_edit_current`; give one with `akua_edit_submit`.
#define AKUA_EDIT_NEEDS_PATCH 1

// Where a stepwise edit stands: its next step sends a write for the first time, which `akua_edit_resume_token` would settle.
#define AKUA_EDIT_READY 2

// Where a stepwise edit stands: it has ended, and the change is in effect.
#define AKUA_EDIT_DONE 3

// Where a stepwise launch stands: its next step sends the write for the first time, which `akua_launch_resume_token` would
// settle.
#define AKUA_LAUNCH_READY 2

// Where a stepwise launch stands: it has ended, and was accepted, or what was wanted was so anyway.
#define AKUA_LAUNCH_DONE 3

// What a resume token is for: `akua_edit_resolve`.
#define AKUA_TOKEN_EDIT 1

// What a resume token is for: `akua_launch_resolve`.
#define AKUA_TOKEN_LAUNCH 2

// What a resume token is for: `akua_operation_wait`.
#define AKUA_TOKEN_WAIT 3

// Whether whoever waits has asked for the operation to be cancelled: if the token is of a cancel. With an id they have not.
#define AKUA_ASKED_BY_TOKEN 0

// Whether whoever waits has asked for the operation to be cancelled: they have, and the server has taken note.
#define AKUA_ASKED_YES 1

// Whether whoever waits has asked for the operation to be cancelled: they have not.
#define AKUA_ASKED_NO 2

// Whether whoever waits has asked for the operation to be cancelled: they have tried, and it is not known whether that
// arrived.
#define AKUA_ASKED_UNKNOWN 3

// What a version shows of a property: nothing is known, as no answer shows it or this one left it out.
#define AKUA_SHOWN_UNREADABLE 0

// What a version shows of a property: that there is no such value.
#define AKUA_SHOWN_ABSENT 1

// What a version shows of a property: a value.
#define AKUA_SHOWN 2

// The version of this interface. It is raised only when programs that were built for an older one would break, and
// is the number in the name of the shared library, `libakua.so.0`.
#define AKUA_ABI_VERSION 0

// What a request was answered with a 2xx. It never changes. What a getter gives is borrowed: it lives as long as the answer. It
// may be used from many threads at a time, and is not wiped from memory.
typedef struct akua_answer akua_answer;

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

// An edit of a resource, step by step. For one thread at a time; it need not be the one that began it.
typedef struct akua_edit akua_edit;

// A launch, step by step. For one thread at a time; it need not be the one that began it.
typedef struct akua_launch akua_launch;

// All resources of a kind that the token may see, one after the other; pages are read as the list gets there. For one
// thread at a time.
typedef struct akua_list akua_list;

// A change of some properties of a resource, where what is not set stays as it is; or, of `akua_patch_new_for_launch`, what
// something new is made of. One may serve many calls. Whether it is
// within the limits is looked at by the call it is given to, before anything is sent. Setting a property while another
// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
typedef struct akua_patch akua_patch;

// How a call ended: why it did not do what its name says, or what an edit did that is in effect. It holds no token and no
// secret, whatever a server repeats.
//
// What a getter gives is borrowed: it lives as long as the report. What a report has nothing to say of is no text, 0,
// false or NULL. It may be used from many threads at a time.
typedef struct akua_report akua_report;

// One request to any path: see `akua_request_send`. One may be sent many times. Setting something while another thread does, or
// sends it, is refused with `AKUA_MISUSE`. Its body is wiped from memory with it.
typedef struct akua_request akua_request;

// A resource as one answer showed it: a cluster, a workspace, an operation. It never changes. What a getter gives is
// borrowed: it lives as long as the resource. It may be used from many threads at a time.
typedef struct akua_resource akua_resource;

// A secret text, such as a kubeconfig. It never changes, is in no report and no log, and is wiped from memory when it is
// freed. It may be used from many threads at a time.
typedef struct akua_secret akua_secret;

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

// A kind of resource: one of the numbers below, such as `AKUA_CLUSTER`.
typedef int32_t akua_kind;

// A write that starts an operation: one of the numbers below, such as `AKUA_LAUNCH_SUSPEND_CLUSTER`.
typedef int32_t akua_launch_kind;

// What is told of each event: the `context` that was given with the sink, and a line such as
// `GET /v1/clusters/{id}: attempt ended, attempt=1 status=200 duration_ms=3`. No token, no id and no body is in it.
// The line lives until the function returns.
//
// It is called on the thread of the call it is about, so by several threads at a time. It must return: no exception,
// no `longjmp`. It may call this library, but should be quick.
typedef void (*akua_log_sink)(void *context, akua_str line);

// A property of resources, whatever their kind: one of the numbers below, such as `AKUA_NAME`.
typedef int32_t akua_property;

// A setting of a client or of a call: one of the numbers below, such as `AKUA_OPTION_TIMEOUT`.
typedef int32_t akua_option;

// What of a report is asked for: one of the `AKUA_REPORT_` numbers.
typedef int32_t akua_report_key;

// What of a request is set: one of the `AKUA_REQUEST_` numbers.
typedef int32_t akua_request_key;

// What of an answer is asked for: one of the `AKUA_ANSWER_` numbers.
typedef int32_t akua_answer_key;

// What is shown each answer with the operation, for a progress bar: the `context` that was given with it, and the operation,
// which lives until the function returns; `akua_resource_clone` keeps it longer. If it gives false, the wait ends.
//
// It is called on the thread that waits. It must return: no exception, no `longjmp`. It may call this library.
typedef bool (*akua_operation_sink)(void *context, const akua_resource *operation);

// Suspends a cluster that runs. An etag guards it.
#define AKUA_LAUNCH_SUSPEND_CLUSTER 1

// Resumes a cluster that is suspended. An etag guards it.
#define AKUA_LAUNCH_RESUME_CLUSTER 2

// Deletes a cluster. An etag guards it. Documented: no install, no managed worker and no machine snapshot may be left, and
// the caller must own the workspace.
#define AKUA_LAUNCH_DELETE_CLUSTER 3

// Deletes a workspace. An etag guards it. After it the workspace's own token is presumably of no use any more.
#define AKUA_LAUNCH_DELETE_WORKSPACE 4

// Asks for the capabilities of a cluster to be found out anew, as often as one likes. No etag guards it.
#define AKUA_LAUNCH_REFRESH_CAPABILITIES 5

// Asks for an operation to be cancelled: that is all that an acceptance says, and it may still succeed or fail. No etag guards
// it, and one that has ended is refused. Its token waits for the operation itself.
#define AKUA_LAUNCH_CANCEL_OPERATION 6

// Makes a cluster. It has no id and no version yet: it is made of a patch of `akua_patch_new_for_launch`, by
// `akua_launch_run_create`.
#define AKUA_LAUNCH_CREATE_CLUSTER 7

// Imports a cluster with its kubeconfig: as `AKUA_LAUNCH_CREATE_CLUSTER`. It is there with the answer, and no operation goes on
// after it; nothing stops a second one, so it is sent once.
#define AKUA_LAUNCH_IMPORT_CLUSTER 8

// Makes a workspace: as `AKUA_LAUNCH_IMPORT_CLUSTER`. It takes no idempotency key.
#define AKUA_LAUNCH_CREATE_WORKSPACE 9

// Makes what lets machines join a cluster as its workers: as `AKUA_LAUNCH_IMPORT_CLUSTER`. Its secrets are in the answer alone:
// `akua_resource_secret` of `akua_report_resource` of the report gives them.
#define AKUA_LAUNCH_CREATE_WORKER_BOOTSTRAP 10

// Revokes a worker bootstrap, so that no machine joins with it any more. An etag guards it, its own. Its id is two with a `/`
// between them: `clu_1/wbs_1`.
#define AKUA_LAUNCH_REVOKE_WORKER_BOOTSTRAP 11

// Text: what went wrong, by the name that it has in every language: that of the status, but of an edit what it ended by,
// such as `timeout` or `authentication`; `internal` is a mistake of this library; `ok` if nothing did. An edit that is in
// effect whose answer can't be read in full has `decode`, and `AKUA_REPORT_PROBLEMS`.
#define AKUA_REPORT_KIND 1

// Text: what is known about the effect of the call: `not_sent`, `not_applied`, `unknown`, `applied` or `unchanged`. From
// `akua_edit_resolve` and `akua_launch_resolve`: about that of the token's write, so `unknown` for whatever kept the call from finding out.
#define AKUA_REPORT_EFFECT 2

// Text: what happened, for a person: the call, what the server said, whether the request may have taken effect, and what
// to do next. No secret is in it.
#define AKUA_REPORT_MESSAGE 3

// Text: what to do about it, if that is known. It is in the message too.
#define AKUA_REPORT_HINT 4

// Text, from an edit or a launch: how it ended, `applied`, `unchanged`, `not_applied` or `indeterminate`. From a wait for a
// cluster to settle: `gone`, `superseded`, `deadline_passed` or `cancelled`; for an operation: `succeeded`,
// `operation_failed`, `operation_cancelled`, `still_running` or `lost_track`.
#define AKUA_REPORT_OUTCOME 5

// Text: the same, but of an edit or a launch that was not applied its end: `conflict`, `rejected`, `ignored` or `not_sent`.
#define AKUA_REPORT_END 6

// Text, from an applied edit or launch: how that is known, `acknowledged` (the server answered 200 or 202 to the write) or
// `observed` (a later read showed what was wanted; somebody else may have done it).
#define AKUA_REPORT_PROOF 7

// Text, from an edit or a launch that was not sent or is indeterminate: what stood in the way, such as `deadline` or `answer_lost`.
#define AKUA_REPORT_CAUSE 8

// Text, from an edit or a launch: what was heard last, or why nothing more was sent. From a wait for an operation that failed
// or was cancelled: the server's words.
#define AKUA_REPORT_DETAIL 9

// Text, from an edit or a launch: what happened and why, step by step, for a person. No secret is in it.
#define AKUA_REPORT_EXPLAIN 10

// Text: the server's id for the request, as its support asks for it.
#define AKUA_REPORT_REQUEST_ID 11

// Text: the etag of the version with the change in it; of an ignored write that of the version which its answer shows.
#define AKUA_REPORT_ETAG 12

// Text: the etag that a refusal names as the resource's current one. Before writing with it, read the resource.
#define AKUA_REPORT_CURRENT_ETAG 13

// Text: the etag of the version that was read last, of a conflict, an indeterminate edit or launch, or a wait.
#define AKUA_REPORT_SEEN_ETAG 14

// Text, from an indeterminate edit or launch: with this `akua_edit_resolve` or `akua_launch_resolve` can settle it later, also
// in another process or language. What was to be written stands in it readably, but for secrets. From a launch that was
// accepted, and a wait that did not come to the operation's end: with this `akua_operation_wait` waits.
#define AKUA_REPORT_RESUME_TOKEN 15

// Text, from a launch that was accepted and from a wait for an operation: the operation's id. It is the key of an item of
// `AKUA_REPORT_CANDIDATES` and `AKUA_REPORT_LATER` too.
#define AKUA_REPORT_OPERATION 16

// Text, from a wait for an operation: the step that waits for a person, if one does.
#define AKUA_REPORT_BLOCKED_ON 17

// Text, from a wait whose operation was cancelled: whether whoever waited had asked for that, `yes`, `no` or `unknown`.
#define AKUA_REPORT_ASKED_HERE 18

// Text, from a create that was answered with what it has made, where no operation goes on after it: the id of that.
#define AKUA_REPORT_MADE 19

// Number: the HTTP status; 0 if no answer arrived.
#define AKUA_REPORT_HTTP_STATUS 31

// Number: how long the server asks to be left alone, in milliseconds, counted from when its answer arrived; -1 if it does
// not.
#define AKUA_REPORT_RETRY_AFTER 32

// Number: how many requests the call sent, or tried to send; of an edit how many writes.
#define AKUA_REPORT_ATTEMPTS 33

// Number: how many requests the call sent, or tried to send, reads included.
#define AKUA_REPORT_REQUESTS 34

// Flag: whether the call may have changed something: false only if it is certain that it did not and will not. From
// `akua_edit_resolve`: whether the token's write may have.
#define AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT 51

// Flag: whether the write may take effect even now: false only if it is certain that it will not. From
// `akua_edit_resolve`, whatever it failed with: whether the token's write may.
#define AKUA_REPORT_MAY_STILL_LAND 52

// List: the errors that the server's answer names, with `AKUA_REPORT_CODE`, `_MESSAGE`, `_PATH`, `_METADATA_NAME` and
// `_METADATA_VALUE`.
#define AKUA_REPORT_SERVER_ERRORS 71

// List: the fields that are wrong, in the input or in the answer, with `AKUA_REPORT_FIELD` and `_MESSAGE`.
#define AKUA_REPORT_PROBLEMS 72

// List, from an edit with a conflict or an unknown end, or that was ignored: the fields of its patch, with
// `AKUA_REPORT_FIELD`, `_BASE`, `_OURS`, `_THEIRS` and `_STATE`.
#define AKUA_REPORT_FIELDS 73

// List, from an applied edit: the fields that show neither the wanted value nor the one from before, as where a server
// trims; with what `AKUA_REPORT_FIELDS` has.
#define AKUA_REPORT_ADJUSTED 74

// List, from an applied edit: the fields that still show the value from before, though others show that the write was
// carried out; with what `AKUA_REPORT_FIELDS` has.
#define AKUA_REPORT_NOT_TAKEN 75

// List, from a launch that ended without an operation of its own: the operations of that kind that are listed for the
// resource, the newest first, with `AKUA_REPORT_OPERATION`. Any may be ours, and any somebody else's. Of a create, the ids of
// resources in their place: those that are listed under the name of the new one and may be no older than it; where it has no
// name, those that were not listed before.
#define AKUA_REPORT_CANDIDATES 76

// List, from a wait for an operation: the operations on the same resource that were started later, the newest first, with
// `AKUA_REPORT_OPERATION`.
#define AKUA_REPORT_LATER 77

// Of a server's error: its own code, such as `7002`. Decide by the status, never by this.
#define AKUA_REPORT_CODE 91

// Of a server's error: the parts of the place in the request, such as `body` and `name`; they may be the server's inner
// names.
#define AKUA_REPORT_PATH 92

// Of a server's error: the names of further facts.
#define AKUA_REPORT_METADATA_NAME 93

// Of a server's error: the facts with these names.
#define AKUA_REPORT_METADATA_VALUE 94

// Of a problem or a field of an edit: the field, as it stands on the wire, or the argument of the call.
#define AKUA_REPORT_FIELD 95

// Of a field of an edit: its value when the caller saw it; no text if that is not known, or must not be shown, and if there
// was none: see `AKUA_REPORT_ABSENT`.
#define AKUA_REPORT_BASE 96

// Of a field of an edit: its wanted value; no text if it must not be shown.
#define AKUA_REPORT_OURS 97

// Of a field of an edit: its value in the version read last, or that the write made; no text if that is not known, or must
// not be shown.
#define AKUA_REPORT_THEIRS 98

// Of a field of an edit, what the comparison says: `done` (theirs is ours), `free` (ours can be written), `conflicting`,
// or `unseen` (nobody can read it).
#define AKUA_REPORT_STATE 99

// Of a field of an edit: the sides that are known to have no value, `base` and `theirs`. Of every other side without a text it
// is not known.
#define AKUA_REPORT_ABSENT 100

// The body: JSON, sent as it is. It may hold a secret, but not in the name of a property: nothing shows it, also where a server
// repeats its texts and numbers of four characters and more. A GET has none.
#define AKUA_REQUEST_BODY 1

// The etag that guards it, sent as `if-match`. Whether it is looked at is up to the endpoint.
#define AKUA_REQUEST_IF_MATCH 2

// The caller's key, 1 to 64 printable ASCII characters. What it promises is up to the endpoint: nothing is repeated because of it.
#define AKUA_REQUEST_IDEMPOTENCY_KEY 3

// The body: JSON, exactly as it was written. No text if it was empty, as that of a 204. It may hold a secret.
#define AKUA_ANSWER_JSON 1

// The header `etag`. Most answers have none: there the etag is a property of the body.
#define AKUA_ANSWER_ETAG 2

// The server's id for the request, as its support asks for it.
#define AKUA_ANSWER_REQUEST_ID 3

// The call did what its name says. From a launch: it was accepted, or what was wanted was so anyway; from a wait for an
// operation: it has succeeded. From an update and an edit: the server answered 200 and shows the change, or a later read
// shows it, or everything was as wanted before. What an answer can't show is taken for written: `kubeconfig`, `region_id`,
// and whatever this one leaves out. Fields that the server has stored otherwise than they were wanted are listed by
// `AKUA_REPORT_ADJUSTED` and `AKUA_REPORT_NOT_TAKEN` after an edit; after an update compare the answer.
#define AKUA_OK 0

// The input breaks a rule of the API: `AKUA_REPORT_PROBLEMS` names the field. Nothing was sent.
#define AKUA_INVALID_INPUT 1

// A setting of the client is missing or can't be used. Nothing was sent.
#define AKUA_CONFIGURATION 2

// The token was refused (401).
#define AKUA_AUTHENTICATION 3

// The token may not do this (403).
#define AKUA_PERMISSION_DENIED 4

// There is no such resource, or the token may not see it (404). From `akua_resource_wait_settled`: the cluster is gone.
#define AKUA_NOT_FOUND 5

// From an update: the resource is not in the state that the write needs (409, 412). From an edit: somebody else
// changed the resource first, and `AKUA_REPORT_FIELDS` tells who wants what; from a launch likewise, without fields. Nothing
// took effect.
#define AKUA_CONFLICT 6

// The server refused the request as it is (any other 4xx; to an update 400, 405, 413, 415, 422, 428, 431). From an edit or
// a launch: it refused in its own words, whatever its status was. Nothing took effect.
#define AKUA_REJECTED 7

// Too many requests (429): `AKUA_REPORT_RETRY_AFTER` tells how long to wait.
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

// From an edit or a launch: it was not sent, and `AKUA_REPORT_CAUSE` tells why. Nothing took effect.
#define AKUA_NOT_SENT 15

// From an edit or a launch: nobody could know whether it took effect. It is no conflict. Keep its
// `AKUA_REPORT_RESUME_TOKEN`.
#define AKUA_INDETERMINATE 16

// From a wait: somebody else has replaced what was waited for.
#define AKUA_SUPERSEDED 17

// From an edit: the server answered 200 and changed nothing: it shows the version from before the write, and
// `AKUA_REPORT_FIELDS` tells which fields it left as they were. Nothing took effect.
#define AKUA_IGNORED 18

// From a wait for an operation: it has failed. It was accepted all the same, and some of it may have been done.
#define AKUA_OPERATION_FAILED 19

// From a wait for an operation: it was cancelled. Some of it may have been done. `AKUA_REPORT_ASKED_HERE` tells whether
// whoever waited had asked for that.
#define AKUA_OPERATION_CANCELLED 20

// From a wait for an operation: the wait is over, and the operation goes on. Wait again, with its token.
#define AKUA_STILL_RUNNING 21

// From a wait for an operation: it can't be read any more, or has ended in a way that this version does not know. What became
// of it is not known.
#define AKUA_LOST_TRACK 22

// The call breaks a rule of this interface: NULL where something has to be, a text that is not UTF-8, a handle of
// another type or kind, or in use by another thread, a property that the kind has not. Nothing was sent.
#define AKUA_MISUSE 50

// A mistake in this library. What the call did is not known. Please report it.
#define AKUA_PANIC 51

// The kind of a cluster.
#define AKUA_CLUSTER 1

// The kind of a workspace.
#define AKUA_WORKSPACE 2

// The kind of an operation.
#define AKUA_OPERATION 3

// The kind of a region.
#define AKUA_REGION 4

// The kind of compute settings.
#define AKUA_CLUSTER_COMPUTE_SETTINGS 5

// The kind of capabilities.
#define AKUA_CLUSTER_CAPABILITIES 6

// The kind of a worker bootstrap.
#define AKUA_WORKER_BOOTSTRAP 7

// A text, of a cluster, a workspace, an operation, a region and a worker bootstrap; of a cluster: The id, 1 to 54
// code points; of a workspace: The id, 1 to 53 code points; of an operation: The id, 1 to 53 code points; of a
// region: The id, 1 to 54 code points: the `region_id` of a cluster; of a worker bootstrap: Its own id, 1 to 54 code
// points.
#define AKUA_ID 1

// A text, of a cluster and an operation; of a cluster: Its page for people. Documented on one page only, so it may
// be missing. Documented as at most 2048 code points; a longer one is kept; of an operation: Its page for people.
#define AKUA_HTML_URL 2

// A text, of a cluster, a workspace, a region, a new cluster, a new cluster and a new workspace; of a cluster: The
// name: 1 to 100 code points when it is written, of any length in answers; of a workspace: The name: 1 to 100 code
// points when it is written, of any length in answers; of a region: Its name. Documented for writes only, so it may
// be missing; of a new cluster: The name: 1 to 100 code points. A later page says 2 to 32; the server's refusal
// tells; of a new cluster: The name: 1 to 100 code points; of a new workspace: The name: 1 to 100 code points.
#define AKUA_NAME 3

// A text, of a cluster, a new cluster and a new cluster; of a cluster: The region to move to, 1 to 54 code points.
// Write-only: no answer shows it; of a new cluster: The region it is made in, 1 to 54 code points. It has to be one
// of those that are listed; of a new cluster: The region that it belongs to, 1 to 54 code points.
#define AKUA_REGION_ID 4

// A text, of a cluster and an operation; of a cluster: The workspace it belongs to; of an operation: The workspace
// it belongs to, if it belongs to one.
#define AKUA_WORKSPACE_ID 5

// A text, of a cluster and an operation; of a cluster: Where it is in its life; of an operation: How far it is.
#define AKUA_STATE 6

// A text, of a cluster: Who runs its control plane. Only a value that this version knows can be written.
#define AKUA_PROVIDER 7

// A secret, of a cluster and a new cluster; of a cluster: The kubeconfig to import with, at least one code point.
// Write-only and a secret: no answer shows it; of a new cluster: The kubeconfig to import with, at least one code
// point. A secret: it is never shown, and no token holds it.
#define AKUA_KUBECONFIG 8

// A flag, of a cluster: Whether the server is still bringing it into the state that was asked for.
#define AKUA_RECONCILING 9

// A time, of a cluster and a workspace; of a cluster: When it was made; of a workspace: When it was made: an RFC
// 3339 text on one page of the documentation, Unix seconds on another.
#define AKUA_CREATED_AT 10

// A time, of a cluster, a workspace and compute settings; of a cluster: When it last changed; of a workspace: When
// it last changed; of compute settings: When they last changed.
#define AKUA_UPDATED_AT 11

// A text, of a cluster, a workspace, compute settings and a worker bootstrap: The etag of this version.
#define AKUA_ETAG 12

// A text, of a workspace and a new workspace; of a workspace: The part of its address that people choose: 3 to 39
// code points when it is written, of any length in answers. No pattern is documented, so only the length is checked
// here; of a new workspace: The short name in addresses, 3 to 39 code points, which no other workspace has; the
// server makes one up if it is not set.
#define AKUA_SLUG 13

// JSON, of a workspace: The plan.
#define AKUA_PLAN 14

// A text, of a workspace: The tier; it may be missing.
#define AKUA_PLAN_TIER 15

// A text, of a workspace: Who bills for it; it may be missing.
#define AKUA_PLAN_BILLED_BY 16

// A text, of a workspace: What it is for. Documented on one page only, so it may be missing.
#define AKUA_WORKSPACE_CLASS 17

// A flag, of an operation: Whether it has ended, however it did.
#define AKUA_DONE 18

// A text, of an operation: The id of what it works on. Of something that is being made, nobody says whether it is
// the id that it will have.
#define AKUA_OWNER_ID 19

// A text, of an operation: What that is.
#define AKUA_OWNER_TYPE 20

// A text, of an operation: The organization it belongs to, if it belongs to one.
#define AKUA_ORGANIZATION_ID 21

// A text, of an operation: The operation that has started it, if one has.
#define AKUA_PARENT_OPERATION_ID 22

// JSON, of an operation: What it was asked to do. Its `type`, such as `cluster.create`, says what else is in it.
#define AKUA_METADATA 23

// JSON, of an operation: What came of it, once it has succeeded.
#define AKUA_RESPONSE 24

// JSON, of an operation: Why it failed or was cancelled.
#define AKUA_ERROR 25

// A text, of an operation: The server's words.
#define AKUA_ERROR_MESSAGE 26

// JSON, of an operation: What went wrong last. It may be there while the operation goes on, and goes when a repeat
// works.
#define AKUA_LAST_ERROR 27

// A text, of an operation: The server's words.
#define AKUA_LAST_ERROR_MESSAGE 28

// A text, of an operation: The step in which it went wrong; it may be missing.
#define AKUA_LAST_ERROR_STEP_NAME 29

// A time, of an operation: When it began.
#define AKUA_STARTED_AT 30

// A time, of an operation: When it ended.
#define AKUA_COMPLETED_AT 31

// JSON, of an operation: Its steps: `name`, `status`, `execution_type` (`user` and `approval` wait for a person) and
// more of each. Lists leave them out.
#define AKUA_STEPS 32

// A text, of compute settings, capabilities and a new worker bootstrap; of compute settings: The cluster's id, 1 to
// 54 code points, by which the settings are read and changed; of capabilities: The cluster's id, 1 to 54 code
// points, by which the capabilities are read; of a new worker bootstrap: The cluster whose worker a machine is to
// become: its id, 1 to 54 code points.
#define AKUA_CLUSTER_ID 33

// A text, of compute settings: Whether the number of machines follows what the cluster needs. Only a value that this
// version knows can be written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for
// `paused`.
#define AKUA_AUTO_SCALING 34

// A number, of compute settings: How many machines there are now.
#define AKUA_MACHINES 35

// A number, of compute settings: How many machines there may be: 0 to 100 when it is written, any number in answers.
#define AKUA_MAX_MACHINES 36

// JSON, of capabilities: The API groups that the cluster serves: a list of texts, which may be empty.
#define AKUA_API_GROUPS 37

// JSON, of capabilities: Its storage classes: a list with `name`, `provisioner`, `is_default`, `reclaim_policy` and
// `volume_binding_mode` of each.
#define AKUA_STORAGE_CLASSES 38

// JSON, of capabilities: Its gateway classes: a list.
#define AKUA_GATEWAY_CLASSES 39

// JSON, of capabilities: Its gateways: a list with `namespace`, `name`, `gateway_class_name`, `listeners` and more
// of each.
#define AKUA_GATEWAYS 40

// JSON, of capabilities: The gateway that is used where none is named. No form of it is documented, and it may be
// missing.
#define AKUA_DEFAULT_GATEWAY 41

// JSON, of capabilities: Its ingress classes: a list.
#define AKUA_INGRESS_CLASSES 42

// JSON, of capabilities: Its nodes: a list with `name`, `ready`, `roles`, `version`, `cpu_capacity`,
// `memory_capacity` and more of each.
#define AKUA_NODES 43

// JSON, of capabilities: How old all of this is. Documented on one page only, so it may be missing.
#define AKUA_FRESHNESS 44

// A text, of capabilities: Whether it is fresh.
#define AKUA_FRESHNESS_STATE 45

// A number, of capabilities: How old it may be, in seconds, until it is stale.
#define AKUA_FRESHNESS_MAX_AGE_SECONDS 46

// A number, of capabilities: How old it is, in seconds; none if nothing is known yet.
#define AKUA_FRESHNESS_AGE_SECONDS 47

// A time, of capabilities: When it was found out; none if nothing is known yet.
#define AKUA_FRESHNESS_LAST_SUCCESSFUL_AT 48

// A text, of capabilities: What the last attempt came to; none if there was none.
#define AKUA_FRESHNESS_LAST_REFRESH_STATUS 49

// A text, of capabilities: Why the last attempt failed; none if it did not.
#define AKUA_FRESHNESS_LAST_REFRESH_ERROR 50

// A text, of a new cluster: Which network it has; `linux_cilium` if it is not set. It can't be changed later. Only a
// value that this version knows can be written.
#define AKUA_NETWORK_PROFILE 51

// A text, of a worker bootstrap: The cluster's id and its own with a `/` between them, by which it is read and
// revoked. No answer says it: it is put together of the cluster that was asked for and `id`, and is added.
#define AKUA_FULL_ID 52

// A secret, of a worker bootstrap: A secret with which a machine joins. Only the answer to the create shows it.
#define AKUA_TOKEN 53

// A secret, of a worker bootstrap: A secret: what to run on a machine that is to join. Only the answer to the create
// shows it.
#define AKUA_COMMAND 54

// A secret, of a worker bootstrap: A secret: what to hand to cloud-init of a machine that is to join. Only the
// answer to the create shows it.
#define AKUA_CLOUD_INIT 55

// A secret, of a worker bootstrap: A secret, whose form is not documented: its JSON, or the text if it is one. Only
// the answer to the create shows it.
#define AKUA_ARTIFACTS 56

// A number, of a new worker bootstrap: For how long machines can join with it, in seconds: 60 to 86400. What it is
// if it is not set is not documented.
#define AKUA_TTL_SECONDS 57

// Flag, of a client. Whether what is not set is taken from the environment, which is read when the client is made:
// `AKUA_API_URL`, `AKUA_API_TOKEN` (else the token of `~/.config/akua/config.json`), `AKUA_CONTEXT` and the usual
// proxy variables. In Python unless set to false; elsewhere only if set.
#define AKUA_OPTION_USE_ENV 1

// Text, of a client. Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this
// machine only.
#define AKUA_OPTION_BASE_URL 2

// Text, of a client. The token, exactly as it was issued. It is never shown, and wiped from memory with what holds
// it.
#define AKUA_OPTION_TOKEN 3

// Text, of a client or a call. The workspace that calls are about, 1 to 53 code points. Only a token that is not a
// workspace's own needs it.
#define AKUA_OPTION_CONTEXT 4

// Number of milliseconds, of a client or a call. How long a whole call may take: everything from the name look-up to
// the last repeat, and for an edit also finding out what happened. 30 s unless set.
#define AKUA_OPTION_TIMEOUT 5

// Number of milliseconds, of a client. The longest that opening a connection may take: name look-up, TCP, proxy and
// TLS together. 10 s unless set.
#define AKUA_OPTION_CONNECT_TIMEOUT 6

// Number of milliseconds, of a client. The longest silence of the server while something is awaited from it. 30 s
// unless set.
#define AKUA_OPTION_READ_TIMEOUT 7

// Number, of a client. The largest body of an answer, in bytes. 4 MiB unless set.
#define AKUA_OPTION_MAX_RESPONSE_BYTES 8

// Text, of a client. Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters.
#define AKUA_OPTION_USER_AGENT_SUFFIX 9

// Text, of a client. Certificate authorities in PEM that are trusted too, besides the system's own. What is set
// later is added to it.
#define AKUA_OPTION_EXTRA_ROOT_CERTIFICATES 10

// Text, of a client. Who the client is, for servers that ask for a certificate: the chain up to (not including) the
// root, in PEM. The key belongs to it.
#define AKUA_OPTION_CLIENT_CERTIFICATE 11

// Text, of a client. The private key of the certificate, in PEM without a passphrase. It is wiped from memory with
// what holds it.
#define AKUA_OPTION_CLIENT_KEY 12

// Text, of a client. The HTTP proxy through which all connections are tunnelled,
// `http://[user:password@]host[:port]`, whatever the environment says.
#define AKUA_OPTION_PROXY 13

// Flag, of a client. Connects straight to the service, whatever the environment says.
#define AKUA_OPTION_NO_PROXY 14

// Flag, of a client. Accepts plain `http` for every host: the token and all data then cross the network readable and
// changeable by anybody on the way. Not unless set.
#define AKUA_OPTION_ALLOW_INSECURE_HTTP 15

// Number, of a client. How many requests one read may send in all: 4 unless set. A write is never repeated by this.
#define AKUA_OPTION_RETRY_ATTEMPTS 16

// Number of milliseconds, of a client. The longest first pause before a read is repeated. 0.2 s unless set.
#define AKUA_OPTION_RETRY_BASE 17

// Number of milliseconds, of a client. The longest pause before a read is repeated. 5 s unless set.
#define AKUA_OPTION_RETRY_CAP 18

// Number, of a client. How many repeats of requests all threads of a client may have on credit; every ten answers
// give one back. 50 unless set.
#define AKUA_OPTION_RETRY_BUDGET 19

// Flag, of a client. An etag does not come back once the resource has moved on. True unless set. Claim this and what
// follows only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#define AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS 31

// Flag, of a client. The server looks the idempotency key up, compares `if-match` and writes in one step. False
// unless set.
#define AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH 32

// Number of milliseconds, of a client. How long the server remembers an idempotency key from its first sending. 0 s
// unless set.
#define AKUA_OPTION_CONTRACT_KEY_RETENTION 33

// Number of milliseconds, of a client. How far apart the times of day may be of machines that hand resume tokens to
// each other. It is added to the age of a key that only the time of day tells. 30 s unless set.
#define AKUA_OPTION_CONTRACT_CLOCK_SKEW 34

// Flag, of a client. The server remembers a refusal under its idempotency key too. False unless set.
#define AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY 35

// Flag, of a client. A read never shows an older version than the one current when it began. False unless set.
#define AKUA_OPTION_CONTRACT_READS_LINEARIZABLE 36

// Flag, of a client. A change of a property that no answer shows moves the etag too. False unless set.
#define AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY 37

// Flag, of a client. Something on the way may repeat a request by itself. False unless set, or for plain `http`
// through a proxy.
#define AKUA_OPTION_CONTRACT_HIDDEN_RETRIES 38

// Flag, of a client. A 200 to a write shows the version that this very write left behind, never an older one; then
// one that shows the old version proves that nothing was written. True unless set.
#define AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION 39

// Flag, of a client. An etag that a 409 names as current is that of this resource, at the moment of the refusal.
// False unless set: it is a hint then, which a read has to confirm.
#define AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG 40

// Flag, of a client. That a suspend, a resume or a delete is accepted moves the etag at once, so that a second copy
// of it is refused. True unless set. Were that wrong, a repeat could be accepted once more, on the very version that
// the caller saw.
#define AKUA_OPTION_CONTRACT_ACCEPT_MOVES_ETAG 41

// Number of milliseconds, of a client. How long a repeat of a suspend, a resume or a delete under the same key is
// answered with the operation that the first one started. 0 s unless set.
#define AKUA_OPTION_CONTRACT_ACTION_KEYS_REPLAY 42

// Flag, of a client. A 404 to credentials that have shown the resource before says that it is gone. True unless set.
#define AKUA_OPTION_CONTRACT_NOT_FOUND_MEANS_GONE 43

// Flag, of a client. What is gone does not come back under its id. True unless set.
#define AKUA_OPTION_CONTRACT_IDS_NEVER_REUSED 44

// Flag, of a client. An operation that is shown as `done` never changes again. True unless set.
#define AKUA_OPTION_CONTRACT_COMPLETED_IS_FINAL 45

// Number of milliseconds, of a client. How long an operation can be read after it was started: a 404 before that
// came too early. 0 s unless set.
#define AKUA_OPTION_CONTRACT_OPERATION_KEPT 46

// Number of milliseconds, of a client. How long a repeat of a create under the same key is answered with what the
// first one started, for the creates of which that is documented: that of a cluster. 60 s unless set; with 0 s a
// lost answer is never settled by sending it again. Claimed for longer than it holds, two could be made.
#define AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY 47

// Text, of a call. Where the call stands in the program's own trace (W3C Trace Context): sent with every request of
// it.
#define AKUA_OPTION_TRACEPARENT 51

// Number, of a call. How many items a list reads with each request, 1 to 100.
#define AKUA_OPTION_PAGE_SIZE 52

// Text, of a call. Where a list begins: the cursor of an earlier one.
#define AKUA_OPTION_CURSOR 53

// Text, of a call. What an edit does about another writer. `rebase`, which is so unless set: it goes on with the new
// version if the other change touched none of its properties, else it stops and reports. `fail`: it stops and
// reports in any case.
#define AKUA_OPTION_ON_CONFLICT 54

// Flag, of a call. Whether an edit writes a property that no answer shows, such as `region_id` or `kubeconfig`, even
// after somebody else's change, which may have been to that very one: nobody can read it back. Not unless set.
#define AKUA_OPTION_OVERWRITE_UNSEEN 55

// Number, of a call. How often an edit may send one request in all. 4 unless set.
#define AKUA_OPTION_MAX_ATTEMPTS 56

// Number, of a call. On how many versions an edit may try its change. 8 unless set.
#define AKUA_OPTION_MAX_VERSIONS 57

// Number of milliseconds, of a call. How much of an edit's time is kept for finding out what happened: a quarter of
// the time at most. 5 s unless set.
#define AKUA_OPTION_SETTLE_RESERVE 58

// Number of milliseconds, of a call. The longest first pause before an edit repeats a request; it doubles each time.
// 0.1 s unless set.
#define AKUA_OPTION_BACKOFF 59

// Number of milliseconds, of a call. The longest pause before an edit repeats a request. 5 s unless set.
#define AKUA_OPTION_BACKOFF_LIMIT 60

// Text, of a call. Of a list of operations: only those about something of this type, such as `cluster`. It goes
// together with `owner_id`.
#define AKUA_OPTION_OWNER_TYPE 61

// Text, of a call. Of a list of operations: only those about what has this id. It goes together with `owner_type`.
#define AKUA_OPTION_OWNER_ID 62

// Text, of a call. Of a list of worker bootstraps: those of this cluster, by its id. It has to be set, and is for no
// other list.
#define AKUA_OPTION_CLUSTER_ID 63

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

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
akua_status akua_client_new(const akua_client_options *options, akua_client **client, akua_report **error);

// Where the service is. It lives as long as the client.
akua_str akua_client_base_url(const akua_client *client);

// Frees a client. NULL does nothing. Lists and edits that were begun with it go on.
void akua_client_free(akua_client *client);

// Begins an edit of the version `seen`, everything in which is protected. Nothing is sent yet. Free it with
// `akua_edit_free`.
//
// `patch` is the change; with NULL it is asked for, for each fresh version. `options` may be NULL.
akua_status akua_edit_new(const akua_client *client,
                          const akua_call_options *options,
                          const akua_resource *seen,
                          const akua_patch *patch,
                          akua_edit **edit,
                          akua_report **error);

// As `akua_edit_new`, with a kind and an id only: the current version is read first, and only changes during the edit are
// noticed.
akua_status akua_edit_new_by_id(const akua_client *client,
                                const akua_call_options *options,
                                akua_kind kind,
                                akua_str id,
                                const akua_patch *patch,
                                akua_edit **edit,
                                akua_report **error);

// Goes on until the program is needed or the edit has ended, at the latest at its deadline; `progress` tells which.
//
// - `AKUA_EDIT_NEEDS_PATCH`: a patch for `akua_edit_current` is needed. Give it with `akua_edit_submit`, or a reason for
//   none with `akua_edit_fail`.
// - `AKUA_EDIT_READY`: the next step sends a write for the first time. Keep `akua_edit_resume_token` if the program might
//   not live to see the answer, and go on; or stop it with `akua_edit_decline`.
// - `AKUA_EDIT_DONE`: the change is in effect. `edited` tells more; free it with `akua_report_free`.
//
// Any other end is a failure: `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED`, `AKUA_NOT_SENT` or `AKUA_INDETERMINATE`.
// After an end each further step gives that end again.
akua_status akua_edit_next(akua_edit *edit,
                           int32_t *progress,
                           akua_report **edited,
                           akua_report **error);

// The version for which a patch is needed; NULL if none is. It lives until the next call that changes the edit;
// `akua_resource_clone` keeps it longer.
const akua_resource *akua_edit_current(const akua_edit *edit);

// The token that settles the write that is about to be sent, or was sent last, should its answer never come; no text
// before the first `AKUA_EDIT_READY`. It lives until the next call that changes the edit. What is to be written stands in
// it readably, but for secrets.
akua_str akua_edit_resume_token(const akua_edit *edit);

// Gives the patch that was asked for; NULL if nothing is to change.
akua_status akua_edit_submit(akua_edit *edit, const akua_patch *patch, akua_report **error);

// Gives no patch but a reason, which stands in the error that the edit ends with. Nothing more is sent.
akua_status akua_edit_fail(akua_edit *edit, akua_str reason, akua_report **error);

// Stops the write that is about to be sent, for a reason that stands in the error that the edit ends with. Nothing of
// it is sent.
akua_status akua_edit_decline(akua_edit *edit,
                              akua_str reason,
                              akua_report **error);

// Frees an edit. NULL does nothing. One that has not ended is left as it stands: a write that was sent may land.
void akua_edit_free(akua_edit *edit);

// Changes what `patch` sets, whatever happens in between, and tells the truth about it: `AKUA_OK` if it is in effect.
// Everything in the version `seen` is protected.
//
// If somebody else changed other properties meanwhile, the patch is applied to the new version; if they touched the same
// ones, it is `AKUA_CONFLICT` and nothing is written. If an answer is lost, the truth is found out where it can be,
// else it is `AKUA_INDETERMINATE`. `options` may be NULL. `edited` tells what was done; free it with `akua_report_free`.
akua_status akua_edit_run(const akua_client *client,
                          const akua_call_options *options,
                          const akua_resource *seen,
                          const akua_patch *patch,
                          akua_report **edited,
                          akua_report **error);

// As `akua_edit_run`, with an id only: the current version is read first, and only changes during the call are noticed.
akua_status akua_edit_run_by_id(const akua_client *client,
                                const akua_call_options *options,
                                akua_str id,
                                const akua_patch *patch,
                                akua_report **edited,
                                akua_report **error);

// Settles a write that an earlier edit left behind, also in another process or language.
//
// `mode` is `AKUA_RESUME_FINISH`, which may land the write now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK`
// then means: in effect at some time between the first sending and now. `secrets` is a patch that sets the secrets that were
// written, and nothing else, as a token holds only their hashes; NULL if there were none. A token for another service,
// context or kind of resource is `AKUA_INVALID_INPUT` and nothing is sent; `akua_resume_token_kind` tells the kind.
//
// Whatever it fails with before it could find out, its effect is `unknown` and `AKUA_REPORT_MAY_STILL_LAND` is true:
// nothing new is known of the token's write, and **the token has to be kept**. After `AKUA_OK` it may go (but for an outcome
// `unchanged`), after `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED` and `AKUA_NOT_SENT` it must, as the write could land
// if it was finished later. docs/c.md has the table.
//
// `options` may be NULL. Free `edited` with `akua_report_free`.
akua_status akua_edit_resolve(const akua_client *client,
                              const akua_call_options *options,
                              akua_kind kind,
                              akua_str resume_token,
                              int32_t mode,
                              const akua_patch *secrets,
                              akua_report **edited,
                              akua_report **error);

// Begins a launch on the version `seen`: it is carried out on that one or not at all. Nothing is sent yet. Free it with
// `akua_launch_free`.
//
// `seen` is of what `kind` is about: of an operation where that is cancelled. `options` may be NULL.
akua_status akua_launch_new(const akua_client *client,
                            const akua_call_options *options,
                            akua_launch_kind kind,
                            const akua_resource *seen,
                            akua_launch **launch,
                            akua_report **error);

// As `akua_launch_new`, with an id only: where an etag guards it the current version is read first, and that one is meant.
akua_status akua_launch_new_by_id(const akua_client *client,
                                  const akua_call_options *options,
                                  akua_launch_kind kind,
                                  akua_str id,
                                  akua_launch **launch,
                                  akua_report **error);

// Begins the making of something new, of `of`, which is a patch of `akua_patch_new_for_launch`: it may be changed or freed
// after that. Nothing is sent yet, and what is missing or breaks a limit is `AKUA_INVALID_INPUT`. `akua_launch_next` goes on as
// with every launch; free it with `akua_launch_free`. `options` may be NULL.
akua_status akua_launch_new_create(const akua_client *client,
                                   const akua_call_options *options,
                                   const akua_patch *of,
                                   akua_launch **launch,
                                   akua_report **error);

// Goes on until the program is needed or the launch has ended, at the latest at its deadline; `progress` tells which.
//
// - `AKUA_LAUNCH_READY`: the next step sends the write for the first time. Keep `akua_launch_resume_token` if the program
//   might not live to see the answer, and go on; or stop it with `akua_launch_decline`.
// - `AKUA_LAUNCH_DONE`: as `AKUA_OK` of `akua_launch_run`. `launched` tells more; free it with `akua_report_free`.
//
// Any other end is a failure, as there. After an end each further step gives that end again.
akua_status akua_launch_next(akua_launch *launch,
                             int32_t *progress,
                             akua_report **launched,
                             akua_report **error);

// The token that settles the write that is about to be sent, or was sent, should its answer never come; once it is accepted
// the one that waits for its operation, to be kept in its place. No text before the first `AKUA_LAUNCH_READY`. It lives
// until the next call that changes the launch.
akua_str akua_launch_resume_token(const akua_launch *launch);

// Stops the write that is about to be sent, for a reason that stands in the error that the launch ends with. Nothing of
// it is sent.
akua_status akua_launch_decline(akua_launch *launch,
                                akua_str reason,
                                akua_report **error);

// Frees a launch. NULL does nothing. One that has not ended is left as it stands: a write that was sent may be accepted.
void akua_launch_free(akua_launch *launch);

// Suspends, resumes, deletes, refreshes or cancels, as `kind` says, and tells whether that was accepted: `AKUA_OK` if it
// was, or was so anyway. What becomes of the operation is another question: `akua_operation_wait` for it, with the token in
// `AKUA_REPORT_RESUME_TOKEN` of `launched`.
//
// It is carried out on the version `seen` or not at all, and never issued anew: a lost answer is settled by the same bytes,
// where they can't be accepted twice, and by looking. If somebody else changed the resource meanwhile it is `AKUA_CONFLICT`;
// if nobody could know, `AKUA_INDETERMINATE`. `options` may be NULL; of theirs those of an edit count that are about trouble.
// Free `launched` with `akua_report_free`.
akua_status akua_launch_run(const akua_client *client,
                            const akua_call_options *options,
                            akua_launch_kind kind,
                            const akua_resource *seen,
                            akua_report **launched,
                            akua_report **error);

// As `akua_launch_run`, with an id only: where an etag guards it the current version is read first, and that one is meant.
akua_status akua_launch_run_by_id(const akua_client *client,
                                  const akua_call_options *options,
                                  akua_launch_kind kind,
                                  akua_str id,
                                  akua_report **launched,
                                  akua_report **error);

// Makes something new of `of`, a patch of `akua_patch_new_for_launch`, and tells whether that was accepted: `AKUA_OK` if it was.
// What becomes of the operation is another question: `akua_operation_wait` for it, with the token in
// `AKUA_REPORT_RESUME_TOKEN` of `launched`; once it has succeeded, `akua_report_resource` of the wait is the new one.
//
// It is sent under a key of its own. A lost answer is settled by the same bytes under that key, for as long as the server is
// documented to answer a repeat with what the first one has started (`AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY`). If nobody
// could know, it is `AKUA_INDETERMINATE`: keep its token for `akua_launch_resolve`, and make nothing anew. In
// `AKUA_REPORT_CANDIDATES` stand those that are listed under that name then: one may be the new one, and any may be somebody
// else's. A name that is taken, where the server minds that, is `AKUA_REJECTED` or `AKUA_CONFLICT`, and nothing was made.
//
// `options` may be NULL; of theirs those of an edit count that are about trouble. Free `launched` with `akua_report_free`.
akua_status akua_launch_run_create(const akua_client *client,
                                   const akua_call_options *options,
                                   const akua_patch *of,
                                   akua_report **launched,
                                   akua_report **error);

// Sends one request, and gives the operation that it was answered with. Free it with `akua_resource_free`.
//
// It is never sent again, but for a 401 where there are other credentials. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT`
// tells whether it may have been accepted; `akua_launch_run` finds that out. `if_match` is an etag where one guards it, else
// no text. `idempotency_key` may be no text. `options` may be NULL.
akua_status akua_launch_once(const akua_client *client,
                             const akua_call_options *options,
                             akua_launch_kind kind,
                             akua_str id,
                             akua_str if_match,
                             akua_str idempotency_key,
                             akua_resource **operation,
                             akua_report **error);

// Sends one request that makes something new of `of`, a patch of `akua_patch_new_for_launch`, and gives the operation that it
// was answered with, or what was made where none goes on after the answer. Free it with `akua_resource_free`.
//
// It is never sent again, but for a 401 where there are other credentials. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT`
// tells whether something may have been made; `akua_launch_run_create` finds that out as far as it can be known.
// `idempotency_key` may be no text: then no key is sent; a workspace takes none. `options` may be NULL.
akua_status akua_launch_once_create(const akua_client *client,
                                    const akua_call_options *options,
                                    const akua_patch *of,
                                    akua_str idempotency_key,
                                    akua_resource **operation,
                                    akua_report **error);

// Settles a launch that an earlier call left behind, also in another process or language; it is never issued anew.
//
// `mode` is `AKUA_RESUME_FINISH`, which may have it accepted now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK` is as
// of `akua_launch_run`. A token of an edit, of an operation, for another service or for another context is
// `AKUA_INVALID_INPUT` and nothing is sent; `akua_resume_token_stage` tells what a token is for.
//
// Whatever it fails with before it could find out, its effect is `unknown` and `AKUA_REPORT_MAY_STILL_LAND` is true:
// nothing new is known of the token's launch, and **the token has to be kept**. docs/c.md has the table.
//
// `options` may be NULL. Free `launched` with `akua_report_free`.
akua_status akua_launch_resolve(const akua_client *client,
                                const akua_call_options *options,
                                akua_str resume_token,
                                int32_t mode,
                                akua_report **launched,
                                akua_report **error);

// Begins a list. Nothing is sent yet. Free it with `akua_list_free`.
//
// `options` may be NULL; their time is that of each page. A list of operations can be narrowed by `AKUA_OPTION_OWNER_TYPE`
// and `AKUA_OPTION_OWNER_ID`, which go together.
akua_status akua_list_new(const akua_client *client,
                          const akua_call_options *options,
                          akua_kind kind,
                          akua_list **list,
                          akua_report **error);

// Gives the next resource, or NULL with `AKUA_OK` after the last one. Free it with `akua_resource_free`.
//
// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
akua_status akua_list_next(akua_list *list,
                           akua_resource **resource,
                           akua_report **error);

// Frees a list. NULL does nothing. The resources it has given stay.
void akua_list_free(akua_list *list);

// Sets the function that is told what the clients of this program do; NULL to be told no more. A call that goes on in
// another thread may tell it once more after that.
//
// `context` is passed to it as it is, and has to be there for as long as it may be called.
akua_status akua_log_set_sink(akua_log_sink sink,
                              void *context,
                              akua_report **error);

// The text of a C string, not copied; no text if `text` is NULL.
akua_str akua_str_of(const char *text);

// Whether two texts are the same, byte for byte. No text and an empty one are the same.
bool akua_str_equals(akua_str one, akua_str other);

// The `AKUA_ABI_VERSION` that the library at hand was built with.
uint32_t akua_abi_version(void);

// The version of the library at hand, such as `0.1.0`. Lives as long as the program.
akua_str akua_version(void);

// The name of a status, such as `conflict`: lower case, and the same in every language. No text for a number that is
// none. Lives as long as the program.
akua_str akua_status_name(akua_status status);

// The name of a kind, such as `cluster`. No text for a number that is none. Lives as long as the program.
akua_str akua_kind_name(akua_kind kind);

// The kind with a name; 0 if there is none.
akua_kind akua_kind_named(akua_str name);

// The name of a property as it stands on the wire, such as `region_id`, or `plan.tier` for one inside of another. No text
// for a number that is none. Lives as long as the program.
akua_str akua_property_name(akua_property property);

// The property with a name; 0 if there is none.
akua_property akua_property_named(akua_str name);

// Makes settings in which nothing is set. Free them with `akua_client_options_free`.
akua_client_options *akua_client_options_new(void);

// Sets what the declaration of the option calls a text of a client.
akua_status akua_client_options_set_text(akua_client_options *options,
                                         akua_option option,
                                         akua_str text,
                                         akua_report **error);

// Sets what the declaration of the option calls a number of a client.
akua_status akua_client_options_set_number(akua_client_options *options,
                                           akua_option option,
                                           uint64_t number,
                                           akua_report **error);

// Sets what the declaration of the option calls a flag of a client.
akua_status akua_client_options_set_flag(akua_client_options *options,
                                         akua_option option,
                                         bool flag,
                                         akua_report **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_client_options_free`.
akua_client_options *akua_client_options_clone(const akua_client_options *options);

// Frees settings. NULL does nothing.
void akua_client_options_free(akua_client_options *options);

// Makes options in which nothing is set. Free them with `akua_call_options_free`.
akua_call_options *akua_call_options_new(void);

// Sets what the declaration of the option calls a text of a call.
akua_status akua_call_options_set_text(akua_call_options *options,
                                       akua_option option,
                                       akua_str text,
                                       akua_report **error);

// Sets what the declaration of the option calls a number of a call.
akua_status akua_call_options_set_number(akua_call_options *options,
                                         akua_option option,
                                         uint64_t number,
                                         akua_report **error);

// Sets what the declaration of the option calls a flag of a call.
akua_status akua_call_options_set_flag(akua_call_options *options,
                                       akua_option option,
                                       bool flag,
                                       akua_report **error);

// A handle that ends the call from outside; NULL for none.
akua_status akua_call_options_set_cancel(akua_call_options *options,
                                         const akua_cancel *cancel,
                                         akua_report **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
// `akua_call_options_free`.
akua_call_options *akua_call_options_clone(const akua_call_options *options);

// Frees options. NULL does nothing.
void akua_call_options_free(akua_call_options *options);

// Makes a patch of a resource of this kind in which nothing is set; NULL if there is no such kind. Free it with
// `akua_patch_free`.
akua_patch *akua_patch_new(akua_kind kind);

// Makes a patch of what this launch makes something new of, such as `AKUA_LAUNCH_CREATE_CLUSTER`, in which nothing is set; NULL
// if that makes nothing. It takes the properties of a new one, not those of a change, and is given to
// `akua_launch_run_create` and what is beside it. Free it with `akua_patch_free`.
akua_patch *akua_patch_new_for_launch(akua_launch_kind kind);

// Sets a text: of a name, an id, an enumeration, a secret, which is copied, never shown, and wiped when the patch is freed.
akua_status akua_patch_set_text(akua_patch *patch,
                                akua_property property,
                                akua_str text,
                                akua_report **error);

// Sets a flag.
akua_status akua_patch_set_flag(akua_patch *patch, akua_property property, bool flag, akua_report **error);

// Sets a whole number.
akua_status akua_patch_set_number(akua_patch *patch,
                                  akua_property property,
                                  int64_t number,
                                  akua_report **error);

// Sets any property but a secret by the JSON of its value: a list, a map, `null` where there is to be none.
akua_status akua_patch_set_json(akua_patch *patch,
                                akua_property property,
                                akua_str json,
                                akua_report **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with `akua_patch_free`.
akua_patch *akua_patch_clone(const akua_patch *patch);

// Frees a patch. NULL does nothing.
void akua_patch_free(akua_patch *patch);

// The status that the call returned; `AKUA_OK` for NULL.
akua_status akua_report_status(const akua_report *report);

// What happened, for a person: `AKUA_REPORT_MESSAGE`, which most programs want.
akua_str akua_report_message(const akua_report *report);

// A text of the report, by its key, such as `AKUA_REPORT_EFFECT`.
akua_str akua_report_text(const akua_report *report, akua_report_key key);

// A number of the report, by its key, such as `AKUA_REPORT_HTTP_STATUS`.
int64_t akua_report_number(const akua_report *report, akua_report_key key);

// A flag of the report, by its key, such as `AKUA_REPORT_MAY_STILL_LAND`.
bool akua_report_flag(const akua_report *report, akua_report_key key);

// How many items a list of the report has, such as `AKUA_REPORT_PROBLEMS`.
size_t akua_report_count(const akua_report *report, akua_report_key list);

// A text of the item `index` of a list, by its key, such as `AKUA_REPORT_FIELD`. `part` counts what there are several of:
// `AKUA_REPORT_PATH`, `_METADATA_NAME`, `_METADATA_VALUE` and `_ABSENT`, until there is no text; it is 0 for everything else.
akua_str akua_report_item(const akua_report *report,
                          akua_report_key list,
                          size_t index,
                          akua_report_key key,
                          size_t part);

// From an edit that is in effect: the version with the change in it; NULL if the answer to the write could not be read in
// full. From an edit that is not, or a wait: the version that was read last, if one was; from a wait for an operation what
// it worked on, as that stands now. From the create of a worker bootstrap what was made, with its secrets. It lives as long as the report; `akua_resource_clone` keeps it longer.
const akua_resource *akua_report_resource(const akua_report *report);

// From a wait for an operation: the operation as it was shown last, if it was. It lives as long as the report;
// `akua_resource_clone` keeps it longer.
const akua_resource *akua_report_operation(const akua_report *report);

// Frees a report. NULL does nothing.
void akua_report_free(akua_report *report);

// Makes a request. Nothing is sent yet. Free it with `akua_request_free`.
//
// `method` is GET, POST, PUT, PATCH or DELETE. `path` is written as the API's documentation writes it, such as
// `/clusters/clu_1:suspend`: it begins with `/`, `/v1` and the base URL are put before it, and it is sent as it is, so what a URL
// can't hold has to be percent-encoded in it. A path that something on the way could take for another one is refused: with an
// empty segment, with `.` or `..` as one, or with a control character, all of them also percent-encoded. Errors show the path and
// the query: they are no place for a secret.
akua_status akua_request_new(akua_str method,
                             akua_str path,
                             akua_request **request,
                             akua_report **error);

// Sets what the key names, such as `AKUA_REQUEST_BODY`, in place of what was set before.
akua_status akua_request_set_text(akua_request *request,
                                  akua_request_key key,
                                  akua_str text,
                                  akua_report **error);

// Adds a parameter to the query. Name and value are percent-encoded here; one name may be given several times. Path and query
// have 8,000 bytes at most.
akua_status akua_request_add_query(akua_request *request,
                                   akua_str name,
                                   akua_str value,
                                   akua_report **error);

// Sends a request to any path and gives what the service answers: for the calls that nothing else here describes yet. Where there
// is a call of its own, that one knows more. Free the answer with `akua_answer_free`.
//
// It is sent once, with the client's token, context, limits and time; no redirect is followed. It does not know what the request
// means: no field, etag or answer is checked or compared. It does not know whether a repeat would be safe: nothing is tried
// again, neither a read nor with a key. It does not know what became of a lost answer: nothing is settled, and there is no resume
// token.
//
// On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT` tells whether it may have changed something, by the rules of
// `akua_resource_update`: it is false for a definite refusal, such as `AKUA_CONFLICT`, and for every GET; it is true for a lost
// answer, and for a 2xx whose body is neither empty nor JSON. Then look before it is sent again. `options` may be NULL.
akua_status akua_request_send(const akua_client *client,
                              const akua_call_options *options,
                              const akua_request *request,
                              akua_answer **answer,
                              akua_report **error);

// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with `akua_request_free`.
akua_request *akua_request_clone(const akua_request *request);

// Frees a request and wipes its body from memory. NULL does nothing.
void akua_request_free(akua_request *request);

// The HTTP status of an answer, 200 to 299; 0 for NULL.
int32_t akua_answer_http_status(const akua_answer *answer);

// A text of an answer, by its key, such as `AKUA_ANSWER_JSON`; no text if there is none.
akua_str akua_answer_text(const akua_answer *answer, akua_answer_key key);

// Frees an answer. NULL does nothing.
void akua_answer_free(akua_answer *answer);

// Reads a resource. Free it with `akua_resource_free`.
//
// `options` may be NULL. A read is tried again within its time, and never takes effect.
akua_status akua_resource_get(const akua_client *client,
                              const akua_call_options *options,
                              akua_kind kind,
                              akua_str id,
                              akua_resource **resource,
                              akua_report **error);

// Changes what `patch` sets, if the resource still has the etag `if_match`, and gives it as it is then.
//
// Exactly one conditional request is sent, and never sent again. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT` tells
// whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
//
// `idempotency_key` may be no text, and is of a cluster only: 1 to 64 printable ASCII characters of the caller's, in place
// of none. A server that knows the key may answer what it answered before: take a fresh key for every change.
akua_status akua_resource_update(const akua_client *client,
                                 const akua_call_options *options,
                                 akua_str id,
                                 akua_str if_match,
                                 const akua_patch *patch,
                                 akua_str idempotency_key,
                                 akua_resource **resource,
                                 akua_report **error);

// Reads a cluster again and again until the server has stopped reconciling it, and gives it as it is then. Set the time
// for that with `AKUA_OPTION_TIMEOUT`. No other kind is reconciled.
//
// `after` is the etag that guarded the write before: a read that shows it never counts; it may be no text. `holding`
// is the change that was made: the wait ends as soon as it is there no longer; it may be NULL. `options` may be NULL.
//
// Ends with `AKUA_OK`, `AKUA_NOT_FOUND` (the cluster is gone), `AKUA_SUPERSEDED` (somebody else has changed what
// `holding` has, as a read shows that can't be stale), `AKUA_TIMEOUT` or `AKUA_CANCELLED`; none of these changes how the
// write before ended. `akua_report_resource` has the version read last. After `AKUA_TIMEOUT` that may be another version
// without the values in `holding`, and the message says that it is not known whether it is newer.
//
// After an edit `akua_edit_wait_settled` knows more: its own version is never another's, and one that was updated later is
// known to be newer.
akua_status akua_resource_wait_settled(const akua_client *client,
                                       const akua_call_options *options,
                                       akua_kind kind,
                                       akua_str id,
                                       akua_str after,
                                       const akua_patch *holding,
                                       akua_resource **resource,
                                       akua_report **error);

// As `akua_resource_wait_settled`, after an edit that is in effect.
akua_status akua_edit_wait_settled(const akua_client *client,
                                   const akua_call_options *options,
                                   const akua_report *edited,
                                   akua_resource **resource,
                                   akua_report **error);

// Which kind it is, such as `AKUA_CLUSTER`; 0 for NULL.
akua_kind akua_resource_kind(const akua_resource *resource);

// A text, by its property: an id, a name, an etag, a value of an enumeration, which may be one that only a newer server
// says; a time as RFC 3339 in UTC, or the raw number where that can't be. No text if there is none; see
// `akua_resource_shown`. `error` may be NULL; a property that the kind has not, or that is no text, is `AKUA_MISUSE`.
akua_str akua_resource_text(const akua_resource *resource,
                            akua_property property,
                            akua_report **error);

// A flag, by its property; false if there is none. `error` is as in `akua_resource_text`.
bool akua_resource_flag(const akua_resource *resource, akua_property property, akua_report **error);

// A whole number, by its property; `INT64_MIN` if there is none. `error` is as in `akua_resource_text`.
int64_t akua_resource_number(const akua_resource *resource, akua_property property, akua_report **error);

// A time, by its property, in Unix seconds; `INT64_MIN` if there is none, or it does not fit. `error` is as in
// `akua_resource_text`.
int64_t akua_resource_time(const akua_resource *resource,
                           akua_property property,
                           akua_report **error);

// Any property as JSON; no text if there is no value. With 0 for the property the whole resource, with the properties that
// this version does not know. `error` is as in `akua_resource_text`.
akua_str akua_resource_json(const akua_resource *resource,
                            akua_property property,
                            akua_report **error);

// Whether it has a value of a property: `AKUA_SHOWN`, `AKUA_SHOWN_ABSENT` or `AKUA_SHOWN_UNREADABLE`. `error` is as in
// `akua_resource_text`.
int32_t akua_resource_shown(const akua_resource *resource,
                            akua_property property,
                            akua_report **error);

// Makes a copy of a resource, such as of one that a report lends. NULL if there is none. Free it with
// `akua_resource_free`.
akua_resource *akua_resource_clone(const akua_resource *resource);

// Frees a resource. NULL does nothing.
void akua_resource_free(akua_resource *resource);

// Reads a secret of a resource: `AKUA_KUBECONFIG` of `AKUA_CLUSTER`, which makes whoever has it the cluster's administrator.
// Free it with `akua_secret_free`.
//
// That it was handed out is written into the audit log of the workspace, so it is asked for once and never again by itself:
// after a lost answer it may have been handed out. The call may be made again, as it changes nothing. A failure shows
// nothing of it. `options` may be NULL.
akua_status akua_secret_get(const akua_client *client,
                            const akua_call_options *options,
                            akua_kind kind,
                            akua_str id,
                            akua_property property,
                            akua_secret **secret,
                            akua_report **error);

// Gives a secret that an answer has shown once, such as `AKUA_TOKEN` of a worker bootstrap that was just made; NULL with `AKUA_OK`
// if the resource has none, as after any other answer. Nothing else shows it: not `akua_resource_text`, and not
// `akua_resource_json`. A property that is no secret is `AKUA_MISUSE`. Free it with `akua_secret_free`.
akua_status akua_resource_secret(const akua_resource *resource,
                                 akua_property property,
                                 akua_secret **secret,
                                 akua_report **error);

// The secret itself, for whoever has to keep it; never for people. It lives until `akua_secret_free`, which wipes it; of a
// copy the program takes care itself.
akua_str akua_secret_expose(const akua_secret *secret);

// Wipes a secret from memory and frees it. NULL does nothing.
void akua_secret_free(akua_secret *secret);

// The kind of resource that a resume token is about, so that `akua_edit_resolve` can be called.
akua_status akua_resume_token_kind(akua_str resume_token, akua_kind *kind, akua_report **error);

// Which call a resume token is for: `AKUA_TOKEN_EDIT`, `AKUA_TOKEN_LAUNCH` or `AKUA_TOKEN_WAIT`.
akua_status akua_resume_token_stage(akua_str resume_token, int32_t *stage, akua_report **error);

// Waits until an operation has ended, and tells what became of it: `AKUA_OK` if it has succeeded. It only reads, can be
// called anywhere and as often as one likes, and nothing depends on it: the operation goes on if the wait is given up.
//
// `awaited` is the token of a launch that was accepted, or the id of any operation. `asked` says whether whoever waits has
// asked for it to be cancelled: one of the `AKUA_ASKED_` numbers, 0 to go by the token. `progress` may be NULL; `context` is
// passed to it as it is. `options` may be NULL; their time is that of the whole wait, 30 minutes if none is set.
//
// Ends with `AKUA_OK`, `AKUA_OPERATION_FAILED`, `AKUA_OPERATION_CANCELLED`, `AKUA_STILL_RUNNING` (the time is up, the program
// has ended the wait, or `AKUA_REPORT_BLOCKED_ON` waits for a person) or `AKUA_LOST_TRACK`. None of these says how the launch
// before it ended, or what stands there now: `akua_report_resource` is that, read after the end, `AKUA_REPORT_LATER` what was
// started since, and `akua_report_operation` the operation as it was shown last. Free `waited` with `akua_report_free`.
akua_status akua_operation_wait(const akua_client *client,
                                const akua_call_options *options,
                                akua_str awaited,
                                int32_t asked,
                                akua_operation_sink progress,
                                void *context,
                                akua_report **waited,
                                akua_report **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* AKUA_H */
