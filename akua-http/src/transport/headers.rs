//! What the headers of a request may hold, and what those of an answer say: as text, whatever library reads and writes them.

use akua_model::http::Response;

use super::failure::{Failure, FailureKind};

/// A number from 0 to 999 as a text that is ready made.
pub(super) fn number(number: usize) -> Option<&'static str> {
    /// The numbers from 0 to 999, three digits each.
    const DIGITS: [u8; 3000] = {
        let mut digits = [b'0'; 3000];
        let mut rest = digits.as_mut_slice();
        let mut number = 0_u16;
        while let [hundreds, tens, ones, others @ ..] = rest {
            *hundreds += (number / 100) as u8;
            *tens += (number / 10 % 10) as u8;
            *ones += (number % 10) as u8;
            number += 1;
            rest = others;
        }
        digits
    };
    static NUMBERS: &str = match std::str::from_utf8(&DIGITS) {
        Ok(text) => text,
        Err(_) => "",
    };
    let end = number.saturating_mul(3).saturating_add(3);
    let digits = if number < 10 {
        1
    } else if number < 100 {
        2
    } else {
        3
    };
    NUMBERS.get(end - digits..end)
}

pub(super) fn check_token(token: &str) -> Result<(), Failure> {
    // Without a way out of the loop, many bytes are looked at at once.
    let sendable = token
        .bytes()
        .fold(true, |so_far, byte| so_far & byte.is_ascii_graphic());
    if token.is_empty() || !sendable {
        let message = "the token is empty or holds a blank, a line break or another character that no header can carry";
        return Err(Failure::not_sent(FailureKind::InvalidRequest, message));
    }
    Ok(())
}

/// A coding of the answer other than as it is, named only if it is a usual one: a server's words may hold anything.
pub(super) fn foreign_coding(response: &Response) -> Option<&'static str> {
    const USUAL: [&str; 6] = ["gzip", "x-gzip", "deflate", "br", "zstd", "compress"];
    let codings = |name| response.headers.iter().filter(move |(known, _)| known == name);
    let mut each = codings("content-encoding")
        .chain(codings("transfer-encoding"))
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim);
    let is_one_of = |coding: &str, known: &[&str]| known.iter().any(|known| coding.eq_ignore_ascii_case(known));
    let found = each.find(|coding| !is_one_of(coding, &["", "identity", "chunked"]))?;
    let usual = USUAL.into_iter().find(|known| found.eq_ignore_ascii_case(known));
    Some(usual.unwrap_or("something else than it is"))
}
