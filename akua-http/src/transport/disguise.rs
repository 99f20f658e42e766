//! Keeps the token and the body of a request from the HTTP library, which logs every byte it writes at trace level
//! and knows of no secret among them.
//!
//! The library is given stand-ins of the same length. They make way for the real bytes behind its back, in the buffer
//! from which the connection sends. What a server answers is not disguised, as its words are its own, unless the answer is a
//! secret: then its body is kept here, and the library reads blanks.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use memchr::memchr;
use zeroize::Zeroizing;

/// What a token looks like to the library.
const TOKEN_MASK: u8 = b'*';

/// What a body looks like to the library.
const BODY_MASK: u8 = b' ';

/// Stand-ins for tokens and bodies of usual lengths, made once for all.
const MOST: usize = 4096;
const SCHEME: &str = "Bearer ";
const TOKENS: [u8; SCHEME.len() + MOST] = {
    let mut all = [TOKEN_MASK; SCHEME.len() + MOST];
    let (scheme, _) = all.split_at_mut(SCHEME.len());
    scheme.copy_from_slice(SCHEME.as_bytes());
    all
};
static AUTHORIZATION: &str = match std::str::from_utf8(&TOKENS) {
    Ok(text) => text,
    Err(_) => "",
};
static BODY: [u8; MOST] = [BODY_MASK; MOST];

/// The secrets of one request, until they are in place.
#[derive(Default)]
pub(super) struct Disguise {
    /// The token, then the body.
    secrets: Zeroizing<Vec<u8>>,
    token: usize,
    /// Where in the head the token's line will most likely begin.
    likely: usize,
    token_seen: Cell<bool>,
    /// How much of the body came by; `None` while the head still does.
    body_seen: Cell<Option<usize>>,
    /// The body of an answer that is a secret, as far as it has arrived.
    answer: Option<RefCell<Zeroizing<Vec<u8>>>>,
}

impl Disguise {
    pub(super) fn new(token: Option<&str>, body: Option<&[u8]>) -> Self {
        let (token, body) = (token.unwrap_or_default().as_bytes(), body.unwrap_or_default());
        let mut secrets = Zeroizing::new(Vec::with_capacity(token.len().saturating_add(body.len())));
        secrets.extend_from_slice(token);
        secrets.extend_from_slice(body);
        Self {
            secrets,
            token: token.len(),
            likely: 0,
            token_seen: Cell::new(false),
            body_seen: Cell::new(None),
            answer: None,
        }
    }

    /// Hides the body of the answer too, if it is a secret.
    pub(super) fn hiding_answer(self, is_secret: bool) -> Self {
        Self {
            answer: is_secret.then(RefCell::default),
            ..self
        }
    }

    /// Whether the body of the answer is hidden.
    pub(super) fn hides_answer(&self) -> bool {
        self.answer.is_some()
    }

    /// Keeps the next piece of the answer's body, if it is hidden, and leaves blanks in its place.
    pub(super) fn hide(&self, piece: &mut [u8]) {
        let Some(answer) = &self.answer else { return };
        let mut kept = answer.borrow_mut();
        let needed = kept.len().saturating_add(piece.len());
        if needed > kept.capacity() {
            // Grown by hand, so that what was smaller is wiped.
            let mut grown = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            grown.extend_from_slice(&kept);
            *kept = grown;
        }
        kept.extend_from_slice(piece);
        piece.fill(BODY_MASK);
    }

    /// Puts what was hidden of the answer's body into its place.
    pub(super) fn reveal_answer(&self, body: &mut [u8]) {
        if let Some(answer) = &self.answer {
            put(body, &answer.borrow());
        }
    }

    /// Looks for the token's line first behind `bytes` bytes of the head.
    pub(super) fn expecting_token_after(self, bytes: usize) -> Self {
        Self { likely: bytes, ..self }
    }

    fn token(&self) -> &[u8] {
        self.secrets.get(..self.token).unwrap_or_default()
    }

    fn body(&self) -> &[u8] {
        self.secrets.get(self.token..).unwrap_or_default()
    }

    /// What the `authorization` header holds in place of the token.
    pub(super) fn authorization(&self) -> Cow<'static, str> {
        match AUTHORIZATION.get(..SCHEME.len().saturating_add(self.token)) {
            Some(stand_in) => Cow::Borrowed(stand_in),
            None => Cow::Owned(format!(
                "{SCHEME}{}",
                char::from(TOKEN_MASK).to_string().repeat(self.token)
            )),
        }
    }

    /// What to send in place of the body.
    pub(super) fn body_stand_in(&self) -> Cow<'static, [u8]> {
        let length = self.body().len();
        match BODY.get(..length) {
            Some(stand_in) => Cow::Borrowed(stand_in),
            None => Cow::Owned(vec![BODY_MASK; length]),
        }
    }

    /// Puts the real bytes into the next piece of the request, where the library has written the stand-ins. It splits
    /// neither a header line nor the blank line after the last one between two pieces, and begins the body in a new
    /// one.
    pub(super) fn reveal(&self, piece: &mut [u8]) {
        let Some(seen) = self.body_seen.get() else {
            if self.token > 0 && !self.token_seen.get() {
                self.reveal_token(piece);
            }
            if piece.ends_with(b"\r\n\r\n") {
                self.body_seen.set(Some(0));
            }
            return;
        };
        put(piece, self.body().get(seen..).unwrap_or_default());
        self.body_seen.set(Some(seen.saturating_add(piece.len())));
    }

    fn reveal_token(&self, head: &mut [u8]) {
        let stand_in = self.authorization();
        // Behind a line's end, or it is no line of its own.
        let rest = match head.split_at_mut_checked(self.likely) {
            Some((before, _)) if !before.ends_with(b"\n") => head,
            Some((_, rest)) if rest.starts_with(NAME) => rest,
            _ => head,
        };
        let mut rest = rest;
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (line, others) = rest.split_at_mut(end);
            let value = line.strip_prefix(NAME).and_then(|value| value.strip_suffix(b"\r\n"));
            if value == Some(stand_in.as_bytes()) {
                put(line.get_mut(BEFORE_TOKEN..).unwrap_or_default(), self.token());
                self.token_seen.set(true);
                return;
            }
            rest = others;
        }
    }
}

const NAME: &[u8] = b"authorization: ";
const BEFORE_TOKEN: usize = NAME.len() + SCHEME.len();

fn put(place: &mut [u8], bytes: &[u8]) {
    for (shown, real) in place.iter_mut().zip(bytes) {
        *shown = *real;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes out when the library writes `pieces`.
    fn sent(disguise: &Disguise, pieces: &[String]) -> String {
        let revealed = pieces.iter().map(|piece| {
            let mut piece = piece.clone().into_bytes();
            disguise.reveal(&mut piece);
            String::from_utf8_lossy(&piece).into_owned()
        });
        revealed.collect()
    }

    #[test]
    fn stand_ins_make_way_however_the_request_is_cut() {
        let disguise = || Disguise::new(Some("hush"), Some(b"{\"a\":1}"));
        let body = disguise().body_stand_in();
        let body = String::from_utf8_lossy(&body).into_owned();
        let head = [
            "PATCH /v1/x HTTP/1.1\r\nhost: a\r\n".to_owned(),
            format!("authorization: {}\r\n", disguise().authorization()),
            "if-match: ****\r\n\r\n".to_owned(),
        ];
        let expected =
            "PATCH /v1/x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer hush\r\nif-match: ****\r\n\r\n{\"a\":1}";
        assert_eq!(sent(&disguise(), &[head.concat(), body.clone()]), expected);
        let (first, second) = body.split_at(3);
        let apart = [&head[..], &[first.to_owned(), second.to_owned()]].concat();
        assert_eq!(sent(&disguise(), &apart), expected);
    }

    #[test]
    fn the_token_is_found_where_it_is_expected_and_elsewhere() {
        let head = "GET / HTTP/1.1\r\nhost: a\r\nx: authorization: Bearer ****\r\n".to_owned();
        let at = head.len();
        let head = format!("{head}authorization: Bearer ****\r\n\r\n");
        let expected = head.replace("\nauthorization: Bearer ****", "\nauthorization: Bearer hush");
        // Where it is, where something like it is, in the middle of a line, at the end, behind it.
        for likely in [at, at - 28, at + 3, head.len(), head.len() + 9, 0] {
            let disguise = Disguise::new(Some("hush"), None).expecting_token_after(likely);
            assert_eq!(sent(&disguise, std::slice::from_ref(&head)), expected, "{likely}");
        }
    }

    #[test]
    fn secrets_longer_than_usual_make_way_too() {
        for length in [MOST - 1, MOST, MOST + 1, 3 * MOST] {
            let (token, text) = ("t".repeat(length), "b".repeat(length));
            let disguise = Disguise::new(Some(&token), Some(text.as_bytes()));
            let head = format!(
                "PATCH / HTTP/1.1\r\nauthorization: {}\r\n\r\n",
                disguise.authorization()
            );
            let body = String::from_utf8_lossy(&disguise.body_stand_in()).into_owned();
            assert!(!format!("{head}{body}").contains("tt") && !body.contains('b'));
            let expected = format!("PATCH / HTTP/1.1\r\nauthorization: Bearer {token}\r\n\r\n{text}");
            assert_eq!(sent(&disguise, &[head, body]), expected);
        }
    }

    #[test]
    fn without_secrets_nothing_is_changed() {
        let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".to_owned();
        assert_eq!(sent(&Disguise::default(), std::slice::from_ref(&get)), get);
    }
}
