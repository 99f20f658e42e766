//! What a server receives, byte by byte: every header that is there is meant.

use akua_http::deadline::Deadline;
use akua_http::transport::{BaseUrl, Call, HttpTransport, Transport, TransportConfig};
use akua_model::{Cluster, ClusterPatch, request};

use crate::server::{LONG, Server, get, patch, send, transport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn only_request(server: &Server) -> String {
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1);
    String::from_utf8(requests.remove(0)).unwrap()
}

#[test]
fn a_read_has_four_lines_and_no_more() {
    let server = Server::answering(OK);
    let answer = send(&transport(server.url()), &get(), LONG).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
    assert_eq!(
        only_request(&server),
        format!(
            "GET /v1/clusters/clu_1 HTTP/1.1\r\nhost: {}\r\nuser-agent: akua/{}\r\n\
             authorization: Bearer sk_akua_test\r\n\r\n",
            server.address(),
            env!("CARGO_PKG_VERSION"),
        )
    );
}

#[test]
fn a_write_has_its_etag_type_and_length_and_no_chunks() {
    let server = Server::answering(OK);
    send(&transport(server.url()), &patch(), LONG).unwrap();
    assert_eq!(
        only_request(&server),
        format!(
            "PATCH /v1/clusters/clu_1 HTTP/1.1\r\nhost: {}\r\nuser-agent: akua/{}\r\n\
             authorization: Bearer sk_akua_test\r\ncontent-type: application/json\r\nif-match: 42\r\n\
             content-length: 18\r\n\r\n{{\"name\":\"prod-eu\"}}",
            server.address(),
            env!("CARGO_PKG_VERSION"),
        )
    );
}

#[test]
fn everything_optional_at_once() {
    let server = Server::answering(OK);
    let mut config = TransportConfig::new(BaseUrl::parse(&format!("http://{}/gate/v1/", server.address())).unwrap());
    config.user_agent_suffix = Some("sync/2 (nightly)".to_owned());
    let transport = HttpTransport::new(&config).unwrap();
    let body = ClusterPatch::builder().name("é").region_id("eu").build().unwrap();
    let request = request::update_with_key(
        &"clu é".parse().unwrap(),
        &"\"7\"".parse().unwrap(),
        &body,
        Some(&"ws_1".parse().unwrap()),
        &"key-1".parse().unwrap(),
    );
    let call = Call::new(&request, Deadline::after(LONG)).with_traceparent("00-aa-bb-01");
    transport.send(&call).unwrap();
    assert_eq!(
        only_request(&server),
        format!(
            "PATCH /gate/v1/clusters/clu%20%C3%A9 HTTP/1.1\r\nhost: {}\r\nuser-agent: akua/{} sync/2 (nightly)\r\n\
             content-type: application/json\r\nif-match: \"7\"\r\nakua-context: ws_1\r\nidempotency-key: key-1\r\n\
             content-length: 30\r\ntraceparent: 00-aa-bb-01\r\n\r\n{{\"name\":\"é\",\"region_id\":\"eu\"}}",
            server.address(),
            env!("CARGO_PKG_VERSION"),
        )
    );
}

#[test]
fn a_query_stays_as_it_is() {
    let server = Server::answering(OK);
    let query = akua_model::PageQuery::default().limit(100).unwrap().cursor("a b&c=#");
    send(&transport(server.url()), &request::list::<Cluster>(&query, None), LONG).unwrap();
    assert!(
        only_request(&server).starts_with("GET /v1/clusters?limit=100&cursor=a%20b%26c%3D%23 HTTP/1.1\r\n"),
        "{}",
        only_request(&server)
    );
}

#[test]
fn any_request_is_sent_as_it_was_made_whatever_its_method() {
    for (method, body) in [
        ("POST", None),
        ("PUT", Some(r#"{"a":[1]}"#)),
        ("PATCH", Some("null")),
        ("DELETE", Some("{}")),
        ("DELETE", None),
    ] {
        let server = Server::answering(OK);
        let request = akua_model::AnyRequest::new(method, "/offers/a%2Fb:close").unwrap();
        let request = request.query("dry run", "yes").unwrap();
        let request = match body {
            Some(body) => request.json(&body.parse::<akua_model::Json>().unwrap()).unwrap(),
            None => request,
        };
        let answer = send(&transport(server.url()), &request.request(None), LONG).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
        let (kind, body) = body.map_or(("", ""), |body| ("content-type: application/json\r\n", body));
        assert_eq!(
            only_request(&server),
            format!(
                "{method} /v1/offers/a%2Fb:close?dry%20run=yes HTTP/1.1\r\nhost: {}\r\nuser-agent: akua/{}\r\n\
                 authorization: Bearer sk_akua_test\r\n{kind}content-length: {}\r\n\r\n{body}",
                server.address(),
                env!("CARGO_PKG_VERSION"),
                body.len()
            )
        );
    }
}
