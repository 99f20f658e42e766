//! TLS against servers with certificates of a test authority: what is trusted, and that nothing else gets a byte of a
//! request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::transport::{BaseUrl, ClientCertificate, FailureKind, HttpTransport, ProxyUrl, Sent, TransportConfig};
use akua_http::{Client, Effect, Error};
use akua_model::report::Report;
use akua_model::{ClusterId, ClusterPatch, PageQuery};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use crate::pool::with_kubeconfig;
use crate::server::{LONG, Server, get, patch, send};

/// A certificate authority that lives as long as a test.
pub(crate) struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

struct Identity {
    chain: Vec<CertificateDer<'static>>,
    certificate_pem: String,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("test authority")
    }

    fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.certificate.pem().into_bytes()
    }

    fn issue(&self, name: &str, expired: bool) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            chain: vec![certificate.der().clone()],
            certificate_pem: certificate.pem(),
            key,
        }
    }
}

/// A TLS server that answers every request with 200 and counts what it could read.
struct TlsServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    plain_bytes: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// Keeps the connection and answers whatever comes.
    Keeps,
    /// Says goodbye in TLS a while after its answer, and keeps the socket open.
    SaysGoodbye,
    /// Says goodbye together with its answer.
    SaysGoodbyeAtOnce,
    /// Answers after the first bytes of a request, and resets the connection then.
    RefusesEarly,
    /// Answers without a length and cuts the connection without a goodbye.
    CutsOff,
}

impl TlsServer {
    fn start(config: ServerConfig, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self {
            address,
            connections: Arc::default(),
            plain_bytes: Arc::default(),
        };
        let (connections, plain_bytes) = (Arc::clone(&server.connections), Arc::clone(&server.plain_bytes));
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                connections.fetch_add(1, Ordering::AcqRel);
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let stream = StreamOwned::new(connection, socket.unwrap());
                let plain_bytes = Arc::clone(&plain_bytes);
                std::thread::spawn(move || Self::serve(stream, manner, &plain_bytes));
            }
        });
        server
    }

    fn serve(mut stream: StreamOwned<ServerConnection, TcpStream>, manner: Manner, plain_bytes: &AtomicUsize) {
        let mut buffer = [0; 4096];
        // A request of a test is one TLS record.
        while let Ok(bytes @ 1..) = stream.read(&mut buffer) {
            plain_bytes.fetch_add(bytes, Ordering::AcqRel);
            if manner == Manner::CutsOff {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"half\":").unwrap();
                return;
            }
            if manner == Manner::RefusesEarly {
                stream
                    .write_all(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}")
                    .unwrap();
                // So that the answer is there before the reset is.
                std::thread::sleep(Duration::from_millis(50));
                socket2::SockRef::from(&stream.sock)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
                return;
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            // Into one write, and so into one read of the client's, unless it is flushed in between.
            stream.conn.writer().write_all(answer).unwrap();
            if manner == Manner::SaysGoodbye {
                stream.flush().unwrap();
                std::thread::sleep(Duration::from_millis(20));
            }
            if manner != Manner::Keeps {
                stream.conn.send_close_notify();
            }
            stream.flush().unwrap();
            if manner != Manner::Keeps {
                let _ = stream.sock.read(&mut buffer);
                return;
            }
        }
    }

    fn config(&self, name: &str) -> TransportConfig {
        TransportConfig::new(BaseUrl::parse(&format!("https://{name}:{}", self.address.port())).unwrap())
    }
}

const BOTH: &[&SupportedProtocolVersion] = rustls::ALL_VERSIONS;

fn served_by(
    identity: &Identity,
    versions: &[&'static SupportedProtocolVersion],
    asks: Option<&Authority>,
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .unwrap();
    let builder = match asks {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    builder.with_single_cert(identity.chain.clone(), key).unwrap()
}

fn trusting(mut config: TransportConfig, authority: &Authority) -> HttpTransport {
    config.extra_root_certificates.push(authority.pem());
    HttpTransport::new(&config).unwrap()
}

#[test]
fn a_trusted_server_is_talked_to_over_one_connection() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for name in ["127.0.0.1", "localhost"] {
            let server = TlsServer::start(
                served_by(&authority.issue(name, false), &[version], None),
                Manner::Keeps,
            );
            let transport = trusting(server.config(name), &authority);
            for request in [get(), patch(), get()] {
                assert_eq!(send(&transport, &request, LONG).unwrap().body, b"{}");
            }
            assert_eq!(server.connections.load(Ordering::Acquire), 1);
        }
    }
}

#[test]
fn an_untrusted_server_gets_no_byte_of_a_request() {
    let authority = Authority::new();
    for (identity, trusted, hint) in [
        (
            authority.issue("localhost", false),
            &Authority::new(),
            "extra root certificate",
        ),
        (authority.issue("other.example", false), &authority, "other.example"),
        (authority.issue("localhost", true), &authority, "clock"),
    ] {
        let server = TlsServer::start(served_by(&identity, BOTH, None), Manner::Keeps);
        let transport = trusting(server.config("localhost"), trusted);
        for request in [get(), patch()] {
            let failure = send(&transport, &request, LONG).unwrap_err();
            assert_eq!(
                (failure.kind(), failure.sent()),
                (FailureKind::Tls, Sent::NotSent),
                "{failure}"
            );
            assert!(failure.to_string().contains(hint), "{failure}");
        }
        assert_eq!(server.plain_bytes.load(Ordering::Acquire), 0);
    }
}

#[test]
fn a_port_that_does_not_speak_tls() {
    let authority = Authority::new();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (by_one, by_other) = (Arc::clone(&heard), Arc::clone(&heard));
    let talks = Server::start(move |peer| {
        peer.read_some();
        by_one.lock().unwrap().push(peer.left_over());
        peer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        peer.until_closed();
    });
    let closes = Server::start(move |peer| {
        peer.read_some();
        by_other.lock().unwrap().push(peer.left_over());
    });
    for server in [talks, closes] {
        let url = BaseUrl::parse(&format!("https://{}", server.address())).unwrap();
        let transport = trusting(TransportConfig::new(url), &authority);
        for request in [get(), patch()] {
            let failure = send(&transport, &request, LONG).unwrap_err();
            assert_eq!(
                (failure.kind(), failure.sent()),
                (FailureKind::Tls, Sent::NotSent),
                "{failure}"
            );
            assert!(failure.to_string().contains("speaks https"), "{failure}");
        }
    }
    // Nothing but the beginning of a handshake: TLS records of type 22.
    let heard = heard.lock().unwrap();
    assert!(heard.len() >= 4 && heard.iter().all(|bytes| bytes.first() == Some(&22)));
    assert!(
        !heard
            .iter()
            .flatten()
            .copied()
            .collect::<Vec<u8>>()
            .windows(12)
            .any(|at| at == b"/v1/clusters")
    );
}

#[test]
fn a_client_certificate_is_given_when_it_is_asked_for() {
    let authority = Authority::new();
    let identity = authority.issue("localhost", false);
    let client = authority.issue("client.example", false);
    let certificate = ClientCertificate::from_pem(client.certificate_pem.clone(), client.key.serialize_pem());
    // Until TLS 1.2 the server's refusal is part of the handshake; since 1.3 it comes after the request has left.
    for (version, refusal) in [
        (&rustls::version::TLS12, Sent::NotSent),
        (&rustls::version::TLS13, Sent::Unknown),
    ] {
        let server = TlsServer::start(served_by(&identity, &[version], Some(&authority)), Manner::Keeps);
        let mut config = server.config("localhost");
        config.client_certificate = Some(certificate.clone());
        assert_eq!(send(&trusting(config, &authority), &patch(), LONG).unwrap().status, 200);

        let before = server.plain_bytes.load(Ordering::Acquire);
        let failure = send(&trusting(server.config("localhost"), &authority), &patch(), LONG).unwrap_err();
        assert_eq!(
            (failure.kind(), failure.sent()),
            (FailureKind::Tls, refusal),
            "{failure}"
        );
        assert!(failure.to_string().contains("client certificate"), "{failure}");
        assert_eq!(server.plain_bytes.load(Ordering::Acquire), before);
    }
    assert!(!format!("{certificate:?}").contains("KEY"));
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_refused_and_its_key_not_shown() {
    let authority = Authority::new();
    let (one, other) = (
        authority.issue("one.example", false),
        authority.issue("other.example", false),
    );
    for (chain, key) in [
        (one.certificate_pem.clone(), other.key.serialize_pem()),
        (one.certificate_pem.clone(), "c2VjcmV0".to_owned()),
        (String::new(), one.key.serialize_pem()),
    ] {
        let mut config = TransportConfig::new(BaseUrl::default());
        config.client_certificate = Some(ClientCertificate::from_pem(chain, key));
        let error = HttpTransport::new(&config).unwrap_err().to_string();
        assert!(
            error.starts_with("client certificate: ") && !error.contains("c2VjcmV0"),
            "{error}"
        );
    }
}

#[test]
fn a_goodbye_while_idle_means_a_new_connection() {
    let authority = Authority::new();
    let identity = authority.issue("localhost", false);
    for manner in [Manner::SaysGoodbye, Manner::SaysGoodbyeAtOnce] {
        let server = TlsServer::start(served_by(&identity, BOTH, None), manner);
        let transport = trusting(server.config("localhost"), &authority);
        for _ in 0..2 {
            assert_eq!(send(&transport, &patch(), LONG).unwrap().status, 200);
            // Long enough for the goodbye to arrive.
            std::thread::sleep(Duration::from_millis(150));
        }
        assert_eq!(server.connections.load(Ordering::Acquire), 2, "{manner:?}");
    }
}

#[test]
fn an_answer_that_was_cut_off_is_not_taken_for_a_whole_one() {
    let authority = Authority::new();
    let identity = authority.issue("localhost", false);
    let server = TlsServer::start(served_by(&identity, BOTH, None), Manner::CutsOff);
    let failure = send(&trusting(server.config("localhost"), &authority), &get(), LONG).unwrap_err();
    assert_eq!(
        (failure.kind(), failure.sent()),
        (FailureKind::ConnectionLost, Sent::Unknown),
        "{failure}"
    );
    assert_eq!(failure.answer().unwrap().status, 200);
}

#[test]
fn an_answer_before_a_reset_in_the_middle_of_the_request_is_heard() {
    let authority = Authority::new();
    let identity = authority.issue("localhost", false);
    let server = TlsServer::start(served_by(&identity, BOTH, None), Manner::RefusesEarly);
    let transport = trusting(server.config("localhost"), &authority);
    let request = with_kubeconfig(12_000_000);
    for connections in 1..=2 {
        let answer = send(&transport, &request, LONG).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (413, b"{}".as_slice()));
        assert_eq!(server.connections.load(Ordering::Acquire), connections);
    }
}

#[test]
fn a_machine_without_authorities_says_what_to_do() {
    const CHILD: &str = "AKUA_TEST_WITHOUT_AUTHORITIES";
    if std::env::var_os(CHILD).is_none() {
        // The system's store can be taken away from a process only by its environment, so from another process.
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tls::a_machine_without_authorities_says_what_to_do",
                "--nocapture",
            ])
            .envs([(CHILD, "1"), ("SSL_CERT_FILE", "/dev/null")])
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let server = Server::start(|peer| peer.until_closed());
    let url = BaseUrl::parse(&format!("https://{}", server.address())).unwrap();
    let transport = HttpTransport::new(&TransportConfig::new(url.clone())).unwrap();
    let failure = send(&transport, &patch(), LONG).unwrap_err();
    assert_eq!(
        (failure.kind(), failure.sent()),
        (FailureKind::Tls, Sent::NotSent),
        "{failure}"
    );
    assert!(failure.to_string().contains("ca-certificates"), "{failure}");
    assert_eq!(server.connections(), 0);

    // An authority of one's own is enough.
    let authority = Authority::new();
    let server = TlsServer::start(
        served_by(&authority.issue("localhost", false), BOTH, None),
        Manner::Keeps,
    );
    assert_eq!(
        send(&trusting(server.config("localhost"), &authority), &get(), LONG)
            .unwrap()
            .status,
        200
    );
}

/// A proxy that answers `CONNECT` with `answer`, then passes bytes on to `target` if there is one.
fn proxy(answer: &'static [u8], target: Option<SocketAddr>) -> Server {
    Server::start(move |peer| {
        peer.request().unwrap();
        peer.write(answer);
        let Some(target) = target else {
            return peer.until_closed();
        };
        let mut to = TcpStream::connect(target).unwrap();
        let mut back = (to.try_clone().unwrap(), peer.stream().try_clone().unwrap());
        let mut from = peer.stream().try_clone().unwrap();
        std::thread::spawn(move || std::io::copy(&mut back.0, &mut back.1));
        let _ = std::io::copy(&mut from, &mut to);
    })
}

const OPEN: &[u8] = b"HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n";

fn through(mut config: TransportConfig, proxy: &Server) -> TransportConfig {
    config.proxy = Some(ProxyUrl::parse(&format!("http://us%40er:s3cret@{}", proxy.address())).unwrap());
    config
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_no_request() {
    let authority = Authority::new();
    let server = TlsServer::start(
        served_by(&authority.issue("localhost", false), BOTH, None),
        Manner::Keeps,
    );
    let proxy = proxy(OPEN, Some(server.address));
    let transport = trusting(through(server.config("localhost"), &proxy), &authority);
    for request in [get(), patch()] {
        assert_eq!(send(&transport, &request, LONG).unwrap().status, 200);
    }
    let seen = String::from_utf8(proxy.requests().remove(0)).unwrap();
    let port = server.address.port();
    assert_eq!(
        seen,
        format!(
            "CONNECT localhost:{port} HTTP/1.1\r\nhost: localhost:{port}\r\n\
             proxy-authorization: Basic dXNAZXI6czNjcmV0\r\n\r\n"
        )
    );
    assert_eq!((proxy.requests().len(), proxy.connections()), (1, 1));
    use akua_http::transport::Transport;
    assert!(!transport.hops_may_replay());
}

#[test]
fn plain_http_goes_through_a_tunnel_too() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let proxy = proxy(OPEN, Some(server.address()));
    let transport = HttpTransport::new(&through(TransportConfig::new(server.url()), &proxy)).unwrap();
    assert_eq!(send(&transport, &patch(), LONG).unwrap().status, 200);
    assert!(server.requests()[0].starts_with(b"PATCH /v1/clusters/clu_1 HTTP/1.1\r\n"));
    use akua_http::transport::Transport;
    assert!(transport.hops_may_replay());
}

#[test]
fn a_proxy_that_opens_no_way() {
    let cases: [(&[u8], &str); 5] = [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            "user name",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\nno", "403"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://x/\r\n\r\n", "302"),
        (b"nonsense\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n", "deadline"),
    ];
    for (answer, said) in cases {
        let proxy = proxy(answer, None);
        let url = BaseUrl::parse("https://service.example").unwrap();
        let mut config = through(TransportConfig::new(url), &proxy);
        config.extra_root_certificates.push(Authority::new().pem());
        let transport = HttpTransport::new(&config).unwrap();
        let failure = send(&transport, &patch(), Duration::from_millis(500)).unwrap_err();
        let kind = match said {
            "deadline" => FailureKind::Timeout,
            "not HTTP" => FailureKind::Proxy,
            _ => FailureKind::ProxyRefused,
        };
        assert_eq!((failure.kind(), failure.sent()), (kind, Sent::NotSent), "{failure}");
        let shown = format!("{failure} {failure:?} {transport:?} {config:?}");
        assert!(failure.to_string().contains(said), "{failure}");
        assert!(!shown.contains("s3cret") && !shown.contains("czNjcmV0"), "{shown}");
        // The question for a way, and not a byte more.
        assert_eq!(proxy.requests().len(), 1);
        assert_eq!(proxy.bytes(), proxy.requests()[0].len());
        assert!(proxy.requests()[0].starts_with(b"CONNECT service.example:443 "));
    }
}

#[test]
fn d_a_proxy_may_say_more_before_it_opens_a_way_and_end_its_lines_with_lf() {
    for answer in [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".as_slice(),
        b"HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nlink: <x>\n\nHTTP/1.0 200 OK\nvia: a\n\n",
        b"HTTP/1.1 200\r\nvia: a\r\n b\r\ncontent-length: 5\r\n\n",
        b"HTTP/1.1 200 \n\n",
    ] {
        let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        let proxy = proxy(answer, Some(server.address()));
        let transport = HttpTransport::new(&through(TransportConfig::new(server.url()), &proxy)).unwrap();
        let answer = send(&transport, &get(), LONG).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((answer.status, &*answer.body), (200, b"{}".as_slice()));
    }
}

#[test]
fn c14_a_proxy_that_refuses_is_asked_once_in_a_call() {
    type Call = fn(&Client) -> Result<Report, Error>;
    let calls: [(&str, Call); 4] = [
        ("get", |client| {
            client.clusters().get(&"clu_1".parse()?).map(|_| panic!())
        }),
        ("list", |client| {
            client.clusters().page(&PageQuery::default()).map(|_| panic!())
        }),
        ("update", |client| {
            let update = client.clusters().update(&"clu_1".parse()?, &"42".parse()?, &name());
            update.map(|_| panic!())
        }),
        ("edit", |client| {
            let id: ClusterId = "clu_1".parse()?;
            Ok(Report::from(&client.clusters().edit(id, name())?))
        }),
    ];
    for (answer, asked) in [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n".as_slice(),
            1,
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", 1),
        (b"HTTP/1.1 302 Found\r\n\r\n", 1),
        (b"HTTP/1.1 503 Busy\r\n\r\n", 2),
        (b"HTTP/1.1 429 Busy\r\n\r\n", 2),
    ] {
        for (what, call) in calls {
            let proxy = proxy(answer, None);
            let url = ProxyUrl::parse(&format!("http://us%40er:s3cret@{}", proxy.address())).unwrap();
            let client = Client::builder()
                .token("t")
                .base_url("https://service.example")
                .proxy(url);
            let client = client.timeout(Duration::from_secs(5)).build().unwrap();
            let report = call(&client).unwrap_or_else(|error| Report::from(&error));
            let asked = if what == "update" { 1 } else { asked };
            assert!(proxy.requests().len() >= asked, "{what}: {report:?}");
            assert!(
                asked > 1 || proxy.requests().len() == 1,
                "{what}: {} CONNECTs",
                proxy.requests().len()
            );
            assert_eq!(report.effect, Effect::NotSent, "{what}");
            assert!(
                report.hint.is_some() && !report.message.contains("s3cret"),
                "{what}: {}",
                report.message
            );
        }
    }
}

fn name() -> ClusterPatch {
    ClusterPatch::builder().name("ours").build().unwrap()
}
