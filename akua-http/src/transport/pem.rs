//! PEM texts: their sections, found and told apart before any of them is decoded, and what is wrong with them.
//!
//! What is said of a text here is in words of this room alone and holds nothing of the text, not even a label or a line
//! that looks harmless: where line breaks are lost, the first line is the whole private key. So nothing that a decoder
//! says is passed on either.

use std::fmt;

use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

/// A certificate, and where it stands in its text.
pub(super) struct Found {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) place: Place,
}

/// Where a section stands in its text.
#[derive(Clone, Copy)]
pub(super) struct Place {
    section: usize,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "section {} (at line {})", self.section, self.line)
    }
}

/// The certificates of a text, one at least. Sections of another kind are passed over.
///
/// # Errors
///
/// What is wrong with the text, without any of it.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Found>, String> {
    let sections = sections(pem)?;
    let mut found = Vec::new();
    for section in sections.iter().filter(|section| section.label == Label::Certificate) {
        let der = section.decode("CERTIFICATE")?;
        found.push(Found {
            certificate: CertificateDer::from(der.to_vec()),
            place: section.place,
        });
    }
    if found.is_empty() {
        return Err(missing("certificate", &sections));
    }
    Ok(found)
}

/// The private key of a text. Sections of another kind are passed over.
///
/// # Errors
///
/// What is wrong with the text, without any of it. Two keys are refused: which one is meant can't be known.
pub(super) fn private_key(pem: &[u8]) -> Result<(PrivateKeyDer<'static>, Place), String> {
    let sections = sections(pem)?;
    let mut keys = sections
        .iter()
        .filter_map(|section| section.label.key().map(|label| (section, label)));
    let Some((section, label)) = keys.next() else {
        if let Some(section) = sections.iter().find(|section| section.label == Label::EncryptedKey) {
            return Err(format!("{} is {ENCRYPTED}", section.place));
        }
        return Err(missing("private key", &sections));
    };
    if let Some((second, _)) = keys.next() {
        let first = section.place;
        return Err(format!(
            "there are two private keys in it, in {first} and in {}: give the one that belongs to the certificate",
            second.place
        ));
    }
    if section.lines.iter().any(|line| line.contains(&b':')) {
        return Err(format!("{} is {ENCRYPTED}", section.place));
    }
    let text = section.text(label);
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| section.broken())?;
    Ok((key, section.place))
}

const ENCRYPTED: &str = "a private key under a passphrase: take that off first, as `openssl pkey` does";

/// One `-----BEGIN …-----` with its `-----END …-----`.
struct Section<'a> {
    place: Place,
    label: Label,
    /// Without blanks around them.
    lines: Vec<&'a [u8]>,
}

impl Section<'_> {
    /// The section alone, as the decoder wants it.
    fn text(&self, label: &str) -> Zeroizing<Vec<u8>> {
        let body: usize = self.lines.iter().map(|line| line.len() + 1).sum();
        // Large enough from the start: what a growing vector leaves behind is not wiped.
        let mut text = Zeroizing::new(Vec::with_capacity(body + 2 * label.len() + 40));
        text.extend(format!("-----BEGIN {label}-----\n").into_bytes());
        for line in &self.lines {
            text.extend(*line);
            text.push(b'\n');
        }
        text.extend(format!("-----END {label}-----\n").into_bytes());
        text
    }

    fn decode(&self, label: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        match <(SectionKind, Vec<u8>)>::from_pem_slice(&self.text(label)) {
            Ok((_, der)) => Ok(Zeroizing::new(der)),
            Err(_) => Err(self.broken()),
        }
    }

    fn broken(&self) -> String {
        if self.lines.iter().any(|line| is_escaped(line)) {
            return format!("{}: {ESCAPED}", self.place);
        }
        format!(
            "{} is no base64 between its BEGIN and END lines: it is damaged or cut off",
            self.place
        )
    }
}

/// The kinds of sections that something can be said about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Certificate,
    Key(&'static str),
    EncryptedKey,
    Other(&'static str),
    Unknown,
}

impl Label {
    fn of(text: &[u8]) -> Self {
        match text {
            b"CERTIFICATE" => Self::Certificate,
            b"PRIVATE KEY" => Self::Key("PRIVATE KEY"),
            b"RSA PRIVATE KEY" => Self::Key("RSA PRIVATE KEY"),
            b"EC PRIVATE KEY" => Self::Key("EC PRIVATE KEY"),
            b"ENCRYPTED PRIVATE KEY" => Self::EncryptedKey,
            b"OPENSSH PRIVATE KEY" => Self::Other("a private key in OpenSSH's own format"),
            b"PUBLIC KEY" | b"RSA PUBLIC KEY" => Self::Other("a public key"),
            b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => Self::Other("a request for a certificate"),
            b"X509 CRL" => Self::Other("a list of revoked certificates"),
            b"TRUSTED CERTIFICATE" | b"X509 CERTIFICATE" => {
                Self::Other("a certificate in an older format, which `openssl x509` turns into today's")
            }
            b"PKCS7" | b"CMS" => Self::Other("a PKCS #7 bundle, which `openssl pkcs7 -print_certs` takes apart"),
            _ => Self::Unknown,
        }
    }

    fn key(self) -> Option<&'static str> {
        match self {
            Self::Key(label) => Some(label),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Certificate => "a certificate",
            Self::Key(_) => "a private key",
            Self::EncryptedKey => "a private key under a passphrase",
            Self::Other(words) => words,
            Self::Unknown => "something whose label is not known",
        }
    }
}

fn missing(wanted: &str, sections: &[Section<'_>]) -> String {
    match sections.first() {
        Some(first) => format!("there is no {wanted} in it; {} is {}", first.place, first.label.words()),
        None => format!("there is no {wanted} in it"),
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const HYPHENS: &[u8] = b"-----";

/// All sections of a text, one at least.
fn sections(pem: &[u8]) -> Result<Vec<Section<'_>>, String> {
    let text = pem.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(pem);
    if let Some(fault) = not_a_text(text) {
        return Err(fault.to_owned());
    }
    let mut sections = Vec::new();
    // The section that has begun, and its label as it stands there.
    let mut open: Option<(Section<'_>, &[u8])> = None;
    for (number, line) in lines(text) {
        if !has(line, HYPHENS) {
            if let Some((section, _)) = &mut open {
                section.lines.push(line);
            }
        } else if has(line, BEGIN) {
            if let Some((section, _)) = open {
                return Err(format!("{} has no END line before another one begins", section.place));
            }
            let label = begun(line).map_err(|fault| format!("line {number}: {fault}"))?;
            let place = Place {
                section: sections.len() + 1,
                line: number,
            };
            let section = Section {
                place,
                label: Label::of(label),
                lines: Vec::new(),
            };
            open = Some((section, label));
        } else if has(line, END) {
            let Some((section, label)) = open.take() else {
                return Err(format!("line {number}: an END line, but nothing has begun before it"));
            };
            if is_escaped(line) {
                return Err(format!("line {number}: {ESCAPED}"));
            }
            let ended = line.strip_prefix(END).and_then(|rest| rest.strip_suffix(HYPHENS));
            if ended != Some(label) {
                return Err(format!(
                    "{} has no END line like its BEGIN line; the one at line {number} has another label or something \
                     beside it",
                    section.place
                ));
            }
            sections.push(section);
        } else if let Some((section, _)) = open {
            return Err(section.broken());
        }
    }
    if let Some((section, _)) = open {
        return Err(format!("{} has no END line: the text is cut off", section.place));
    }
    if sections.is_empty() {
        return Err(if has(text, b"BEGIN ") {
            "there is no PEM section in it: its BEGIN line is not `-----BEGIN …-----` with five hyphens on both sides"
                .to_owned()
        } else {
            "there is no PEM section in it: give what stands in the file, from `-----BEGIN` to `-----END`, not its name"
                .to_owned()
        });
    }
    Ok(sections)
}

/// Why bytes are no text that a section could stand in.
fn not_a_text(bytes: &[u8]) -> Option<&'static str> {
    if bytes.trim_ascii().is_empty() {
        return Some("it is empty");
    }
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(UTF_16),
        [0, other, ..] | [other, 0, ..] if *other != 0 => Some(UTF_16),
        [0x30, length, rest @ ..] if *length >= 0x80 || usize::from(*length) == rest.len() => Some(
            "it is in a binary format (DER or PKCS #12), not in PEM: turn it into PEM, as `openssl` does with \
             `-outform pem`",
        ),
        _ if bytes.contains(&0) => Some("there is a NUL byte in it: it is no text"),
        _ => None,
    }
}

const UTF_16: &str = "it is in UTF-16: save it as UTF-8 or ASCII";

/// The label of a line that has a BEGIN in it, or what is wrong with that line.
fn begun(line: &[u8]) -> Result<&[u8], &'static str> {
    if is_escaped(line) {
        return Err(ESCAPED);
    }
    let Some(rest) = line.strip_prefix(BEGIN) else {
        return Err("something stands before `-----BEGIN` on its line, such as a quotation mark: take it away");
    };
    if has(rest, END) {
        return Err("BEGIN and END stand on one line: the line breaks of the text are lost, put them back");
    }
    match rest.strip_suffix(HYPHENS) {
        Some(label) if !has(label, HYPHENS) && !label.ends_with(b"-") => Ok(label),
        _ => Err("its BEGIN line does not end in five hyphens: the line breaks of the text are lost, or it is damaged"),
    }
}

const ESCAPED: &str = "its line breaks are the two characters `\\n`: put real line breaks in their place (an environment \
                       variable or a JSON text was taken as it stands)";

fn is_escaped(line: &[u8]) -> bool {
    has(line, b"\\n") || has(line, b"\\r")
}

/// The lines with their numbers, whatever breaks them, without blanks around them.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let whole = text.split(|byte| *byte == b'\n').enumerate();
    whole.flat_map(|(index, line)| {
        let parts = line.split(|byte| *byte == b'\r').map(<[u8]>::trim_ascii);
        parts.filter(|part| !part.is_empty()).map(move |part| (index + 1, part))
    })
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
