//! TLS: the operating system's trust store and the extra certificates given, always checked, no way to turn it off.
//!
//! This room builds its own rustls configuration instead of letting the HTTP library do it, for three reasons:
//! extra roots must add to the system's store rather than replace it, what is wrong with them must be an error
//! rather than a panic or silence, and every wait in a handshake must notice a cancel.
//!
//! Early data is never sent: it could be replayed.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, ClientConnection, Error as RustlsError, InconsistentKeys, RootCertStore};

use super::base_url::HostName;
use super::config::ClientCertificate;
use super::config_error::ConfigError;
use super::failure::FailureKind;
use super::flight::Flight;
use super::pem::{self, Found};
use super::socket::{Idle, InFlight, Socket, WithoutWaiting};
use super::trust;

/// What TLS is configured with, checked as far as it can be without the system's store.
pub(super) struct TlsSettings {
    provider: Arc<CryptoProvider>,
    extra_roots: Vec<CertificateDer<'static>>,
    client: Option<Arc<CertifiedKey>>,
}

impl TlsSettings {
    pub(super) fn new(extra_roots: &[Vec<u8>], client: Option<&ClientCertificate>) -> Result<Self, ConfigError> {
        let provider = Arc::new(ring::default_provider());
        let extra_roots = roots(extra_roots)?;
        let client = client.map(|client| certified_key(client, &provider)).transpose()?;
        Ok(Self {
            provider,
            extra_roots,
            client,
        })
    }

    /// Reads the system's trust store, which takes some milliseconds, and builds what connections are made with.
    ///
    /// The result holds a cache of sessions behind a lock: it belongs to the process that made it.
    ///
    /// # Errors
    ///
    /// Why nobody is trusted, and the way out.
    pub(super) fn load(&self) -> Result<Arc<ClientConfig>, String> {
        let verifier = trust::verifier(&self.extra_roots, &self.provider)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| "this build has no version of TLS".to_owned())?
            .dangerous() // The name of the door for every verifier of one's own: this one is the system's.
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.client {
            Some(key) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(key)))),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// The certificates of these texts, each of them one that something can be trusted by.
fn roots(bundles: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let mut roots = Vec::new();
    let mut check = RootCertStore::empty();
    for (index, bundle) in bundles.iter().enumerate() {
        let refuse = |reason: String| ConfigError::ExtraRoots {
            reason: match bundles.len() {
                1 => reason,
                all => format!("text {} of {all}: {reason}", index + 1),
            },
        };
        for Found { certificate, place } in pem::certificates(bundle).map_err(refuse)? {
            // What rustls says of it is left out, as whatever a decoder says of its input.
            if check.add(certificate.clone()).is_err() {
                return Err(refuse(format!("{place} {NO_CERTIFICATE}")));
            }
            roots.push(certificate);
        }
    }
    Ok(roots)
}

/// The client's certificates with its key, which belong together as far as that can be told.
fn certified_key(client: &ClientCertificate, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, ConfigError> {
    let refuse = |reason: String| ConfigError::ClientCertificate { reason };
    let mut chain = Vec::new();
    for Found { certificate, place } in pem::certificates(client.chain_pem()).map_err(refuse)? {
        // All of them: what is no certificate could be the key under a wrong label, and the chain is sent to the server.
        if ParsedCertificate::try_from(&certificate).is_err() {
            return Err(refuse(format!("{place} {NO_CERTIFICATE}")));
        }
        chain.push(certificate);
    }
    let of_key = |reason: String| refuse(format!("its private key: {reason}"));
    let (key, place) = pem::private_key(client.key_pem()).map_err(of_key)?;
    let key = provider.key_provider.load_private_key(key).map_err(|_| {
        of_key(format!(
            "{place} can't be used: it is damaged or cut off, or of a kind that is not supported (RSA of 2048 to 8192 \
             bits, ECDSA on P-256 or P-384, Ed25519)"
        ))
    })?;
    let key = CertifiedKey::new(chain, key);
    match key.keys_match() {
        Ok(()) | Err(RustlsError::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Arc::new(key)),
        Err(_) => Err(refuse(
            "the first certificate and the private key don't belong together".to_owned(),
        )),
    }
}

const NO_CERTIFICATE: &str = "holds no X.509 certificate: it is damaged or cut off, or something else under its label";

/// A TLS connection.
pub(super) struct TlsStream {
    connection: ClientConnection,
    socket: Socket,
    /// The other side takes nothing any more; what it said before may still be read.
    write_closed: bool,
}

impl TlsStream {
    /// Shakes hands over `socket`, and fails with a fault noted in `flight`.
    pub(super) fn open(
        config: Arc<ClientConfig>,
        host: &HostName,
        mut socket: Socket,
        flight: &Flight,
    ) -> io::Result<Self> {
        let name = match host {
            HostName::Ip(ip) => ServerName::from(*ip),
            HostName::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| {
                flight.fail(
                    FailureKind::Tls,
                    format!("{name} is no name that a certificate can have"),
                )
            })?,
        };
        let mut connection = ClientConnection::new(config, name).map_err(|error| refused(flight, &error))?;
        let mut wire = InFlight {
            socket: &mut socket,
            flight,
        };
        while connection.is_handshaking() {
            if let Err(error) = connection.complete_io(&mut wire) {
                hear_the_reason(&mut connection, &mut socket, flight);
                return Err(during_handshake(flight, error));
            }
        }
        Ok(Self {
            connection,
            socket,
            write_closed: false,
        })
    }

    /// Takes some of `bytes`. What it took counts as handed over, whether or not it has left this machine.
    pub(super) fn write(&mut self, flight: &Flight, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.connection.writer().write(bytes)?;
        flight.handed_over(taken);
        self.flush(flight)?;
        Ok(taken)
    }

    fn flush(&mut self, flight: &Flight) -> io::Result<()> {
        let mut wire = InFlight {
            socket: &mut self.socket,
            flight,
        };
        while self.connection.wants_write() && !self.write_closed {
            if let Err(error) = self.connection.write_tls(&mut wire) {
                self.write_closed = true;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Reads what is there, waiting for the first byte. 0 is the orderly end.
    pub(super) fn read(&mut self, flight: &Flight, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // No farewell: what came so far may have been cut off by anybody on the way.
                Err(_) => return Err(flight.fail(FailureKind::ConnectionLost, CUT_OFF)),
            }
            // Reading may have something to say, such as the answer to a key update.
            if let Err(error) = self.flush(flight) {
                match flight.take_fault() {
                    Some(fault) if fault.kind == FailureKind::ConnectionLost => {}
                    Some(fault) => return Err(flight.fail(fault.kind, fault.message)),
                    None => return Err(error),
                }
            }
            self.connection.read_tls(&mut InFlight {
                socket: &mut self.socket,
                flight,
            })?;
            self.process(flight)?;
        }
    }

    fn process(&mut self, flight: &Flight) -> io::Result<()> {
        match self.connection.process_new_packets() {
            Ok(_) => Ok(()),
            Err(error) => {
                let failed = refused(flight, &error);
                // Tell the other side why, if it still listens; the first fault is the one that counts.
                let _ = self.flush(flight);
                Err(failed)
            }
        }
    }

    /// Whether nothing but TLS's own messages waits in it, without waiting.
    pub(super) fn is_quiet(&mut self) -> bool {
        loop {
            // A goodbye may have come along with the last answer, so what was read before counts too.
            match self.connection.process_new_packets() {
                Ok(state) if state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed() => {}
                _ => return false,
            }
            match self.socket.idle() {
                Idle::Quiet => return true,
                Idle::Ended => return false,
                Idle::Bytes => {}
            }
            if !matches!(self.connection.read_tls(&mut WithoutWaiting(&mut self.socket)), Ok(1..)) {
                return false;
            }
        }
    }
}

const CUT_OFF: &str = "the connection was cut off without the end of TLS that the server owes";

/// A server that refuses a handshake says why and closes; whoever writes at that moment learns only that it closed.
fn hear_the_reason(connection: &mut ClientConnection, socket: &mut Socket, flight: &Flight) {
    let Some(fault) = flight.take_fault() else { return };
    if fault.kind == FailureKind::ConnectionLost {
        let _ = connection.read_tls(&mut WithoutWaiting(socket));
        if let Err(error) = connection.process_new_packets() {
            refused(flight, &error);
        }
    }
    flight.fail(fault.kind, fault.message);
}

fn during_handshake(flight: &Flight, error: io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<RustlsError>()) {
        Some(error) => refused(flight, error),
        None if error.kind() == ErrorKind::UnexpectedEof => flight.fail(
            FailureKind::Tls,
            "the server closed the connection in the TLS handshake; check that this port speaks https",
        ),
        // The socket has noted its own fault; this one is kept only if there is none.
        None => flight.fail(FailureKind::Tls, format!("the TLS handshake failed: {error}")),
    }
}

fn refused(flight: &Flight, error: &RustlsError) -> io::Error {
    use rustls::CertificateError as Certificate;
    let hint = match error {
        RustlsError::InvalidMessage(_) => "; check that this port speaks https",
        RustlsError::InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            "; if the service has a certificate authority of its own, configure it as an extra root certificate"
        }
        RustlsError::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "; check this machine's clock"
        }
        RustlsError::AlertReceived(_) => "; the server may ask for a client certificate",
        _ => "",
    };
    flight.fail(FailureKind::Tls, format!("TLS failed: {error}{hint}"))
}

impl std::fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsStream")
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}
