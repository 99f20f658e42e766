//! Keeps the token and the body of a request from the HTTP library, which logs every byte it writes at trace level
//! and knows of no secret among them.
//!
//! The library is given stand-ins of the same length. They make way for the real bytes behind its back, in the buffer
//! from which the connection sends. What a server answers is not disguised: its words are its own.

use std::cell::Cell;

use zeroize::Zeroizing;

/// What a token looks like to the library.
const TOKEN_MASK: u8 = b'*';

/// What a body looks like to the library.
const BODY_MASK: u8 = b' ';

/// The secrets of one request, until they are in place.
#[derive(Default)]
pub(super) struct Disguise {
    token: Zeroizing<Vec<u8>>,
    body: Zeroizing<Vec<u8>>,
    /// How much of the body came by; `None` while the head still does.
    body_seen: Cell<Option<usize>>,
}

impl Disguise {
    pub(super) fn new(token: Option<&str>, body: Option<&[u8]>) -> Self {
        Self {
            token: Zeroizing::new(token.unwrap_or_default().as_bytes().to_vec()),
            body: Zeroizing::new(body.unwrap_or_default().to_vec()),
            body_seen: Cell::new(None),
        }
    }

    /// What to put into the `authorization` header in place of the token.
    pub(super) fn token_stand_in(&self) -> String {
        char::from(TOKEN_MASK).to_string().repeat(self.token.len())
    }

    /// What to send in place of the body.
    pub(super) fn body_stand_in(&self) -> Vec<u8> {
        vec![BODY_MASK; self.body.len()]
    }

    /// Puts the real bytes into the next piece of the request, where the library has written the stand-ins. It splits
    /// neither a header line nor the blank line after the last one between two pieces, and begins the body in a new
    /// one.
    pub(super) fn reveal(&self, piece: &mut [u8]) {
        let Some(seen) = self.body_seen.get() else {
            self.reveal_token(piece);
            if piece.ends_with(b"\r\n\r\n") {
                self.body_seen.set(Some(0));
            }
            return;
        };
        put(piece, self.body.get(seen..).unwrap_or_default());
        self.body_seen.set(Some(seen.saturating_add(piece.len())));
    }

    fn reveal_token(&self, head: &mut [u8]) {
        if self.token.is_empty() {
            return;
        }
        let before = "authorization: Bearer ";
        let line = format!("{before}{}\r\n", self.token_stand_in());
        let at = head.windows(line.len()).position(|window| window == line.as_bytes());
        if let Some(place) = at.and_then(|at| head.get_mut(at + before.len()..)) {
            put(place, &self.token);
        }
    }
}

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
            format!("authorization: Bearer {}\r\n", disguise().token_stand_in()),
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
    fn without_secrets_nothing_is_changed() {
        let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".to_owned();
        assert_eq!(sent(&Disguise::default(), std::slice::from_ref(&get)), get);
    }
}
