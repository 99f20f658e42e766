//! Texts that are kept, to be read by people and compared by tests.

use super::explore::show;

/// A text as it was kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Golden {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

impl Golden {
    pub(super) fn name(self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// Whether `text` is what was kept. If not, it is shown between two lines that `tools/accept.sh golden` looks for.
    pub(super) fn is(self, text: &str) -> bool {
        let same = self.text.trim_end() == text.trim_end();
        if !same {
            show(&format!("=== golden {}\n{}\n=== end", self.path, text.trim_end()));
        }
        same
    }
}

/// What is kept under a name.
macro_rules! golden {
    ($name:literal) => {
        $crate::edit::check::golden::Golden {
            path: concat!("akua-model/src/edit/check/golden/", $name),
            text: include_str!(concat!("golden/", $name)),
        }
    };
}
pub(super) use golden;
