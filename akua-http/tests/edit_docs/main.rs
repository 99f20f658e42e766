//! What an edit does in every corner: a scene for each, against an Akua on this machine that fails on purpose. `docs/edit.md`
//! quotes what they tell, to the letter; `tools/accept.sh edit` puts it there.
//!
//! A scene fails, and with it the test, unless the outcome is the one that it is about.
#![allow(clippy::unwrap_used)]

mod guide;
mod page;
mod scenes;
mod stage;

/// Where the guide is.
const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/edit.md");

#[test]
fn the_guide_shows_what_the_scenes_show() {
    let play = |(number, (title, scene))| scenes::play(number, title, scene).unwrap();
    let shown: Vec<String> = (1..).zip(scenes::ALL).map(play).collect();
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let fresh = guide::with_scenes(&guide, &shown).unwrap();
    if std::env::var_os("EDIT_DOCS").is_some() {
        return std::fs::write(GUIDE, fresh).unwrap();
    }
    for (quoted, shown) in guide.lines().zip(fresh.lines()) {
        assert_eq!(quoted, shown, "docs/edit.md is behind: tools/accept.sh edit");
    }
    assert_eq!(guide, fresh);
}

#[test]
fn a_scene_that_is_missing_or_not_there_is_noticed() {
    let scene = ["1. One\n   line\n".to_owned()];
    let quoted = "a\n<!-- scene 1 -->\n```text\nold\n```\nb\n";
    let fresh = guide::with_scenes(quoted, &scene).unwrap();
    assert_eq!(fresh, "a\n<!-- scene 1 -->\n```text\n1. One\n   line\n```\nb\n");
    assert_eq!(guide::with_scenes(&fresh, &scene).unwrap(), fresh);
    for bad in [
        "",
        "<!-- scene 2 -->\n```\n```\n",
        "<!-- scene 1 -->\nno fence\n",
        "<!-- scene 1 -->\n```\nno end\n",
    ] {
        assert!(guide::with_scenes(bad, &scene).is_err(), "{bad:?}");
    }
}
