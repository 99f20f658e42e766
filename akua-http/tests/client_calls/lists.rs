//! Lists, and that they end.

use akua_http::{Effect, ErrorKind};

use crate::{client, page};

#[test]
fn a_list_is_read_page_by_page_as_it_is_needed() {
    let (wire, client) = client();
    wire.answer(200, page(&["clu_1", "clu_2"], true, Some("c=1&x")));
    wire.answer(200, page(&[], true, Some("c2")));
    wire.answer(200, page(&["clu_3"], false, Some("ignored")));
    let mut items = client
        .clusters()
        .list_from(akua_model::PageQuery::default().limit(2).unwrap());
    assert!(wire.requests().is_empty());
    assert_eq!(items.next().unwrap().unwrap().id.as_str(), "clu_1");
    assert_eq!(wire.requests().len(), 1);
    let rest: Vec<String> = items.by_ref().map(|item| item.unwrap().id.to_string()).collect();
    assert_eq!(rest, ["clu_2", "clu_3"]);
    assert!(items.next().is_none());
    let paths: Vec<String> = wire.requests().into_iter().map(|request| request.path).collect();
    let expected = [
        "/v1/clusters?limit=2",
        "/v1/clusters?limit=2&cursor=c%3D1%26x",
        "/v1/clusters?limit=2&cursor=c2",
    ];
    assert_eq!(paths, expected);
}

/// The items and the error of a list whose answers are `pages`, the last one again and again.
fn listed(pages: Vec<String>) -> (usize, String, usize) {
    let (wire, client) = client();
    let last = pages.last().unwrap().clone();
    pages.into_iter().for_each(|page| wire.answer(200, page));
    (0..200).for_each(|_| wire.answer(200, last.clone()));
    let mut items = client.clusters().list();
    let mut count = 0;
    let error = loop {
        match items.next().unwrap() {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert!(items.next().is_none(), "ends after an error");
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::UnexpectedAnswer, Effect::NotApplied)
    );
    (count, error.to_string(), wire.requests().len())
}

#[test]
fn a_list_that_can_not_end_well_ends_with_an_error() {
    let (count, error, requests) = listed(vec![page(&["clu_1"], true, Some("a"))]);
    assert_eq!((count, requests), (2, 2));
    assert!(error.contains("leads in a circle"), "{error}");

    let circle = ["a", "b", "c", "a"].map(|cursor| page(&["clu_1"], true, Some(cursor)));
    let (count, error, requests) = listed(circle.into());
    assert_eq!((count, requests), (4, 4));
    assert!(error.contains("leads in a circle"), "{error}");

    for nowhere in [None, Some("")] {
        let (count, error, requests) = listed(vec![page(&["clu_1"], true, nowhere)]);
        assert_eq!((count, requests), (1, 1));
        assert!(error.contains("`has_more` without `next_cursor`"), "{error}");
    }

    let empty = (0..300)
        .map(|number| page(&[], true, Some(&format!("c{number}"))))
        .collect();
    let (count, error, requests) = listed(empty);
    assert_eq!((count, requests), (0, 100));
    assert!(error.contains("100 empty pages"), "{error}");
}

#[test]
fn a_list_ends_after_an_error_of_a_page() {
    let (wire, client) = client();
    wire.answer(200, page(&["clu_1"], true, Some("a")));
    wire.answer(404, "");
    wire.answer(200, page(&["clu_2"], false, None));
    let all: Vec<_> = client.clusters().list().collect();
    assert_eq!(all.len(), 2);
    assert!(all[0].is_ok() && all[1].as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound));
    assert_eq!(wire.requests().len(), 2);
}

#[test]
fn an_item_that_can_not_be_read_fails_its_page_and_is_named() {
    let (wire, client) = client();
    wire.answer(200, page(&["clu_1", "clu_2"], false, None).replace("\"active\"", "7"));
    let error = client.clusters().pages().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.problems()[0].field, "data[0].state");
}
