//! Input that breaks a rule of the API: refused before there is a request, naming the field and the way out, never
//! the value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::{
    Cluster, ClusterId, ClusterPatch, Declared, Error, ErrorKind, Etag, IdempotencyKey, IfMatch, PageQuery, Patch,
    Provider, WorkspaceContext, WorkspaceId, WorkspacePatch,
};

/// Stands in values that are refused; no error may repeat it.
const MARKER: &str = "Mark3r";

/// One way in for a text: what it is called on the wire, and whether it becomes a header.
struct Entrance {
    field: &'static str,
    header: bool,
    min: usize,
    max: Option<usize>,
    enter: fn(&str) -> Result<(), Error>,
}

/// Every text that a caller gives, with the limits of the two documents.
const ENTRANCES: [Entrance; 10] = [
    entrance("id", 1, 54, |text| text.parse::<ClusterId>().map(drop)),
    entrance("id", 1, 53, |text| text.parse::<WorkspaceId>().map(drop)),
    entrance("name", 1, 100, |text| {
        ClusterPatch::builder().name(text).build().map(drop)
    }),
    entrance("region_id", 1, 54, |text| {
        ClusterPatch::builder().region_id(text).build().map(drop)
    }),
    entrance("name", 1, 100, |text| {
        WorkspacePatch::builder().name(text).build().map(drop)
    }),
    entrance("slug", 3, 39, |text| {
        WorkspacePatch::builder().slug(text).build().map(drop)
    }),
    Entrance {
        max: None,
        ..entrance("kubeconfig", 1, 0, |text| {
            ClusterPatch::builder().kubeconfig(text).build().map(drop)
        })
    },
    header("if-match", 256, |text| text.parse::<IfMatch>().map(drop)),
    header("idempotency-key", 64, |text| text.parse::<IdempotencyKey>().map(drop)),
    header("akua-context", 53, |text| text.parse::<WorkspaceContext>().map(drop)),
];

const fn entrance(field: &'static str, min: usize, max: usize, enter: fn(&str) -> Result<(), Error>) -> Entrance {
    Entrance {
        field,
        header: false,
        min,
        max: Some(max),
        enter,
    }
}

const fn header(field: &'static str, max: usize, enter: fn(&str) -> Result<(), Error>) -> Entrance {
    Entrance {
        header: true,
        ..entrance(field, 1, max, enter)
    }
}

/// That `result` refuses `fields`, in this order and no others, in words with a way out and without the marker.
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>, fields: &[&str], case: &str) -> Error {
    let error = result.expect_err(case);
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{case}");
    let named: Vec<&str> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(named, fields, "{case}");
    for problem in error.problems() {
        assert!(
            problem.message.ends_with(')') && problem.message.contains(" ("),
            "no way out in {:?}: {case}",
            problem.message
        );
        assert!(
            error
                .to_string()
                .contains(&format!("`{}` {}", problem.field, problem.message))
        );
    }
    assert!(error.to_string().starts_with("invalid input: `"), "{error}");
    assert!(!format!("{error} {error:?}").contains(MARKER), "{error:?}");
    error
}

/// A text of `count` code points that begins with the marker where it fits.
fn of_length(count: usize, one: &str) -> String {
    let marker: String = MARKER.chars().take(count).collect();
    let rest = count - marker.chars().count();
    marker + &one.repeat(rest)
}

#[test]
fn lengths_are_counted_in_code_points() {
    for entrance in &ENTRANCES {
        let Entrance { field, min, max, .. } = *entrance;
        let ones: &[&str] = if entrance.header { &["m"] } else { &["m", "é", "😀"] };
        for one in ones {
            let text = |count| one.repeat(count);
            (entrance.enter)(&text(min)).expect(field);
            (entrance.enter)(&text(max.unwrap_or(100_000))).expect(field);
            assert_refused((entrance.enter)(&text(min - 1)), &[field], one);
            let Some(max) = max else { continue };
            for count in [max + 1, max + 2, 10 * max] {
                let error = assert_refused((entrance.enter)(&of_length(count, one)), &[field], one);
                assert_eq!(
                    error.problems()[0].message,
                    format!("has {count} characters ({min} to {max} are allowed)")
                );
            }
        }
    }
}

#[test]
fn the_empty_text_is_refused_everywhere() {
    for entrance in &ENTRANCES {
        assert_refused((entrance.enter)(""), &[entrance.field], "empty");
    }
}

#[test]
fn a_combining_mark_counts_and_a_surrogate_pair_is_one() {
    // 50 letters with their marks are 100 code points; 100 emoji are 200 units of UTF-16 and 400 bytes.
    ClusterPatch::builder().name("e\u{301}".repeat(50)).build().unwrap();
    WorkspacePatch::builder().name("😀".repeat(100)).build().unwrap();
    assert_refused(
        ClusterPatch::builder().name("e\u{301}".repeat(51)).build(),
        &["name"],
        "marks",
    );
    assert_refused(WorkspacePatch::builder().slug("😀😀").build(), &["slug"], "two emoji");
}

#[test]
fn what_becomes_a_header_is_printable_ascii() {
    let bad = [
        ("a carriage return", "a\rb", "a line break at byte 1"),
        ("a line feed", "a\nb", "a line break at byte 1"),
        ("a header split off", "a\r\nx-admin: 1", "a line break at byte 1"),
        ("a line break at the end", "ab\n", "a line break at byte 2"),
        ("NUL", "a\0", "a NUL at byte 1"),
        ("a tab", "a\tb", "a control character at byte 1"),
        ("a tab first", "\tb", "a control character at byte 0"),
        ("escape", "\u{1b}[0m", "a control character at byte 0"),
        ("delete", "a\u{7f}", "a control character at byte 1"),
        ("a C1 control", "a\u{85}", "a control character at byte 1"),
        ("a letter beyond ASCII", "aé", "a character outside ASCII at byte 1"),
        ("an emoji", "😀", "a character outside ASCII at byte 0"),
        ("a no-break space", "a\u{a0}b", "a character outside ASCII at byte 1"),
        ("a leading blank", " a", "begins or ends with a blank"),
        ("a trailing blank", "a ", "begins or ends with a blank"),
        ("only a blank", " ", "begins or ends with a blank"),
    ];
    for entrance in ENTRANCES.iter().filter(|entrance| entrance.header) {
        for (case, text, expected) in bad {
            let error = assert_refused((entrance.enter)(text), &[entrance.field], case);
            assert!(error.problems()[0].message.contains(expected), "{error}");
            let marked = format!("{MARKER}{}{MARKER}", text.trim_matches(' '));
            if !text.contains(' ') {
                assert_refused((entrance.enter)(&marked), &[entrance.field], case);
            }
        }
        for good in ["!", "~", "a b", "\"42\"", "a\\b", "a%0d%0a"] {
            (entrance.enter)(good).expect(good);
        }
    }
}

#[test]
fn what_stays_in_the_body_may_hold_any_character() {
    for text in ["a\r\nb", "a\0b", "\tab", " é😀", "   "] {
        ClusterPatch::builder().name(text).region_id(text).build().unwrap();
        WorkspacePatch::builder().name(text).slug(text).build().unwrap();
        ClusterPatch::builder().kubeconfig(text).build().unwrap();
    }
}

#[test]
fn an_id_that_could_address_something_else_is_refused() {
    for text in [
        "../Mark3r",
        "Mark3r/..",
        "Mark3r\\x",
        "Mark3r%2Fx",
        "Mark3r:suspend",
        "Mark3r\r\n",
        "Mark3r\0",
        "Mark3r\u{9f}",
        ".",
        "..",
    ] {
        assert_refused(text.parse::<ClusterId>(), &["id"], text);
        assert_refused(text.parse::<WorkspaceId>(), &["id"], text);
    }
}

#[test]
fn an_etag_that_would_switch_the_protection_off_is_refused() {
    for text in ["*", ""] {
        let error = assert_refused(text.parse::<IfMatch>(), &["if-match"], text);
        assert!(
            error.to_string().contains("read the resource and pass its etag"),
            "{error}"
        );
        assert_refused(Etag::from(text).if_match(), &["if-match"], text);
    }
    for text in ["é", "a\nb", " 42", &"4".repeat(257)] {
        assert_refused(Etag::from(text).if_match(), &["if-match"], text);
    }
    assert_eq!(Etag::from("42").if_match().unwrap(), "42".parse().unwrap());
}

#[test]
fn a_provider_that_this_version_does_not_know_is_not_written() {
    for text in ["", "Mark3r", "managed_kaas ", "Managed_KaaS", "managed-kaas", "null"] {
        let error = assert_refused(ClusterPatch::builder().provider(text).build(), &["provider"], text);
        let message = &error.problems()[0].message;
        assert!(
            message.contains("managed_kaas") && message.contains("imported_byoc"),
            "{message}"
        );
    }
    for text in ["managed_kaas", "imported_byoc"] {
        ClusterPatch::builder().provider(text).build().unwrap();
    }
    assert!(Provider::KNOWN.contains(&"managed_kaas") && Provider::KNOWN.len() == 2);
}

/// What can be written of a cluster, as errors list it.
fn writable() -> String {
    let names: Vec<&str> = Cluster::FIELDS.iter().map(|field| field.name).collect();
    names.join(", ")
}

#[test]
fn a_patch_that_sets_nothing_is_refused() {
    let error = assert_refused(ClusterPatch::builder().build(), &["patch"], "cluster");
    assert!(error.to_string().contains(&writable()), "{error}");
    let error = assert_refused(WorkspacePatch::builder().build(), &["patch"], "workspace");
    assert!(error.to_string().contains("name, slug"), "{error}");
}

#[test]
fn every_problem_is_named_at_once_and_in_order() {
    let long = format!("{MARKER}{}", "x".repeat(100));
    // The validator below reports in random order: once would prove nothing.
    for _ in 0..50 {
        let cluster = ClusterPatch::builder()
            .region_id(long.as_str())
            .provider(MARKER)
            .name(long.as_str())
            .build();
        assert_refused(cluster, &["name", "provider", "region_id"], "cluster");
        let workspace = WorkspacePatch::builder().slug("").name(long.as_str()).build();
        assert_refused(workspace, &["name", "slug"], "workspace");
        let mixed = ClusterPatch::builder()
            .region_id("")
            .name("fine")
            .provider("managed_kaas")
            .build();
        assert_refused(mixed, &["region_id"], "mixed");
    }
}

#[test]
fn a_patch_by_property_names_has_the_same_guard() {
    let cluster = |values: &[(&str, &str)]| ClusterPatch::from_texts(values);
    let workspace = |values: &[(&str, &str)]| WorkspacePatch::from_texts(values);
    let long = format!("{MARKER}{}", "x".repeat(100));
    assert_refused(cluster(&[]), &["patch"], "nothing");
    assert_refused(workspace(&[]), &["patch"], "nothing");
    assert_refused(
        cluster(&[("name", &long), ("region_id", "")]),
        &["name", "region_id"],
        "two",
    );
    assert_refused(cluster(&[("kubeconfig", "")]), &["kubeconfig"], "empty");
    assert_refused(workspace(&[("slug", "ab")]), &["slug"], "short");
    for name in ["id", "etag", "state", "slug", "Name", ""] {
        let error = assert_refused(cluster(&[("name", MARKER), (name, MARKER)]), &[name], name);
        assert!(error.to_string().contains(&writable()), "{error}");
    }
    assert_refused(workspace(&[("region_id", MARKER)]), &["region_id"], "a cluster's");
    let built = ClusterPatch::builder()
        .name("n")
        .provider("managed_kaas")
        .build()
        .unwrap();
    assert_eq!(cluster(&[("provider", "managed_kaas"), ("name", "n")]).unwrap(), built);
}

#[test]
fn a_page_has_1_to_100_items() {
    for items in [0, 101, 987_654_321, u64::MAX] {
        let error = assert_refused(PageQuery::default().limit(items), &["limit"], "limit");
        assert!(error.to_string().contains("1 to 100"), "{error}");
        assert!(
            items < 102 || !error.to_string().contains(&items.to_string()),
            "{error}"
        );
    }
    for items in [1, 50, 100] {
        PageQuery::default().limit(items).unwrap();
    }
}

#[test]
fn the_way_in_through_serde_has_the_same_guard() {
    let refusals = [
        serde_json::from_str::<ClusterId>(r#""Mark3r/x""#).map(drop),
        serde_json::from_str::<WorkspaceId>(r#""""#).map(drop),
        serde_json::from_str::<IfMatch>(r#""*""#).map(drop),
        serde_json::from_str::<IfMatch>(r#""Mark3r\n""#).map(drop),
        serde_json::from_str::<IdempotencyKey>(r#""Mark3ré""#).map(drop),
        serde_json::from_str::<WorkspaceContext>(r#"" Mark3r""#).map(drop),
    ];
    for refusal in refusals {
        let error = refusal.expect_err("refused");
        assert!(error.is_data() && !error.to_string().contains(MARKER), "{error}");
    }
    let id: ClusterId = serde_json::from_str(r#""clu_1""#).unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), r#""clu_1""#);
}

#[test]
fn d_a_list_of_etags_guards_no_write() {
    for text in [
        "42, 43",
        "42,43",
        "\"42\", \"43\"",
        "\"42\",\"43\"",
        "W/\"42\", W/\"43\"",
        "*, \"42\"",
        "42,",
        ",",
        "\"42\", 43",
    ] {
        let error = assert_refused(text.parse::<IfMatch>(), &["if-match"], text);
        assert!(error.to_string().contains("list"), "{error}");
        assert_refused(Etag::from(text).if_match(), &["if-match"], text);
    }
    for text in [
        "42",
        "\"42\"",
        "W/\"42\"",
        "\"4,2\"",
        "W/\"4, 2\"",
        "4\"2",
        "a;b",
        "W/42",
    ] {
        assert_eq!(Etag::from(text).if_match().unwrap().as_str(), text);
    }
}
