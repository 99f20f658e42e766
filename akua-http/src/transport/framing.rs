//! Puts what arrives into the form that the HTTP library reads, where RFC 9110 and 9112 let a client read more: header
//! lines that are folded, chunks whose lines end in LF alone or say more than a size, trailers, a length that is told twice.
//!
//! It only follows the lines of an answer. Whatever it does not know for sure it leaves to the library to refuse:
//! above all an answer with two lengths, which could be read in two ways.

use memchr::{memchr, memchr_iter};

use super::disguise::Disguise;

/// Where in an answer the next line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Nothing more is looked at: a body that has no lines, or something unknown.
    #[default]
    Rest,
    /// The same of an answer that is hidden: all of it is.
    Hidden,
    StatusLine,
    Header,
    ChunkSize,
    /// So many bytes of a chunk are to come.
    Chunk(usize),
    ChunkEnd,
    Trailer,
}

/// What was seen of one answer.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    /// How many of the unread bytes are done.
    done: usize,
    /// How many of the unread bytes were searched for the end of the line that is not done, in vain.
    searched: usize,
    /// The line before was the status line.
    first: bool,
    /// An answer before the one that counts, such as 100.
    interim: bool,
    http_10: bool,
    /// The header line seen last says how the body is transferred.
    in_transfer_encoding: bool,
    chunked: bool,
    length: Option<Vec<u8>>,
    /// The body is hidden from the library.
    hides: bool,
    /// Chunks were told apart by LF alone: no other answer is to be read behind them.
    doubtful: bool,
}

impl Framing {
    /// An answer is to come, to a request with this disguise.
    pub(super) fn begin(&mut self, disguise: &Disguise) {
        *self = Self {
            at: At::StatusLine,
            hides: disguise.hides_answer(),
            ..Self::default()
        };
    }

    /// Where nothing more is looked at.
    fn rest(&self) -> At {
        if self.hides { At::Hidden } else { At::Rest }
    }

    /// Whether what comes behind this answer could be read in two ways.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// Notes that unread bytes were read.
    pub(super) fn consumed(&mut self, bytes: usize) {
        self.done = self.done.saturating_sub(bytes);
        self.searched = self.searched.saturating_sub(bytes);
    }

    /// Looks at what has arrived: the unread bytes begin at `start`.
    pub(super) fn look(&mut self, bytes: &mut Vec<u8>, start: usize, end: &mut usize, disguise: &Disguise) {
        while self.at != At::Rest {
            let from = start.saturating_add(self.done);
            if self.at == At::Hidden {
                disguise.hide(bytes.get_mut(from..*end).unwrap_or_default());
                self.done = end.saturating_sub(start);
                return;
            }
            let fresh = bytes.get(from..*end).unwrap_or_default();
            if let At::Chunk(left) = self.at {
                let taken = left.min(fresh.len());
                if self.hides {
                    disguise.hide(bytes.get_mut(from..from + taken).unwrap_or_default());
                }
                self.done += taken;
                self.at = if taken == left {
                    At::ChunkEnd
                } else {
                    At::Chunk(left - taken)
                };
                if taken == 0 && left > 0 {
                    return;
                }
                continue;
            }
            if self.at == At::Header && !self.first && matches!(fresh.first(), Some(b' ' | b'\t')) {
                // It goes on with the line before it, whose end becomes blanks: no byte moves.
                for byte in bytes.get_mut(..from).unwrap_or_default().iter_mut().rev().take(2) {
                    if matches!(byte, b'\r' | b'\n') {
                        *byte = b' ';
                    }
                }
            }
            let fresh = bytes.get(from..*end).unwrap_or_default();
            if self.at == At::StatusLine && !self.hides && is_usual(fresh) {
                self.at = At::Rest;
                return;
            }
            let searched = self.searched.saturating_sub(self.done).min(fresh.len());
            let Some(length) = memchr(b'\n', fresh.get(searched..).unwrap_or_default()) else {
                self.searched = self.done + fresh.len();
                return;
            };
            let length = searched + length;
            self.searched = 0;
            let whole_line = fresh.get(..length).unwrap_or_default();
            let line = whole_line.strip_suffix(b"\r").unwrap_or(whole_line);
            // Something on the way may have read on where this line ends.
            let framed = matches!(self.at, At::ChunkSize | At::ChunkEnd | At::Trailer);
            self.doubtful |= framed && line.len() == whole_line.len();
            let whole = from..from + length + 1;
            let put = self.line(line);
            if framed && self.at == At::Hidden {
                // No line of the form: it is hidden as well.
                continue;
            }
            match put {
                Put::AsItIs => self.done += length + 1,
                Put::Instead(text) => {
                    *end = *end - whole.len() + text.len();
                    self.done += text.len();
                    drop(bytes.splice(whole, text));
                }
            }
        }
    }

    /// What a line is, and what the library is to see in its place.
    fn line(&mut self, line: &[u8]) -> Put {
        match self.at {
            At::StatusLine if line.is_empty() => {}
            At::StatusLine => {
                let status = line.get(9..12).unwrap_or_default();
                self.interim = status.starts_with(b"1") && status != b"101";
                self.http_10 = line.starts_with(b"HTTP/1.0");
                self.at = At::Header;
                (self.in_transfer_encoding, self.chunked, self.length) = (false, false, None);
                // What follows a status line is no continuation of it.
                self.first = true;
            }
            At::Header => return self.header(line),
            At::ChunkSize => {
                let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                let number = std::str::from_utf8(size).ok().filter(|size| is_hex(size));
                match number.and_then(|size| usize::from_str_radix(size, 16).ok()) {
                    Some(0) => self.at = At::Trailer,
                    Some(number) => self.at = At::Chunk(number),
                    None => {
                        self.at = self.rest();
                        return Put::line(line);
                    }
                }
                return Put::line(size);
            }
            At::ChunkEnd if line.is_empty() => {
                self.at = At::ChunkSize;
                return Put::line(b"");
            }
            At::Trailer if line.is_empty() => {
                self.at = At::Rest;
                return Put::line(b"");
            }
            At::Trailer => return Put::Instead(Vec::new()),
            At::ChunkEnd => {
                self.at = self.rest();
                return Put::line(line);
            }
            At::Chunk(_) | At::Rest | At::Hidden => {}
        }
        Put::AsItIs
    }

    fn header(&mut self, line: &[u8]) -> Put {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if folded && !std::mem::take(&mut self.first) {
            self.chunked |= self.in_transfer_encoding && is_chunked(line);
            return Put::AsItIs;
        }
        self.first = false;
        if line.is_empty() {
            self.at = match (self.interim, self.chunked && !self.http_10 && self.length.is_none()) {
                (true, _) => At::StatusLine,
                (false, true) => At::ChunkSize,
                (false, false) => self.rest(),
            };
            return Put::AsItIs;
        }
        self.in_transfer_encoding = false;
        if let Some(value) = value_of(line, b"transfer-encoding") {
            self.in_transfer_encoding = true;
            self.chunked |= is_chunked(value);
        } else if let Some(value) = value_of(line, b"content-length") {
            // Told twice alike, in one line or in two, it is told once.
            let mut all = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            let first = all.next().unwrap_or_default();
            let same = all.all(|other| other == first) && self.length.as_deref().is_none_or(|known| known == first);
            let again = self.length.replace(first.to_vec()).is_some();
            match (same, again) {
                (true, true) => return Put::Instead(Vec::new()),
                (true, false) if value.contains(&b',') => {
                    return Put::line(&[b"content-length: ", first].concat());
                }
                _ => {}
            }
        }
        Put::AsItIs
    }
}

/// Whether the whole head is there and nothing in it, nor behind it, is to be looked at line by line: so it is as a rule.
fn is_usual(answer: &[u8]) -> bool {
    if !matches!(answer.strip_prefix(b"HTTP/1.1 "), Some([b'2'..=b'5', ..])) {
        return false;
    }
    let (mut start, mut lengths) = (0, 0);
    for end in memchr_iter(b'\n', answer) {
        let line = answer.get(start..end).unwrap_or_default();
        start = end + 1;
        match line {
            b"\r" => return true,
            // A folded line; perhaps a body in chunks.
            [b' ' | b'\t' | b't' | b'T', ..] => return false,
            [b'c' | b'C', ..] => {
                if let Some(value) = value_of(line, b"content-length") {
                    lengths += 1;
                    if lengths > 1 || !value.iter().all(u8::is_ascii_digit) {
                        return false;
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// What the library is to see in place of a line.
enum Put {
    AsItIs,
    Instead(Vec<u8>),
}

impl Put {
    fn line(text: &[u8]) -> Self {
        Self::Instead([text, b"\r\n"].concat())
    }
}

fn is_hex(size: &str) -> bool {
    !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_chunked(value: &[u8]) -> bool {
    let mut codings = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    codings.any(|coding| coding.eq_ignore_ascii_case(b"chunked"))
}

/// The value of a header line with this name.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, value) = line.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":").filter(|_| found.eq_ignore_ascii_case(name))?;
    Some(value.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library sees of `answer`, which arrives in pieces of so many bytes.
    fn seen(answer: &str, piece: usize, disguise: &Disguise) -> String {
        let (mut framing, mut bytes, mut end) = (Framing::default(), Vec::new(), 0);
        framing.begin(disguise);
        for piece in answer.as_bytes().chunks(piece) {
            bytes.truncate(end);
            bytes.extend_from_slice(piece);
            end = bytes.len();
            framing.look(&mut bytes, 0, &mut end, disguise);
        }
        bytes.truncate(end);
        String::from_utf8(bytes).unwrap_or_default()
    }

    #[test]
    fn d_what_may_be_read_is_put_into_the_form_that_the_library_reads() {
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let head = "HTTP/1.1 200 OK\r\n";
        let cases = [
            // Nothing to do.
            ("HTTP/1.1 200 OK\r\na: b\r\n\r\n x\n y".to_owned(), None),
            (format!("{chunked}5\r\nhello\r\n0\r\n\r\n"), None),
            // Folded lines, also of a head before the one that counts, or behind such a one.
            (
                format!("HTTP/1.1 103 Early\r\nlink: a\r\n\r\n{head}x: a\r\n b\r\n\r\n"),
                Some(format!("HTTP/1.1 103 Early\r\nlink: a\r\n\r\n{head}x: a   b\r\n\r\n")),
            ),
            (
                format!("HTTP/1.1 103 Early\r\nlink: a\r\n b\r\n\r\n{head}x: a\r\n\tb\n c\r\n\r\n"),
                Some(format!(
                    "HTTP/1.1 103 Early\r\nlink: a   b\r\n\r\n{head}x: a  \tb  c\r\n\r\n"
                )),
            ),
            (
                format!("{head}transfer-encoding:\r\n chunked\r\n\r\n1\na\n0\n\n"),
                Some(format!("{head}transfer-encoding:   chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")),
            ),
            // LF alone, extensions, trailers.
            (
                format!("{chunked}3;a=\"much longer than twenty bytes\"\nab\n\n2\r\ncd\n0;x\nt: 1\r\nu: 2\n\n"),
                Some(format!("{chunked}3\r\nab\n\r\n2\r\ncd\r\n0\r\n\r\n")),
            ),
            // One length, told twice.
            (
                format!("{head}Content-Length: 2\r\ncontent-length: 2\r\n\r\n{{}}"),
                Some(format!("{head}Content-Length: 2\r\n\r\n{{}}")),
            ),
            (
                format!("{head}Content-Length: 2, 2\r\n\r\n{{}}"),
                Some(format!("{head}content-length: 2\r\n\r\n{{}}")),
            ),
            // What could be read in two ways, or is not known, stays.
            (
                format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"),
                None,
            ),
            (format!("{head}content-length: 2, 3\r\n\r\n{{}}"), None),
            (
                format!("{head}content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\na\n0\n\n"),
                None,
            ),
            (
                "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\na\n0\n\n".to_owned(),
                None,
            ),
            (format!("{head} x: folded onto nothing\r\n\r\n"), None),
            (format!("{chunked}+5\nhello\n"), Some(format!("{chunked}+5\r\nhello\n"))),
            (
                format!("{chunked}0x5\nhello\n"),
                Some(format!("{chunked}0x5\r\nhello\n")),
            ),
            (
                format!("{chunked}2\nabc\n0\n\n"),
                Some(format!("{chunked}2\r\nabc\r\n0\n\n")),
            ),
        ];
        for (answer, expected) in cases {
            let expected = expected.as_ref().unwrap_or(&answer);
            for piece in [1, 2, 3, 7, 1000] {
                let seen = seen(&answer, piece, &Disguise::default());
                assert_eq!(seen, *expected, "{answer:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn the_body_of_an_answer_that_is_a_secret_never_reaches_the_library() {
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        for (answer, shown, body) in [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nQ\nZ\r\nQ".to_owned(),
                "      ",
                "Q\nZ\r\nQ",
            ),
            (
                "HTTP/1.1 103 Early\r\na: b\r\n c\r\n\r\nHTTP/1.0 403 No\r\na: b\r\n\r\nQZ".to_owned(),
                "  ",
                "QZ",
            ),
            (
                format!("{chunked}2;a=b\nQZ\n3\r\nZQZ\r\n0\r\nt: 1\r\n\r\n"),
                "2\r\n  \r\n3\r\n   \r\n0\r\n\r\n",
                "QZZQZ",
            ),
            // What is no chunk is not shown either.
            (format!("{chunked}0x2\nQZ\n0\n\n"), "          ", "0x2\nQZ\n0\n\n"),
            (format!("{chunked}1\nQZ\n0\n\n"), "1\r\n      ", "QZ\n0\n\n"),
        ] {
            for piece in [1, 2, 3, 7, 1000] {
                let disguise = Disguise::new(None, None).hiding_answer(true);
                let seen = seen(&answer, piece, &disguise);
                let what = format!("{answer:?} in pieces of {piece}");
                assert!(
                    seen.ends_with(&format!("\r\n\r\n{shown}")) && !seen.contains(['Q', 'Z']),
                    "{what}: {seen:?}"
                );
                let mut revealed = vec![b' '; body.len()];
                disguise.reveal_answer(&mut revealed);
                assert_eq!(String::from_utf8(revealed).unwrap(), body, "{what}");
            }
        }
    }
}
