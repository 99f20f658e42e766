//! Faults that end well, or play over more than one request.

use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{Client, Effect, ErrorKind};
use akua_model::{ClusterPatch, PageQuery, WorkspacePatch};
use akua_sim::{Action, Fault, Hold, Kind, Matcher, Options, Script, Simulator, Target, When, Write};

use crate::{LONG, client, final_log, read, rename};

fn simulator() -> Simulator {
    Simulator::start(Options::clusters(2)).unwrap()
}

#[test]
fn without_a_fault_an_update_lands_once_and_a_second_one_is_told_the_current_etag() {
    let simulator = simulator();
    let client = client(&simulator, LONG, 4);
    let before = read(&client).unwrap();
    assert_eq!(before.etag.as_str(), "42");
    let changed = rename(&client).unwrap();
    assert_eq!((changed.name.as_str(), changed.etag.as_str()), ("prod-eu", "43"));
    let error = rename(&client).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Conflict, Effect::NotApplied)
    );
    assert_eq!(error.current_etag(), Some(&changed.etag));
    assert_eq!(
        simulator.log().iter().filter(|entry| entry.effect.is_applied()).count(),
        1
    );
    assert_eq!(
        error.request_id(),
        Some(simulator.log().last().unwrap().request_id.as_str())
    );
}

#[test]
fn another_writer_in_between_is_noticed_and_not_overwritten() {
    let simulator = simulator();
    let theirs = Write::set(Kind::Cluster, "clu_1", "name", "theirs");
    let script = Script::once(When::Before, Matcher::method("PATCH"), Action::Write(theirs));
    simulator.script(script).unwrap();
    let client = client(&simulator, LONG, 4);
    let error = rename(&client).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(read(&client).unwrap().name, "theirs");
}

#[test]
fn a_cluster_deleted_in_between_is_not_found() {
    let simulator = simulator();
    let target = Target {
        kind: Kind::Cluster,
        id: "clu_1".to_owned(),
    };
    simulator
        .script(Script::once(
            When::Before,
            Matcher::method("PATCH"),
            Action::Delete(target),
        ))
        .unwrap();
    let error = rename(&client(&simulator, LONG, 4)).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::NotFound, Effect::NotApplied)
    );
}

#[test]
fn a_stale_read_is_what_the_server_says_and_the_write_on_it_is_refused() {
    let simulator = simulator();
    simulator
        .write(Write::set(Kind::Cluster, "clu_1", "name", "newer"))
        .unwrap();
    simulator.inject(Fault::stale(1).on(Matcher::method("GET"))).unwrap();
    let client = client(&simulator, LONG, 4);
    let stale = read(&client).unwrap();
    assert_eq!(stale.etag.as_str(), "42");
    assert_eq!(rename(&client).unwrap_err().current_etag().unwrap().as_str(), "43");
}

#[test]
fn a_key_replayed_without_a_write_is_the_servers_word_and_shows_in_its_values() {
    let simulator = simulator();
    simulator
        .inject(Fault::pretended().on(Matcher::method("PATCH")))
        .unwrap();
    let answered = rename(&client(&simulator, LONG, 4)).unwrap();
    assert_ne!(answered.name, "prod-eu");
    assert!(!final_log(&simulator).iter().any(|entry| entry.effect.is_applied()));
}

#[test]
fn the_same_key_twice_lands_once() {
    let simulator = simulator();
    let client = client(&simulator, LONG, 4);
    let (id, if_match, key) = (
        "clu_1".parse().unwrap(),
        "42".parse().unwrap(),
        "move-1".parse().unwrap(),
    );
    let patch = ClusterPatch::builder().region_id("reg_2").build().unwrap();
    let first = client.clusters().update_with_key(&id, &if_match, &patch, &key).unwrap();
    let again = client.clusters().update_with_key(&id, &if_match, &patch, &key).unwrap();
    assert_eq!(first.etag, again.etag);
    assert_eq!(
        simulator.log().iter().filter(|entry| entry.effect.is_applied()).count(),
        1
    );
}

#[test]
fn a_late_answer_within_the_deadline_is_as_good_as_any() {
    let simulator = simulator();
    simulator.inject(Fault::late(50)).unwrap();
    simulator.inject(Fault::held(Hold::Ms(50)).nth(2)).unwrap();
    let client = client(&simulator, LONG, 1);
    read(&client).unwrap();
    rename(&client).unwrap();
}

#[test]
fn lists_are_whole_and_a_repeated_cursor_ends_them_with_an_error() {
    let simulator = Simulator::start(Options::clusters(7)).unwrap();
    let client = client(&simulator, LONG, 1);
    let list = || client.clusters().list_from(PageQuery::default().limit(3).unwrap());
    let ids: Vec<String> = list().map(|cluster| cluster.unwrap().id.to_string()).collect();
    assert_eq!(ids, (1..=7).map(|number| format!("clu_{number}")).collect::<Vec<_>>());
    assert_eq!(simulator.log().len(), 3);

    let circle = Fault {
        repeat_cursor: true,
        ..Fault::default()
    };
    simulator
        .inject(circle.on(Matcher::method("GET")).nth(2).forever())
        .unwrap();
    let mut items = list().collect::<Vec<_>>();
    let error = items.pop().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedAnswer);
    assert!(items.iter().all(Result::is_ok));
    assert!(simulator.log().len() < 10);
}

#[test]
fn a_workspace_is_read_and_changed_like_a_cluster() {
    let simulator = simulator();
    let client = client(&simulator, LONG, 1);
    let [workspace] = <[_; 1]>::try_from(client.workspaces().list().map(Result::unwrap).collect::<Vec<_>>()).unwrap();
    let patch = WorkspacePatch::builder().slug("team-blue").build().unwrap();
    let if_match = workspace.etag.if_match().unwrap();
    let changed = client.workspaces().update(&workspace.id, &if_match, &patch).unwrap();
    assert_eq!(changed.slug, "team-blue");
    let error = client
        .workspaces()
        .update(&workspace.id, &if_match, &patch)
        .unwrap_err();
    assert_eq!(error.current_etag(), Some(&changed.etag));
}

#[test]
fn a_broad_token_needs_a_context_and_the_error_says_so() {
    let simulator = simulator();
    let client = Client::builder()
        .base_url(simulator.url())
        .token(simulator.broad_token())
        .build()
        .unwrap();
    let error = read(&client).unwrap_err();
    assert!(error.to_string().contains("needs a context"), "{error}");
    let clusters = client.clusters().context(&"ws_1".parse().unwrap());
    assert_eq!(clusters.get(&"clu_1".parse().unwrap()).unwrap().id.as_str(), "clu_1");
}

#[test]
fn a_wrong_token_is_refused_and_the_error_says_where_to_get_one() {
    let simulator = simulator();
    let client = Client::builder()
        .base_url(simulator.url())
        .token("sk_akua_wrong")
        .build()
        .unwrap();
    let error = rename(&client).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Authentication, Effect::NotApplied)
    );
    assert!(
        error.to_string().contains("https://akua.dev/developers/api-tokens"),
        "{error}"
    );
}

#[test]
fn a_refused_token_is_replaced_by_the_callbacks_next_and_the_write_lands_once() {
    let simulator = simulator();
    let tokens = std::sync::Mutex::new(vec![simulator.token().to_owned(), "sk_akua_old".to_owned()]);
    let client = Client::builder()
        .base_url(simulator.url())
        .token_provider(move || Ok(tokens.lock().unwrap().pop().unwrap()))
        .build()
        .unwrap();
    assert_eq!(rename(&client).unwrap().name, "prod-eu");
    let log = simulator.log();
    assert_eq!(
        log.iter().map(|entry| entry.status.unwrap()).collect::<Vec<_>>(),
        [401, 200]
    );
    assert_eq!(log[0].body_sha256, log[1].body_sha256);
}

/// The request is at the server and waits there; the caller has had enough, and it lands all the same.
#[test]
fn a_cancelled_write_may_have_landed() {
    let simulator = simulator();
    simulator.inject(Fault::held(Hold::UntilReleased)).unwrap();
    let client = client(&simulator, LONG, 1);
    let cancel = Cancel::new();
    let patch = ClusterPatch::builder().name("prod-eu").build().unwrap();
    let (error, took) = std::thread::scope(|scope| {
        let call = scope.spawn(|| {
            let clusters = client.clusters().cancel(&cancel);
            clusters
                .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch)
                .unwrap_err()
        });
        while simulator.log().is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let cancelled = Instant::now();
        cancel.cancel();
        (call.join().unwrap(), cancelled.elapsed())
    });
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Cancelled, Effect::Unknown));
    assert!(final_log(&simulator)[0].effect.is_applied());
}

#[test]
fn nobody_listening_is_not_sent() {
    let simulator = simulator();
    let client = client(&simulator, LONG, 1);
    drop(simulator);
    let error = rename(&client).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::NotSent));
    assert!(error.to_string().contains("nothing was sent"), "{error}");
}
