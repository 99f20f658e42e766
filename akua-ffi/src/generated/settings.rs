//! The numbers of settings: made by `make generate` of akua-http/src/settings/table.rs; do not edit. A number stays for
//! ever.

/// A setting of a client or of a call: one of the numbers below, such as `AKUA_OPTION_TIMEOUT`.
pub type akua_option = i32;

/// Flag, of a client. Whether what is not set is taken from the environment, which is read when the client is made:
/// `AKUA_API_URL`, `AKUA_API_TOKEN` (else the token of `~/.config/akua/config.json`), `AKUA_CONTEXT` and the usual
/// proxy variables. In Python unless set to false; elsewhere only if set.
pub const AKUA_OPTION_USE_ENV: akua_option = 1;
/// Text, of a client. Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this
/// machine only.
pub const AKUA_OPTION_BASE_URL: akua_option = 2;
/// Text, of a client. The token, exactly as it was issued. It is never shown, and wiped from memory with what holds
/// it.
pub const AKUA_OPTION_TOKEN: akua_option = 3;
/// Text, of a client or a call. The workspace that calls are about, 1 to 53 code points. Only a token that is not a
/// workspace's own needs it.
pub const AKUA_OPTION_CONTEXT: akua_option = 4;
/// Number of milliseconds, of a client or a call. How long a whole call may take: everything from the name look-up to
/// the last repeat, and for an edit also finding out what happened. 30 s unless set.
pub const AKUA_OPTION_TIMEOUT: akua_option = 5;
/// Number of milliseconds, of a client. The longest that opening a connection may take: name look-up, TCP, proxy and
/// TLS together. 10 s unless set.
pub const AKUA_OPTION_CONNECT_TIMEOUT: akua_option = 6;
/// Number of milliseconds, of a client. The longest silence of the server while something is awaited from it. 30 s
/// unless set.
pub const AKUA_OPTION_READ_TIMEOUT: akua_option = 7;
/// Number, of a client. The largest body of an answer, in bytes. 4 MiB unless set.
pub const AKUA_OPTION_MAX_RESPONSE_BYTES: akua_option = 8;
/// Text, of a client. Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters.
pub const AKUA_OPTION_USER_AGENT_SUFFIX: akua_option = 9;
/// Text, of a client. Certificate authorities in PEM that are trusted too, besides the system's own. What is set
/// later is added to it.
pub const AKUA_OPTION_EXTRA_ROOT_CERTIFICATES: akua_option = 10;
/// Text, of a client. Who the client is, for servers that ask for a certificate: the chain up to (not including) the
/// root, in PEM. The key belongs to it.
pub const AKUA_OPTION_CLIENT_CERTIFICATE: akua_option = 11;
/// Text, of a client. The private key of the certificate, in PEM without a passphrase. It is wiped from memory with
/// what holds it.
pub const AKUA_OPTION_CLIENT_KEY: akua_option = 12;
/// Text, of a client. The HTTP proxy through which all connections are tunnelled,
/// `http://[user:password@]host[:port]`, whatever the environment says.
pub const AKUA_OPTION_PROXY: akua_option = 13;
/// Flag, of a client. Connects straight to the service, whatever the environment says.
pub const AKUA_OPTION_NO_PROXY: akua_option = 14;
/// Flag, of a client. Accepts plain `http` for every host: the token and all data then cross the network readable and
/// changeable by anybody on the way. Not unless set.
pub const AKUA_OPTION_ALLOW_INSECURE_HTTP: akua_option = 15;
/// Number, of a client. How many requests one read may send in all: 4 unless set. A write is never repeated by this.
pub const AKUA_OPTION_RETRY_ATTEMPTS: akua_option = 16;
/// Number of milliseconds, of a client. The longest first pause before a read is repeated. 0.2 s unless set.
pub const AKUA_OPTION_RETRY_BASE: akua_option = 17;
/// Number of milliseconds, of a client. The longest pause before a read is repeated. 5 s unless set.
pub const AKUA_OPTION_RETRY_CAP: akua_option = 18;
/// Number, of a client. How many repeats of requests all threads of a client may have on credit; every ten answers
/// give one back. 50 unless set.
pub const AKUA_OPTION_RETRY_BUDGET: akua_option = 19;
/// Flag, of a client. An etag does not come back once the resource has moved on. True unless set. Claim this and what
/// follows only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
pub const AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS: akua_option = 31;
/// Flag, of a client. The server looks the idempotency key up, compares `if-match` and writes in one step. False
/// unless set.
pub const AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH: akua_option = 32;
/// Number of milliseconds, of a client. How long the server remembers an idempotency key from its first sending. 0 s
/// unless set.
pub const AKUA_OPTION_CONTRACT_KEY_RETENTION: akua_option = 33;
/// Number of milliseconds, of a client. How far apart the times of day may be of machines that hand resume tokens to
/// each other. It is added to the age of a key that only the time of day tells. 30 s unless set.
pub const AKUA_OPTION_CONTRACT_CLOCK_SKEW: akua_option = 34;
/// Flag, of a client. The server remembers a refusal under its idempotency key too. False unless set.
pub const AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY: akua_option = 35;
/// Flag, of a client. A read never shows an older version than the one current when it began. False unless set.
pub const AKUA_OPTION_CONTRACT_READS_LINEARIZABLE: akua_option = 36;
/// Flag, of a client. A change of a property that no answer shows moves the etag too. False unless set.
pub const AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY: akua_option = 37;
/// Flag, of a client. Something on the way may repeat a request by itself. False unless set, or for plain `http`
/// through a proxy.
pub const AKUA_OPTION_CONTRACT_HIDDEN_RETRIES: akua_option = 38;
/// Flag, of a client. A 200 to a write shows the version that this very write left behind, never an older one; then
/// one that shows the old version proves that nothing was written. True unless set.
pub const AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION: akua_option = 39;
/// Flag, of a client. An etag that a 409 names as current is that of this resource, at the moment of the refusal.
/// False unless set: it is a hint then, which a read has to confirm.
pub const AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG: akua_option = 40;
/// Flag, of a client. That a suspend, a resume or a delete is accepted moves the etag at once, so that a second copy
/// of it is refused. True unless set. Were that wrong, a repeat could be accepted once more, on the very version that
/// the caller saw.
pub const AKUA_OPTION_CONTRACT_ACCEPT_MOVES_ETAG: akua_option = 41;
/// Number of milliseconds, of a client. How long a repeat of a suspend, a resume or a delete under the same key is
/// answered with the operation that the first one started. 0 s unless set.
pub const AKUA_OPTION_CONTRACT_ACTION_KEYS_REPLAY: akua_option = 42;
/// Flag, of a client. A 404 to credentials that have shown the resource before says that it is gone. True unless set.
pub const AKUA_OPTION_CONTRACT_NOT_FOUND_MEANS_GONE: akua_option = 43;
/// Flag, of a client. What is gone does not come back under its id. True unless set.
pub const AKUA_OPTION_CONTRACT_IDS_NEVER_REUSED: akua_option = 44;
/// Flag, of a client. An operation that is shown as `done` never changes again. True unless set.
pub const AKUA_OPTION_CONTRACT_COMPLETED_IS_FINAL: akua_option = 45;
/// Number of milliseconds, of a client. How long an operation can be read after it was started: a 404 before that
/// came too early. 0 s unless set.
pub const AKUA_OPTION_CONTRACT_OPERATION_KEPT: akua_option = 46;
/// Number of milliseconds, of a client. How long a repeat of a create under the same key is answered with what the
/// first one started, for the creates of which that is documented: that of a cluster. 60 s unless set; with 0 s a
/// lost answer is never settled by sending it again. Claimed for longer than it holds, two could be made.
pub const AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY: akua_option = 47;
/// Text, of a call. Where the call stands in the program's own trace (W3C Trace Context): sent with every request of
/// it.
pub const AKUA_OPTION_TRACEPARENT: akua_option = 51;
/// Number, of a call. How many items a list reads with each request, 1 to 100.
pub const AKUA_OPTION_PAGE_SIZE: akua_option = 52;
/// Text, of a call. Where a list begins: the cursor of an earlier one.
pub const AKUA_OPTION_CURSOR: akua_option = 53;
/// Text, of a call. What an edit does about another writer. `rebase`, which is so unless set: it goes on with the new
/// version if the other change touched none of its properties, else it stops and reports. `fail`: it stops and
/// reports in any case.
pub const AKUA_OPTION_ON_CONFLICT: akua_option = 54;
/// Flag, of a call. Whether an edit writes a property that no answer shows, such as `region_id` or `kubeconfig`, even
/// after somebody else's change, which may have been to that very one: nobody can read it back. Not unless set.
pub const AKUA_OPTION_OVERWRITE_UNSEEN: akua_option = 55;
/// Number, of a call. How often an edit may send one request in all. 4 unless set.
pub const AKUA_OPTION_MAX_ATTEMPTS: akua_option = 56;
/// Number, of a call. On how many versions an edit may try its change. 8 unless set.
pub const AKUA_OPTION_MAX_VERSIONS: akua_option = 57;
/// Number of milliseconds, of a call. How much of an edit's time is kept for finding out what happened: a quarter of
/// the time at most. 5 s unless set.
pub const AKUA_OPTION_SETTLE_RESERVE: akua_option = 58;
/// Number of milliseconds, of a call. The longest first pause before an edit repeats a request; it doubles each time.
/// 0.1 s unless set.
pub const AKUA_OPTION_BACKOFF: akua_option = 59;
/// Number of milliseconds, of a call. The longest pause before an edit repeats a request. 5 s unless set.
pub const AKUA_OPTION_BACKOFF_LIMIT: akua_option = 60;
/// Text, of a call. Of a list of operations: only those about something of this type, such as `cluster`. It goes
/// together with `owner_id`.
pub const AKUA_OPTION_OWNER_TYPE: akua_option = 61;
/// Text, of a call. Of a list of operations: only those about what has this id. It goes together with `owner_type`.
pub const AKUA_OPTION_OWNER_ID: akua_option = 62;
/// Text, of a call. Of a list of worker bootstraps: those of this cluster, by its id. It has to be set, and is for no
/// other list.
pub const AKUA_OPTION_CLUSTER_ID: akua_option = 63;
