//! The table of settings.

use super::{Of, Setting, Takes};

macro_rules! settings {
    (@ or_zero) => { true };
    ($($(#[doc = $doc:literal])* $number:literal $name:ident: $of:ident $takes:ident $($zero:ident)?,)*) => {
        /// Every setting, by its number. A new one gets the next of its group.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            number: $number,
            name: stringify!($name),
            of: Of::$of,
            takes: Takes::$takes,
            may_be_zero: false $(|| settings!(@ $zero))?,
            doc: concat!($($doc),*),
        },)*];
    };
}

settings! {
    /// Whether what is not set is taken from the environment, which is read when the client is made: `AKUA_API_URL`,
    /// `AKUA_API_TOKEN` (else the token of `~/.config/akua/config.json`), `AKUA_CONTEXT` and the usual proxy variables.
    /// In Python unless set to false; elsewhere only if set.
    1 use_env: Client Flag,
    /// Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this machine only.
    2 base_url: Client Text,
    /// The token, exactly as it was issued. It is never shown, and wiped from memory with what holds it.
    3 token: Client Text,
    /// The workspace that calls are about, 1 to 53 code points. Only a token that is not a workspace's own needs it.
    4 context: ClientOrCall Text,
    /// How long a whole call may take: everything from the name look-up to the last repeat, and for an edit also finding
    /// out what happened. 30 s unless set.
    5 timeout: ClientOrCall Time,
    /// The longest that opening a connection may take: name look-up, TCP, proxy and TLS together. 10 s unless set.
    6 connect_timeout: Client Time,
    /// The longest silence of the server while something is awaited from it. 30 s unless set.
    7 read_timeout: Client Time,
    /// The largest body of an answer, in bytes. 4 MiB unless set.
    8 max_response_bytes: Client Count or_zero,
    /// Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters.
    9 user_agent_suffix: Client Text,
    /// Certificate authorities in PEM that are trusted too, besides the system's own. What is set later is added to it.
    10 extra_root_certificates: Client Pem,
    /// Who the client is, for servers that ask for a certificate: the chain up to (not including) the root, in PEM. The
    /// key belongs to it.
    11 client_certificate: Client Pem,
    /// The private key of the certificate, in PEM without a passphrase. It is wiped from memory with what holds it.
    12 client_key: Client Pem,
    /// The HTTP proxy through which all connections are tunnelled, `http://[user:password@]host[:port]`, whatever the
    /// environment says.
    13 proxy: Client Text,
    /// Connects straight to the service, whatever the environment says.
    14 no_proxy: Client Flag,
    /// Accepts plain `http` for every host: the token and all data then cross the network readable and changeable by
    /// anybody on the way. Not unless set.
    15 allow_insecure_http: Client Flag,
    /// How many requests one read may send in all: 4 unless set. A write is never repeated by this.
    16 retry_attempts: Client Count,
    /// The longest first pause before a read is repeated. 0.2 s unless set.
    17 retry_base: Client Time,
    /// The longest pause before a read is repeated. 5 s unless set.
    18 retry_cap: Client Time,
    /// How many repeats of requests all threads of a client may have on credit; every ten answers give one back. 50
    /// unless set.
    19 retry_budget: Client Count or_zero,

    /// An etag does not come back once the resource has moved on. True unless set. Claim this and what follows only if
    /// the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
    31 etag_never_repeats: Contract Flag,
    /// The server looks the idempotency key up, compares `if-match` and writes in one step. False unless set.
    32 key_checked_before_if_match: Contract Flag,
    /// How long the server remembers an idempotency key from its first sending. 0 s unless set.
    33 key_retention: Contract Time or_zero,
    /// How far apart the times of day may be of machines that hand resume tokens to each other. It is added to the age
    /// of a key that only the time of day tells. 30 s unless set.
    34 clock_skew: Contract Time or_zero,
    /// The server remembers a refusal under its idempotency key too. False unless set.
    35 stores_rejections_per_key: Contract Flag,
    /// A read never shows an older version than the one current when it began. False unless set.
    36 reads_linearizable: Contract Flag,
    /// A change of a property that no answer shows moves the etag too. False unless set.
    37 etag_covers_write_only: Contract Flag,
    /// Something on the way may repeat a request by itself. False unless set, or for plain `http` through a proxy.
    38 hidden_retries: Contract Flag,
    /// A 200 to a write shows the version that this very write left behind, never an older one; then one that shows the
    /// old version proves that nothing was written. True unless set.
    39 answers_show_written_version: Contract Flag,
    /// An etag that a 409 names as current is that of this resource, at the moment of the refusal. False unless set: it
    /// is a hint then, which a read has to confirm.
    40 conflicts_name_current_etag: Contract Flag,
    /// That a suspend, a resume or a delete is accepted moves the etag at once, so that a second copy of it is refused. True
    /// unless set. Were that wrong, a repeat could be accepted once more, on the very version that the caller saw.
    41 accept_moves_etag: Contract Flag,
    /// How long a repeat of a suspend, a resume or a delete under the same key is answered with the operation that the first
    /// one started. 0 s unless set.
    42 action_keys_replay: Contract Time or_zero,
    /// A 404 to credentials that have shown the resource before says that it is gone. True unless set.
    43 not_found_means_gone: Contract Flag,
    /// What is gone does not come back under its id. True unless set.
    44 ids_never_reused: Contract Flag,
    /// An operation that is shown as `done` never changes again. True unless set.
    45 completed_is_final: Contract Flag,
    /// How long an operation can be read after it was started: a 404 before that came too early. 0 s unless set.
    46 operation_kept: Contract Time or_zero,
    /// How long a repeat of a create under the same key is answered with what the first one started, for the creates of which
    /// that is documented: that of a cluster. 60 s unless set; with 0 s a lost answer is never settled by sending it again. Claimed
    /// for longer than it holds, two could be made.
    47 create_keys_replay: Contract Time or_zero,

    /// Where the call stands in the program's own trace (W3C Trace Context): sent with every request of it.
    51 traceparent: Call Text,
    /// How many items a list reads with each request, 1 to 100.
    52 page_size: List Count or_zero,
    /// Where a list begins: the cursor of an earlier one.
    53 cursor: List Text,
    /// What an edit does about another writer. `rebase`, which is so unless set: it goes on with the new version if the
    /// other change touched none of its properties, else it stops and reports. `fail`: it stops and reports in any case.
    54 on_conflict: Edit Text,
    /// Whether an edit writes a property that no answer shows, such as `region_id` or `kubeconfig`, even after somebody
    /// else's change, which may have been to that very one: nobody can read it back. Not unless set.
    55 overwrite_unseen: Edit Flag,
    /// How often an edit may send one request in all. 4 unless set.
    56 max_attempts: Edit Count,
    /// On how many versions an edit may try its change. 8 unless set.
    57 max_versions: Edit Count,
    /// How much of an edit's time is kept for finding out what happened: a quarter of the time at most. 5 s unless set.
    58 settle_reserve: Edit Time or_zero,
    /// The longest first pause before an edit repeats a request; it doubles each time. 0.1 s unless set.
    59 backoff: Edit Time or_zero,
    /// The longest pause before an edit repeats a request. 5 s unless set.
    60 backoff_limit: Edit Time or_zero,
    /// Of a list of operations: only those about something of this type, such as `cluster`. It goes together with
    /// `owner_id`.
    61 owner_type: List Text,
    /// Of a list of operations: only those about what has this id. It goes together with `owner_type`.
    62 owner_id: List Text,
    /// Of a list of worker bootstraps: those of this cluster, by its id. It has to be set, and is for no other list.
    63 cluster_id: List Text,
}
