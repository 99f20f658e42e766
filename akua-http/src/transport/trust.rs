//! Whom a client trusts: the operating system's store and the extra certificates given.
//!
//! Where the store is a set of files it is read here, not by the verifier made for it: that one logs a file that it can't
//! read in the words of its PEM reader, which repeats a line of the file. `SSL_CERT_FILE` may name the wrong file, such as
//! the one with the private key.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

/// What checks the certificates of servers.
///
/// # Errors
///
/// Nobody is trusted, or the store can't be asked; with the way out.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
pub(super) fn verifier(
    extra_roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;

    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(extra_roots.iter().cloned());
    let system = rustls_native_certs::load_native_certs();
    let (_, unusable) = roots.add_parsable_certificates(system.certs);
    let unreadable = system.errors.len();
    if unusable + unreadable > 0 {
        tracing::warn!(
            unreadable,
            unusable,
            "the system's trust store has certificates or files that can't be used"
        );
    }
    if roots.is_empty() {
        let found = match unreadable {
            0 => "none was found",
            _ => "what was found can't be read",
        };
        return Err(no_authorities(found));
    }
    match WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build() {
        Ok(verifier) => Ok(verifier),
        Err(_) => Err(no_authorities("they can't be used")),
    }
}

/// What checks the certificates of servers.
///
/// # Errors
///
/// Nobody is trusted, or the store can't be asked; with the way out.
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
pub(super) fn verifier(
    extra_roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    use rustls_platform_verifier::Verifier;

    match Verifier::new_with_extra_roots(extra_roots.iter().cloned(), Arc::clone(provider)) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        Err(_) => Err(no_authorities("the system's store can't be used")),
    }
}

fn no_authorities(found: &str) -> String {
    format!(
        "no trusted certificate authorities: {found}; install them (on Debian: apt-get install ca-certificates) or \
         configure extra root certificates"
    )
}
