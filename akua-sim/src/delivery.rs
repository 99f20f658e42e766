//! How an answer reaches the client, or fails to: plain data, which the server carries out to the byte.

use serde::{Deserialize, Serialize};

/// How much of the answer is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    #[default]
    All,
    /// No byte.
    Nothing,
    /// Status line and headers, with the `content-length` of the whole body, and no byte of the body.
    Head,
    /// The first bytes, counted from the status line on.
    Bytes(u64),
    /// Status line and headers, with the `content-length` of the whole body, and the first bytes of the body.
    Body(u64),
    /// Status line and headers without a length, then the body again and again until the client goes away.
    Endless,
}

/// What becomes of the connection afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It stays open for the next request. Only after a whole answer.
    Keep,
    /// It is closed in the regular way (FIN).
    Fin,
    /// It is reset (RST).
    Reset,
    /// It stays open and silent until the client closes it or the simulator stops.
    Stall,
}

/// A slow answer: so many bytes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// How many bytes go out at once, 1 or more.
    pub bytes: u64,
    /// The pause between two portions, in milliseconds.
    pub every_ms: u64,
}

/// How an answer reaches the client. The default: at once, whole, and the connection stays open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// How long the answer waits after it was made, in milliseconds: a change is in effect meanwhile.
    pub delay_ms: u64,
    /// How much of it is sent.
    pub send: Part,
    /// Whether it is sent slowly.
    pub pace: Option<Pace>,
    /// What becomes of the connection. Left out: it stays open after a whole answer and is closed after a part.
    pub end: Option<End>,
}

impl Delivery {
    /// A whole answer at once.
    #[must_use]
    pub fn whole() -> Self {
        Self::default()
    }

    /// No byte of the answer, and this end.
    #[must_use]
    pub fn lost(end: End) -> Self {
        Self::cut(Part::Nothing, end)
    }

    /// A part of the answer, and this end.
    #[must_use]
    pub fn cut(send: Part, end: End) -> Self {
        Self {
            send,
            end: Some(end),
            ..Self::default()
        }
    }

    /// What becomes of the connection: `end`, or what it means when it was left out.
    #[must_use]
    pub fn end(&self) -> End {
        match (self.end, self.send) {
            (None, Part::All) => End::Keep,
            (None, _) => End::Fin,
            // A client that waits for the rest of a partial answer on an open connection waits for ever.
            (Some(End::Keep), send) if send != Part::All => End::Stall,
            (Some(end), _) => end,
        }
    }

    /// Whether every byte of the answer is sent, however late.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.send == Part::All
    }
}
