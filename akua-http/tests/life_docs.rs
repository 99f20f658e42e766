//! The scenes of the example `demo_life`, as `docs/life.md` quotes them, to the letter; `tools/accept.sh life` puts them there.
//!
//! A scene fails, and with it the test, unless the ends are those that it is about.
#![allow(clippy::unwrap_used)]

#[path = "edit_docs/guide.rs"]
mod guide;
#[path = "../examples/demo_life/scenes/mod.rs"]
mod scenes;
#[path = "../examples/demo_life/stage.rs"]
mod stage;

/// Where the guide is.
const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/life.md");

#[test]
fn the_guide_shows_what_the_demo_shows() {
    let play = |(number, (title, scene))| stage::play(number, title, scene).unwrap();
    let shown: Vec<String> = (1..).zip(scenes::ALL).map(play).collect();
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let fresh = guide::with_scenes(&guide, &shown).unwrap();
    if std::env::var_os("LIFE_DOCS").is_some() {
        return std::fs::write(GUIDE, fresh).unwrap();
    }
    for (quoted, shown) in guide.lines().zip(fresh.lines()) {
        assert_eq!(quoted, shown, "docs/life.md is behind: tools/accept.sh life");
    }
    assert_eq!(guide, fresh);
}
