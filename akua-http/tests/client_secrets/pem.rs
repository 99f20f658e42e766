//! One private key, given wrongly in every way that people have found, as every setting that takes PEM: no eight bytes of
//! it are seen again, and what is wrong is said.

use std::path::Path;
use std::process::Command;

use akua_http::Client;
use akua_http::transport::{BaseUrl, ClientCertificate, HttpTransport, TransportConfig};
use serde_json::Value;

use crate::recorder::{record_everything, recorded};

/// What is in `conformance/data/pem_forms.json`, for all languages.
struct Forms {
    certificate: String,
    private_key: String,
    secrets: Vec<Vec<u8>>,
    forms: Vec<Form>,
}

struct Form {
    name: String,
    bytes: Vec<u8>,
    /// What is said of it as a key; none: it is taken.
    says: Option<String>,
}

impl Forms {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/data/pem_forms.json");
        let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let form = |form: &Value| {
            let once = match form.get("hex") {
                Some(hex) => from_hex(hex.as_str().unwrap()),
                None => text(&form["text"]).into_bytes(),
            };
            let times = form.get("times").map_or(1, |times| times.as_u64().unwrap() as usize);
            Form {
                name: text(&form["name"]),
                bytes: once.repeat(times),
                says: form["key"].as_str().map(str::to_owned),
            }
        };
        Self {
            certificate: text(&all["certificate"]),
            private_key: text(&all["private_key"]),
            secrets: (all["secret"].as_array().unwrap().iter())
                .map(|secret| from_hex(secret.as_str().unwrap()))
                .collect(),
            forms: all["forms"].as_array().unwrap().iter().map(form).collect(),
        }
    }

    fn check(&self, what: &str, shown: &str) {
        let found = self.secrets.iter().find_map(|secret| seen(shown, secret));
        assert_eq!(found, None, "{what} shows the key: {shown}");
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// How eight bytes in a row of `secret` can be seen in `shown`.
fn seen(shown: &str, secret: &[u8]) -> Option<&'static str> {
    let runs = shown.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let numbers: Vec<u8> = runs.map(|run| run.parse().unwrap_or(0)).collect();
    let hex: String = shown
        .replace("0x", "")
        .replace("\\x", "")
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect::<String>()
        .to_lowercase();
    secret.windows(8).find_map(|eight| {
        if has(shown.as_bytes(), eight) {
            Some("as it is")
        } else if has(&numbers, eight) {
            Some("as decimal numbers")
        } else if hex.contains(&eight.iter().map(|byte| format!("{byte:02x}")).collect::<String>()) {
            Some("in hexadecimal")
        } else if shown.contains(&base64(&eight[..6])) {
            // Eight bytes hold six that begin a group of base64.
            Some("in base64")
        } else {
            None
        }
    })
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn base64(six: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = six.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..8)
        .map(|digit| char::from(DIGITS[(bits >> (42 - 6 * digit) & 63) as usize]))
        .collect()
}

#[test]
fn b1_what_looks_for_the_key_finds_it_in_every_notation() {
    let forms = Forms::read();
    for secret in &forms.secrets {
        let part = &secret[3..12];
        let spaced: Vec<_> = part.iter().map(|byte| format!("{byte:02X}")).collect();
        for shown in [
            format!("{part:?}"),
            format!("{part:#?}"),
            format!("{part:02x?}"),
            format!("{part:#04x?}"),
            spaced.concat(),
            spaced.join(":"),
            format!("<{}>", base64(&part[..6])),
            format!("<{}>", base64(&part[2..8])),
        ] {
            assert!(seen(&shown, secret).is_some(), "{shown}");
        }
        assert_eq!(seen("section 1 (at line 1): 48, 130, 1", secret), None);
    }
    let body = String::from_utf8(forms.secrets[1].clone()).unwrap();
    assert!(forms.private_key.contains(&body) && seen(&body, &forms.secrets[1]).is_some());
}

#[test]
fn b1_no_form_of_a_wrong_pem_text_shows_the_key() {
    record_everything();
    let forms = Forms::read();
    assert!(forms.forms.len() >= 70);
    let (certificate, key) = (&forms.certificate, &forms.private_key);
    for Form { name, bytes, says } in &forms.forms {
        type Settings = fn(&mut TransportConfig, Vec<u8>, &str, &str);
        let settings: [(&str, Settings); 6] = [
            ("key", |config, form, certificate, _| {
                config.client_certificate = Some(ClientCertificate::from_pem(certificate, form));
            }),
            ("chain", |config, form, _, key| {
                config.client_certificate = Some(ClientCertificate::from_pem(form, key));
            }),
            ("chain, behind the right one", |config, form, certificate, key| {
                let chain = [certificate.as_bytes(), &form].concat();
                config.client_certificate = Some(ClientCertificate::from_pem(chain, key));
            }),
            ("chain and key", |config, form, _, _| {
                config.client_certificate = Some(ClientCertificate::from_pem(form.clone(), form));
            }),
            ("root", |config, form, _, _| config.extra_root_certificates.push(form)),
            ("second root", |config, form, certificate, _| {
                config.extra_root_certificates.push(certificate.into());
                config
                    .extra_root_certificates
                    .push([certificate.as_bytes(), &form].concat());
            }),
        ];
        for (setting, set) in settings {
            let what = format!("{name}, as {setting}");
            let mut config = TransportConfig::new(BaseUrl::parse("https://127.0.0.1:1").unwrap());
            set(&mut config, bytes.clone(), certificate, key);
            let built = HttpTransport::new(&config);
            forms.check(&what, &format!("{config:?} {config:#?} {built:?} {built:#?}"));
            if let Err(error) = &built {
                let shown = error.to_string();
                forms.check(&what, &shown);
                let named = match setting {
                    "key" => "client certificate: its private key: ",
                    "root" => "extra root certificates: ",
                    "second root" => "extra root certificates: text 2 of 2: ",
                    _ => "client certificate: ",
                };
                assert!(shown.starts_with(named), "{what}: {shown}");
            }
            if setting == "key" {
                let shown = built.as_ref().map_err(ToString::to_string).err();
                let said = match (says, &shown) {
                    (None, None) => true,
                    (Some(words), Some(shown)) => shown.contains(words.as_str()),
                    _ => false,
                };
                assert!(said, "{what}: {shown:?} and not {says:?}");
            }
            // The same by the builder of a client.
            let mut builder = Client::builder().token("t").base_url("https://127.0.0.1:1");
            for root in config.extra_root_certificates {
                builder = builder.extra_root_certificates(root);
            }
            if let Some(certificate) = config.client_certificate {
                builder = builder.client_certificate(certificate);
            }
            forms.check(&what, &format!("{builder:?}"));
            let client = builder.build();
            assert_eq!(client.is_ok(), built.is_ok(), "{what}");
            forms.check(&what, &format!("{client:?} {client:#?}"));
            if let Err(error) = client {
                forms.check(&what, &format!("{error} {:?} {:?}", error.hint(), error.problems()));
            }
            forms.check(&what, &recorded().text);
        }
    }
}

#[test]
fn b1_a_bundle_says_which_of_its_certificates_is_wrong() {
    let forms = Forms::read();
    let good = &forms.certificate;
    let wrong = good.replace("MIIB", "AAAA");
    for (bundles, place) in [
        (
            vec![[good, wrong.as_str()].concat()],
            "section 2 (at line 12) holds no X.509",
        ),
        (
            vec![[good, good, wrong.as_str(), good].concat()],
            "section 3 (at line 23) holds no X.509",
        ),
        (
            vec![good.clone(), wrong.clone()],
            "text 2 of 2: section 1 (at line 1) holds no X.509",
        ),
        (
            vec![format!("{good}{}", good.replace("MIIB", "*"))],
            "section 2 (at line 12) is no base64",
        ),
        (
            vec![format!("# ours\n\n{good}{}", &good[..200])],
            "section 2 (at line 14) has no END line",
        ),
    ] {
        let mut config = TransportConfig::new(BaseUrl::parse("https://127.0.0.1:1").unwrap());
        config.extra_root_certificates = bundles.into_iter().map(String::into_bytes).collect();
        let error = HttpTransport::new(&config).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
    }
}

/// The files that the system's store is said to be in are an input as well.
#[test]
fn b1_no_form_in_the_systems_trust_store_shows_the_key() {
    const CHILD: &str = "AKUA_TEST_PEM_CHILD";
    let forms = Forms::read();
    if std::env::var_os(CHILD).is_some() {
        record_everything();
        let builder = Client::builder().token("t").base_url("https://127.0.0.1:1");
        let client = builder.no_proxy().build().unwrap();
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", server.local_addr().unwrap());
        let reached = Client::builder().token("t").base_url(&url).no_proxy().build().unwrap();
        std::thread::spawn(move || server.incoming().for_each(drop));
        for client in [client, reached] {
            let error = client.clusters().get(&"clu_1".parse().unwrap()).unwrap_err();
            forms.check("an error", &format!("{error} {error:?} {:?}", error.hint()));
        }
        let text = recorded().text;
        assert!(text.contains("trust store") && text.contains("attempt ended"), "{text}");
        forms.check("a trace", &text);
        return;
    }
    let folder = std::env::temp_dir().join(format!("akua-pem-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (number, form) in forms.forms.iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.pem")), &form.bytes).unwrap();
    }
    let run = |variable: &str, value: &Path| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "pem::b1_no_form_in_the_systems_trust_store_shows_the_key",
                "--nocapture",
            ])
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs([(CHILD, "1")])
            .env(variable, value)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        forms.check(variable, &text);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{variable}: {text}"
        );
    };
    run("SSL_CERT_DIR", &folder);
    let escaped = forms
        .forms
        .iter()
        .position(|form| form.name == "line breaks as \\n")
        .unwrap();
    run("SSL_CERT_FILE", &folder.join(format!("{escaped}.pem")));
    std::fs::remove_dir_all(&folder).unwrap();
}
