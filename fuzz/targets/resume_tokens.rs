//! Resume tokens: any text, and any JSON with its checksum put right, as damage that the checksum does not notice.
//! What is a token can be taken up, in its own context or in none.
#![no_main]

use std::time::Duration;

use akua_model::edit::{Clock, Edit, Input, Options, ResumeMode, ResumeToken, SavedToken};
use akua_model::{Resource, ResourceKind, Secrets, with_kind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        take_up(text);
    }
    let text = URL_SAFE_NO_PAD.encode(data);
    let sum: String = Sha256::digest(&text)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for version in 1..=2 {
        take_up(&format!("akua-resume-{version}.{text}.{sum}"));
    }
});

fn take_up(text: &str) {
    let Ok(saved) = text.parse::<SavedToken>() else { return };
    assert_eq!(saved.to_string().parse::<SavedToken>().as_ref(), Ok(&saved));
    let SavedToken::Edit(token) = saved else { return };
    assert_eq!(token.to_string().parse::<ResumeToken>().as_ref(), Ok(&*token));
    let _ = (token.kind(), token.id(), token.context(), token.first_sent());
    for kind in ResourceKind::ALL {
        with_kind!(*kind, Resource R => resume::<R>(&token), else => {});
    }
}

fn resume<R: Resource>(token: &ResumeToken) {
    let clock = Clock {
        elapsed: Duration::ZERO,
        unix_ms: 1_700_000_000_000,
        since_boot: None,
        entropy: 7,
        cancelled: false,
    };
    for mode in [ResumeMode::Look, ResumeMode::Finish] {
        let mut options = Options::default();
        options.origin = token.origin().to_owned();
        options.context = token.context().and_then(|context| context.parse().ok());
        if let Ok(mut edit) = Edit::<R>::resume(token, mode, &Secrets::none(), options, clock) {
            let _ = edit.step(Input::Begin, clock);
        }
    }
}
