//! What real clients stand behind: nginx as the TLS end in front of the service, tinyproxy as the way out of a network.
//! Behind both is the simulator, which knows what really arrived and what it did.
//!
//! Needs the Debian packages `nginx-light` and `tinyproxy`. Both run on loopback as whoever runs the tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod authority;
mod program;

use std::time::Duration;

use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_http::{Client, ClientBuilder, Effect, Error, ErrorKind};
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Options, Simulator};

use authority::{Authority, Identity};
use program::{Folder, Program};

/// Long enough for a loaded machine.
const LONG: Duration = Duration::from_secs(60);

/// nginx with a certificate for `localhost`, in front of `upstream`.
struct Nginx {
    program: Program,
    authority: Authority,
    _folder: Folder,
}

impl Nginx {
    fn before(upstream: &str) -> Self {
        Self::start(upstream, None)
    }

    /// One that lets nobody in without a certificate of the authority `asks`.
    fn asking(upstream: &str, asks: &Authority) -> Self {
        Self::start(upstream, Some(asks))
    }

    fn start(upstream: &str, asks: Option<&Authority>) -> Self {
        let folder = Folder::new("nginx");
        let authority = Authority::new("the service's authority");
        let identity = authority.issue("localhost");
        folder.write("chain.pem", &identity.chain_pem);
        folder.write("key.pem", &identity.key_pem);
        let asking = asks.map_or(String::new(), |asks| {
            folder.write("clients.pem", &asks.pem());
            format!(
                "ssl_verify_client on; ssl_client_certificate {};",
                folder.path("clients.pem")
            )
        });
        let upstream = upstream.to_owned();
        let program = Program::start("nginx", "nginx-light", &folder, |port| {
            let temp: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|kind| format!("{kind}_temp_path {};\n", folder.path(kind)))
                .concat();
            let configuration = format!(
                "daemon off; master_process off; pid {pid}; error_log stderr;
                events {{ worker_connections 64; }}
                http {{
                    access_log off;
                    {temp}
                    server {{
                        listen 127.0.0.1:{port} ssl;
                        ssl_certificate {chain};
                        ssl_certificate_key {key};
                        {asking}
                        location / {{
                            proxy_pass {upstream};
                            proxy_http_version 1.1;
                            proxy_set_header Connection \"\";
                            proxy_next_upstream off;
                        }}
                    }}
                }}",
                pid = folder.path("pid"),
                chain = folder.path("chain.pem"),
                key = folder.path("key.pem"),
            );
            folder.write("nginx.conf", &configuration);
            let (prefix, file) = (folder.path(""), folder.path("nginx.conf"));
            ["-p", &prefix, "-c", &file, "-e", "stderr"].map(str::to_owned).into()
        });
        Self {
            program,
            authority,
            _folder: folder,
        }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.program.port())
    }

    /// A client that trusts the authority and goes to `localhost`.
    fn client(&self, token: &str) -> ClientBuilder {
        strangers_client(&self.url("localhost"), token).extra_root_certificates(self.authority.pem())
    }
}

/// A client that knows no authority but the system's.
fn strangers_client(url: &str, token: &str) -> ClientBuilder {
    Client::builder().base_url(url).token(token).timeout(LONG)
}

/// tinyproxy that opens tunnels to `allowed` only, for whoever has the password `s3cret`.
fn tinyproxy(folder: &Folder, allowed: u16) -> Program {
    Program::start("tinyproxy", "tinyproxy", folder, |port| {
        let configuration = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\n\
             PidFile \"{}\"\nBasicAuth user s3cret\nConnectPort {allowed}\n",
            folder.path("pid"),
        );
        folder.write("tinyproxy.conf", &configuration);
        ["-d", "-c", &folder.path("tinyproxy.conf")].map(str::to_owned).into()
    })
}

fn read(client: &Client) -> Result<Cluster, Error> {
    client.clusters().get(&"clu_1".parse().unwrap())
}

fn rename(client: &Client, name: &str) -> Result<Cluster, Error> {
    let cluster = read(client)?;
    let patch = ClusterPatch::builder().name(name).build().unwrap();
    client.clusters().update(&cluster.id, &cluster.etag.if_match()?, &patch)
}

fn simulator() -> Simulator {
    Simulator::start(Options::clusters(1)).unwrap()
}

/// The client is refused before anything is sent: no request of its arrived anywhere.
fn assert_nothing_sent(simulator: &Simulator, client: &Client, says: &str) {
    let error = read(client).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Transport, Effect::NotSent),
        "{error}"
    );
    assert!(error.to_string().contains(says), "{error}");
    let patch = ClusterPatch::builder().name("x").build().unwrap();
    let error = client
        .clusters()
        .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch)
        .unwrap_err();
    assert_eq!(error.effect(), Effect::NotSent, "{error}");
    assert!(simulator.log().is_empty(), "{:?}", simulator.log());
}

#[test]
fn a_certificate_of_a_known_authority_is_accepted() {
    let simulator = simulator();
    let nginx = Nginx::before(&simulator.url());
    let client = nginx.client(simulator.token()).build().unwrap();
    assert_eq!(rename(&client, "through-nginx").unwrap().name, "through-nginx");
    let patch = ClusterPatch::builder().name("edited").build().unwrap();
    let id: akua_model::ClusterId = "clu_1".parse().unwrap();
    let edited = client.clusters().edit(&id, patch).unwrap();
    assert!(edited.applied().is_some(), "{}", edited.explain());
    let log = simulator.log();
    let applied = log.iter().filter(|entry| entry.effect.is_applied()).count();
    assert_eq!((log.len(), applied), (4, 2), "{log:?}");
}

#[test]
fn one_of_an_unknown_authority_is_not() {
    let simulator = simulator();
    let nginx = Nginx::before(&simulator.url());
    let client = strangers_client(&nginx.url("localhost"), simulator.token());
    // An authority that has nothing to do with it helps nothing, and keeps a machine without any from saying so.
    let client = client.extra_root_certificates(Authority::new("another authority").pem());
    assert_nothing_sent(&simulator, &client.build().unwrap(), "extra root certificate");
}

#[test]
fn one_for_another_host_is_not() {
    let simulator = simulator();
    let nginx = Nginx::before(&simulator.url());
    let client = strangers_client(&nginx.url("127.0.0.1"), simulator.token());
    let client = client.extra_root_certificates(nginx.authority.pem());
    assert_nothing_sent(&simulator, &client.build().unwrap(), "127.0.0.1");
}

#[test]
fn a_client_certificate_is_given_to_who_asks_and_without_it_nobody_gets_through() {
    let simulator = simulator();
    let clients = Authority::new("the clients' authority");
    let nginx = Nginx::asking(&simulator.url(), &clients);
    let as_who = |identity: Identity| ClientCertificate::from_pem(identity.chain_pem, identity.key_pem);

    let known = nginx.client(simulator.token());
    let known = known
        .client_certificate(as_who(clients.issue("client.example")))
        .build();
    assert_eq!(rename(&known.unwrap(), "known").unwrap().name, "known");

    let before = simulator.log().len();
    let stranger = as_who(Authority::new("a stranger's").issue("client.example"));
    let unknown = nginx.client(simulator.token()).client_certificate(stranger).build();
    let without = nginx.client(simulator.token()).build();
    for client in [unknown.unwrap(), without.unwrap()] {
        // nginx lets the handshake pass and refuses the request.
        let error = read(&client).unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.effect()),
            (ErrorKind::Rejected, Some(400), Effect::NotApplied),
            "{error}"
        );
    }
    assert_eq!(simulator.log().len(), before);
}

#[test]
fn what_nginx_says_of_a_service_that_is_down_leaves_a_write_open() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let nginx = Nginx::before(&upstream);
    let client = nginx.client("t").build().unwrap();
    let patch = ClusterPatch::builder().name("x").build().unwrap();
    let error = client
        .clusters()
        .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.effect()),
        (ErrorKind::Server, Some(502), Effect::Unknown),
        "{error}"
    );
}

#[test]
fn through_an_http_proxy_there_is_a_tunnel() {
    let simulator = simulator();
    let nginx = Nginx::before(&simulator.url());
    let folder = Folder::new("tinyproxy");
    let proxy = tinyproxy(&folder, nginx.program.port());
    let through = |user_info: &str| {
        let proxy = ProxyUrl::parse(&format!("http://{user_info}127.0.0.1:{}", proxy.port())).unwrap();
        nginx.client(simulator.token()).proxy(proxy).build().unwrap()
    };

    assert_nothing_sent(&simulator, &through(""), "407");
    assert_nothing_sent(&simulator, &through("user:wrong@"), "the proxy");
    assert_eq!(rename(&through("user:s3cret@"), "tunnelled").unwrap().name, "tunnelled");
    assert_eq!(simulator.log().len(), 2);
    // Twice in vain, then one tunnel for both requests: what they were about it has not seen.
    let said = proxy.said();
    let asked = format!("CONNECT localhost:{} HTTP/1.1", nginx.program.port());
    assert!(said.contains(&asked), "{said}");
    assert!(!said.contains("clusters"), "{said}");

    let elsewhere = ProxyUrl::parse(&format!("http://user:s3cret@127.0.0.1:{}", proxy.port())).unwrap();
    let client = strangers_client("https://localhost:9", simulator.token()).proxy(elsewhere);
    let error = read(&client.build().unwrap()).unwrap_err();
    assert_eq!(error.effect(), Effect::NotSent, "{error}");
    assert!(error.to_string().contains("403"), "{error}");
}
