//! The guide tells the story as it goes.

#[path = "../../../akua-http/tests/edit_docs/guide.rs"]
#[allow(dead_code)]
mod guide;
#[path = "../../examples/fleet_friday/story.rs"]
mod story;

#[test]
fn the_guide_tells_the_story_as_it_goes() {
    let told = story::tell().unwrap();
    let guide = std::fs::read_to_string(story::GUIDE).unwrap();
    let fresh = guide::with_scenes(&guide, &told).unwrap();
    for (quoted, told) in guide.lines().zip(fresh.lines()) {
        assert_eq!(
            quoted, told,
            "docs/fleet.md is behind: cargo run -p akua-http --features fleet --example fleet_friday -- --write-docs"
        );
    }
    assert_eq!(guide, fresh);
}
